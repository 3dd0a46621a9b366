#include "http/api_handler.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/uuid.h"
#include "crypto/crypto.h"
#include "http/authorization.h"
#include "http/browser_guard.h"
#include "http/legacy_reply.h"
#include "http/openapi_document.h"
#include "http/page_routes.h"

namespace tradeauto {
namespace {

constexpr std::string_view kRequestId = "X-Request-Id";
constexpr std::size_t kRequestIdLength = 128;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, lower, lower);
}

bool is_json(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  const auto end = type.find_last_not_of(" \t");
  constexpr std::string_view kJson = "application/json";
  return end != std::string_view::npos && end + 1 == kJson.size() && starts_ignoring_case(type, kJson);
}

// A body stands where one belongs, and is JSON.
struct BodyFault {
  unsigned status;
  Error error;
};
std::optional<BodyFault> check_body(const WireRequest& request) {
  const bool wants_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (!wants_body && !request.body.empty()) {
    return BodyFault{400, make_error(ErrorCode::invalid_argument, "unexpected_body",
                                     fmt::format("{} takes no body", request.method))};
  }
  const std::string_view type = request.header("content-type");
  const bool wrong_type = type.empty() ? !request.body.empty() : !is_json(type);
  if (wants_body && wrong_type) {
    return BodyFault{415, make_error(ErrorCode::invalid_argument, "unsupported_media_type",
                                     "a body is JSON, and its Content-Type is application/json")};
  }
  const std::string_view coding = request.header("content-encoding");
  if (!coding.empty() && !starts_ignoring_case(coding, "identity")) {
    return BodyFault{415, make_error(ErrorCode::invalid_argument, "unsupported_content_coding",
                                     "a body comes as it is, without a Content-Encoding")};
  }
  return std::nullopt;
}

// A scope that nobody can be given opens nothing.
Result<void> check_scope(const Caller& caller, std::string_view word) {
  return require(caller, parse_scope(word).value_or(Scope::admin));
}

}  // namespace

ApiHandler::ApiHandler(ApiSettings settings, Needs needs)
    : auth_(settings.auth),
      needs_(std::move(needs)),
      orders_(needs_.orders, needs_.clock, settings.longest_wait),
      accounts_(needs_.accounts),
      catalogue_(needs_.workers, settings.version),
      legacy_(settings.legacy, {.orders = needs_.orders,
                                .accounts = needs_.accounts,
                                .clock = needs_.clock,
                                .log = needs_.log,
                                .auth = settings.auth,
                                .is_token = [this](std::string_view token) {
                                  return equal_constant_time(token, needs_.token.reveal());
                                }}) {
  orders_.add_to(routes_);
  accounts_.add_to(routes_);
  catalogue_.add_to(routes_);
  add_own_routes();
}

asio::awaitable<ApiReply> ApiHandler::handle(WireRequest request, Peer& peer) {
  const std::string request_id = request_id_of(request);
  const std::string method = request.method;
  const std::string target = request.target;
  const BootTime start = needs_.clock.boot_now();
  ApiReply reply = co_await answer(std::move(request), peer, request_id);
  reply.headers.emplace_back(kRequestId, request_id);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(needs_.clock.boot_now() - start);
  needs_.log.debug("request", {{"method", method},
                               {"target", target},
                               {"status", reply.status},
                               {"ms", took.count()},
                               {"request_id", request_id}});
  co_return reply;
}

ApiReply ApiHandler::refuse(unsigned status, const Error& error) {
  const std::string request_id = make_uuid_v7(needs_.clock, needs_.rng);
  ApiReply reply = problem(status, error, {.instance = {}, .request_id = request_id});
  reply.headers.emplace_back(kRequestId, request_id);
  needs_.log.debug("request refused", {{"status", status}, {"why", error.message}, {"request_id", request_id}});
  return reply;
}

asio::awaitable<ApiReply> ApiHandler::answer(WireRequest request, Peer& peer, std::string request_id) {
  auto target = parse_target(request.target);
  if (!target.ok()) co_return problem(target.error(), {.instance = {}, .request_id = request_id});
  const std::string instance = request.target;
  const ProblemContext context{.instance = instance, .request_id = request_id};

  if (!auth_) {
    if (const auto passed = check_no_foreign_page(request); !passed.ok()) {
      co_return foreign_page(*target, passed.error(), context);
    }
  }
  if (legacy_.answers(target->path)) {
    co_return co_await legacy_.answer(std::move(request), std::move(*target), peer, std::move(request_id));
  }
  RouteTable::Match match = routes_.find(request.method, target->path);
  const bool is_open = match.route != nullptr ? match.route->scope.empty() : target->path.front() != "v1";
  Caller caller;
  if (!is_open) {
    auto known = who_asks(request);
    if (!known.ok()) co_return problem(known.error(), context);
    caller = std::move(known).value();
  }
  if (match.route == nullptr && match.allow.empty()) co_return no_such_path(*target, context);
  if (match.route == nullptr) {
    ApiReply reply = problem(
        405,
        make_error(ErrorCode::invalid_argument, "method_not_allowed", fmt::format("this path knows {}", match.allow)),
        context);
    reply.headers.emplace_back("Allow", match.allow);
    co_return reply;
  }
  if (!is_open) {
    const auto allowed = check_scope(caller, match.route->scope);
    if (!allowed.ok()) co_return problem(allowed.error(), context);
  }
  if (const auto fault = check_body(request)) co_return problem(fault->status, fault->error, context);

  ApiCall call{.request = std::move(request),
               .params = std::move(match.params),
               .query = std::move(target->query),
               .peer = &peer,
               .caller = std::move(caller)};
  auto reply = co_await match.route->handler(std::move(call));
  if (reply.ok()) co_return std::move(reply).value();
  if (reply.error().code == ErrorCode::internal) {
    needs_.log.error("a request failed", {{"target", instance},
                                          {"reason", reply.error().reason},
                                          {"message", reply.error().message},
                                          {"request_id", request_id}});
  }
  co_return problem(reply.error(), context);
}

ApiReply ApiHandler::foreign_page(const Target& target, const Error& error, ProblemContext context) const {
  return legacy_.answers(target.path) ? legacy_detail(status_of(error.code), error.message) : problem(error, context);
}

Result<Caller> ApiHandler::who_asks(const WireRequest& request) const {
  if (!auth_) return unbounded_caller("AUTH off");
  const auto token = bearer_token(request.header("authorization"));
  if (!token) {
    return make_error(ErrorCode::unauthenticated, "token_required", "send the header Authorization: Bearer <token>");
  }
  if (!equal_constant_time(*token, needs_.token.reveal())) {
    return make_error(ErrorCode::unauthenticated, "wrong_token", "this token is not known here");
  }
  return unbounded_caller("admin");
}

ApiReply ApiHandler::no_such_path(const Target& target, ProblemContext context) const {
  // Beyond /v1 the original's clients know what this looks like.
  if (legacy_.is_on() && target.path.front() != "v1") return legacy_detail(404, "Not Found");
  return problem(make_error(ErrorCode::not_found, "unknown_path", "there is nothing at this path; see /openapi.json"),
                 context);
}

std::string ApiHandler::request_id_of(const WireRequest& request) {
  const std::string_view given = request.header("x-request-id");
  const bool good = !given.empty() && given.size() <= kRequestIdLength &&
                    std::ranges::all_of(given, [](char c) { return c >= ' ' && c <= '~'; });
  return good ? std::string(given) : make_uuid_v7(needs_.clock, needs_.rng);
}

void ApiHandler::add_own_routes() {
  routes_.add({.method = "GET", .path = "/healthz", .scope = {}, .handler = [this](ApiCall) { return health(); }});
  routes_.add({.method = "GET", .path = "/readyz", .scope = {}, .handler = [this](ApiCall) { return readiness(); }});
  routes_.add({.method = "GET", .path = "/openapi.json", .scope = {}, .handler = [](ApiCall) { return openapi(); }});
  add_page_routes(routes_);
}

asio::awaitable<Result<ApiReply>> ApiHandler::health() { co_return ApiReply{.body = R"({"status":"ok"})"}; }

asio::awaitable<Result<ApiReply>> ApiHandler::readiness() {
  if (!ready_) co_return make_error(ErrorCode::unavailable, "not_ready", "this server starts or stops");
  co_return ApiReply{.body = R"({"status":"ready"})"};
}

}  // namespace tradeauto
