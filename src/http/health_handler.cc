#include "http/health_handler.h"

#include <utility>

#include <fmt/format.h>
#include <prometheus/gauge.h>

#include "crypto/crypto.h"
#include "http/authorization.h"
#include "http/page_routes.h"
#include "http/problem.h"
#include "http/process_metrics.h"

namespace tradeauto {
namespace {

asio::awaitable<Result<ApiReply>> say_alive(ApiCall /*call*/) { co_return ApiReply{.body = R"({"status":"ok"})"}; }

}  // namespace

struct HealthHandler::Metrics {
  explicit Metrics(const std::string& version) : process(version, registry) {}

  prometheus::Registry registry;
  ProcessMetrics process;
  prometheus::Gauge& session = make_gauge(registry, "tradeauto_main_server_session",
                                          "1 while this worker has a session with a main server, else 0.");
  prometheus::Gauge& tasks = make_gauge(registry, "tradeauto_running_tasks", "Tasks that were started and run.");
};

HealthHandler::HealthHandler(HealthHandlerSettings settings, Needs needs)
    : settings_(std::move(settings)), needs_(std::move(needs)), metrics_(std::make_unique<Metrics>(settings_.version)) {
  routes_.add({.method = "GET", .path = "/healthz", .scope = {}, .handler = say_alive});
  routes_.add({.method = "GET", .path = "/readyz", .scope = {}, .handler = [this](ApiCall) { return readiness(); }});
  routes_.add({.method = "GET",
               .path = "/metrics",
               .scope = settings_.metrics_token ? "admin" : "",
               .handler = [this](ApiCall) { return metrics(); }});
  add_problem_pages(routes_);
}

HealthHandler::~HealthHandler() = default;

asio::awaitable<ApiReply> HealthHandler::handle(WireRequest request, Peer& /*peer*/, std::string address) {
  const std::string request_id = request_id_of(request, needs_.clock, needs_.rng);
  const std::string method = request.method;
  const std::string target = request.target;
  std::string allow;
  auto answered = co_await answer(std::move(request), &allow);
  const ProblemContext context{.instance = target, .request_id = request_id};
  ApiReply reply;
  if (answered.ok()) {
    reply = std::move(answered).value();
  } else {
    reply = allow.empty() ? problem(answered.error(), context) : problem(405, answered.error(), context);
  }
  if (!allow.empty()) reply.headers.emplace_back("Allow", std::move(allow));
  reply.headers.emplace_back(kRequestIdHeader, request_id);
  needs_.log.debug("request", {{"method", method},
                               {"target", target},
                               {"status", reply.status},
                               {"peer", address},
                               {"request_id", request_id}});
  co_return reply;
}

// `allow`: what the path knows, if it is not the request's method.
asio::awaitable<Result<ApiReply>> HealthHandler::answer(WireRequest request, std::string* allow) {
  CO_TRY(Target target, parse_target(request.target));
  RouteTable::Match match = routes_.find(request.method, target.path);
  if (match.route == nullptr && match.allow.empty()) {
    co_return make_error(ErrorCode::not_found, "unknown_path",
                         "this is a worker: it has /healthz, /readyz and /metrics");
  }
  if (match.route == nullptr) {
    *allow = std::move(match.allow);
    co_return make_error(ErrorCode::invalid_argument, "method_not_allowed", fmt::format("this path knows {}", *allow));
  }
  if (!match.route->scope.empty()) CO_TRY_VOID(check_token(request));
  if (!request.body.empty()) {
    co_return make_error(ErrorCode::invalid_argument, "unexpected_body",
                         fmt::format("{} takes no body", request.method));
  }
  co_return co_await match.route->handler({.request = std::move(request),
                                           .params = std::move(match.params),
                                           .query = std::move(target.query),
                                           .caller = {}});
}

Result<void> HealthHandler::check_token(const WireRequest& request) const {
  const auto token = bearer_token(request.header("authorization"));
  if (!token) return token_required();
  if (!equal_constant_time(*token, settings_.metrics_token->reveal())) return wrong_token();
  return {};
}

ApiReply HealthHandler::refuse(unsigned status, const Error& error) {
  return refuse_request(status, error, needs_.clock, needs_.rng, needs_.log);
}

asio::awaitable<Result<ApiReply>> HealthHandler::readiness() {
  if (needs_.worker.standing().has_session) co_return ApiReply{.body = R"({"status":"ready"})"};
  co_return make_error(ErrorCode::unavailable, "not_ready", "this worker has no session with a main server");
}

asio::awaitable<Result<ApiReply>> HealthHandler::metrics() {
  const WorkerStanding standing = needs_.worker.standing();
  metrics_->session.Set(standing.has_session ? 1 : 0);
  metrics_->tasks.Set(static_cast<double>(standing.running_tasks));
  metrics_->process.read();
  ApiReply reply = metrics_page(metrics_->registry);
  if (needs_.figures != nullptr) reply.body += needs_.figures->text();
  co_return reply;
}

}  // namespace tradeauto
