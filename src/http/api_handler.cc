#include "http/api_handler.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "http/ascii.h"
#include "http/authorization.h"
#include "http/browser_guard.h"
#include "http/conditional.h"
#include "http/legacy_reply.h"
#include "http/openapi_document.h"
#include "http/page_routes.h"
#include "http/token_peer.h"
#include "net/address.h"

namespace tradeauto {
namespace {

// A token has 256 bits, so nobody finds one by trying: this keeps the trying cheap.
constexpr std::uint32_t kWrongTokensPerMinute = 60;

bool starts_ignoring_case(std::string_view text, std::string_view prefix) {
  return equals_ignoring_case(text.substr(0, prefix.size()), prefix);
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

ApiReply too_many_requests(std::string message, const RateLimiter::Standing& standing, ProblemContext context) {
  ApiReply reply = problem(make_error(ErrorCode::resource_exhausted, "rate_limited", std::move(message)), context);
  std::erase_if(reply.headers, [](const auto& header) { return header.first == "Retry-After"; });
  reply.headers.emplace_back("Retry-After", fmt::format("{}", standing.retry_after.count()));
  return reply;
}

// draft-ietf-httpapi-ratelimit-headers: what the caller may do, and what is left of it.
void tell_standing(const RateLimiter::Standing& standing, ApiReply& reply) {
  reply.headers.emplace_back("RateLimit-Policy", fmt::format("\"caller\";q={};w=60", standing.limit));
  std::string left = fmt::format("\"caller\";r={}", standing.remaining);
  if (!standing.allowed) left += fmt::format(";t={}", standing.retry_after.count());
  reply.headers.emplace_back("RateLimit", std::move(left));
}

bool has(const ApiReply& reply, std::string_view name) {
  return std::ranges::find(reply.headers, name, &NameValues::value_type::first) != reply.headers.end();
}

// Not those from this machine: a proxy's clients all come from it.
bool guesses_count(const std::string& address) { return !address.empty() && !is_loopback(address); }

// A scope that nobody can be given opens nothing, save to the administrator.
Result<void> check_scope(const Caller& caller, std::string_view word) {
  if (word == kAnyScope) return {};
  return require(caller, parse_scope(word).value_or(Scope::admin));
}

}  // namespace

ApiHandler::ApiHandler(ApiSettings settings, Needs needs)
    : auth_(settings.auth),
      needs_(std::move(needs)),
      orders_(needs_.orders, needs_.clock, settings.longest_wait),
      accounts_(needs_.accounts),
      holdings_(needs_.holdings, needs_.clock, settings.longest_wait),
      catalogue_(needs_.workers, settings.version),
      events_(needs_.events, needs_.access, needs_.clock, settings.event_streams),
      tokens_(needs_.access, needs_.clock),
      legacy_(settings.legacy, {.orders = needs_.orders,
                                .accounts = needs_.accounts,
                                .clock = needs_.clock,
                                .log = needs_.log,
                                .access = needs_.access,
                                .auth = settings.auth}),
      cors_(std::move(settings.cors_origins)),
      callers_({.per_minute = settings.rate_per_minute}, needs_.clock),
      wrong_tokens_({.per_minute = kWrongTokensPerMinute}, needs_.clock) {
  orders_.add_to(routes_);
  accounts_.add_to(routes_);
  holdings_.add_to(routes_);
  catalogue_.add_to(routes_);
  events_.add_to(routes_);
  tokens_.add_to(routes_);
  add_own_routes(settings.open_metrics);
  metrics_ = std::make_unique<HttpMetrics>(settings.version, routes_, needs_.orders, needs_.workers, needs_.figures);
}

asio::awaitable<ApiReply> ApiHandler::handle(WireRequest request, Peer& peer, std::string address) {
  const std::string request_id = request_id_of(request, needs_.clock, needs_.rng);
  const std::string method = request.method;
  const std::string target = request.target;
  const BootTime start = needs_.clock.boot_now();
  const std::string origin(request.header("origin"));
  const bool shows_token = auth_ && !request.header("authorization").empty();
  Notes notes{.address = std::move(address)};
  ApiReply reply = co_await answer(std::move(request), peer, request_id, &notes);
  reply.headers.emplace_back(kRequestIdHeader, request_id);
  if (shows_token && reply.status == 401) note_wrong_token(notes.address);
  cors_.allow(origin, reply);
  const std::chrono::nanoseconds took = needs_.clock.boot_now() - start;
  finish(notes, took, reply);
  needs_.log.debug("request", {{"method", method},
                               {"target", target},
                               {"status", reply.status},
                               {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()},
                               {"peer", notes.address},
                               {"request_id", request_id}});
  co_return reply;
}

void ApiHandler::finish(const Notes& notes, std::chrono::nanoseconds took, ApiReply& reply) {
  if (notes.standing) tell_standing(*notes.standing, reply);
  const bool waited = has(reply, "Preference-Applied");
  metrics_->request(notes.route, reply.status, waited ? std::nullopt : std::optional(took));
}

std::optional<RateLimiter::Standing> ApiHandler::lock_out(const std::string& address) {
  if (!guesses_count(address)) return std::nullopt;
  const auto standing = wrong_tokens_.look(address);
  return standing && !standing->allowed ? standing : std::nullopt;
}

void ApiHandler::note_wrong_token(const std::string& address) {
  if (guesses_count(address)) wrong_tokens_.take(address);
}

ApiReply ApiHandler::refuse(unsigned status, const Error& error) {
  return refuse_request(status, error, needs_.clock, needs_.rng, needs_.log);
}

asio::awaitable<ApiReply> ApiHandler::answer(WireRequest request, Peer& peer, std::string request_id, Notes* notes) {
  auto target = parse_target(request.target);
  if (!target.ok()) co_return problem(target.error(), {.instance = {}, .request_id = request_id});
  const std::string instance = request.target;
  const ProblemContext context{.instance = instance, .request_id = request_id};

  if (!auth_) {
    if (const auto passed = check_no_foreign_page(request); !passed.ok()) {
      co_return foreign_page(*target, passed.error(), context);
    }
  }
  if (auth_ && !request.header("authorization").empty()) {
    if (const auto out = lock_out(notes->address)) {
      co_return too_many_requests("too many wrong tokens came from your address; wait, or ask from another", *out,
                                  context);
    }
  }
  if (legacy_.answers(target->path)) {
    co_return co_await legacy_.answer(std::move(request), std::move(*target), peer, std::move(request_id));
  }
  if (cors_.is_preflight(request)) co_return cors_.preflight();
  RouteTable::Match match = routes_.find(request.method, target->path);
  notes->route = match.route;
  const bool is_open = match.route != nullptr ? match.route->scope.empty() : target->path.front() != "v1";
  Caller caller;
  if (!is_open) {
    auto known = who_asks(request);
    if (!known.ok()) co_return problem(known.error(), context);
    caller = std::move(known).value();
    notes->standing = callers_.take(caller.name);
    if (notes->standing && !notes->standing->allowed) {
      co_return too_many_requests("this token asks more often than it may", *notes->standing, context);
    }
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

  const std::string if_none_match(request.header("if-none-match"));
  ApiCall call{.request = std::move(request),
               .params = std::move(match.params),
               .query = std::move(target->query),
               .caller = std::move(caller),
               .request_id = request_id};
  auto reply = co_await run(match.route->handler, std::move(call), peer);
  if (reply.ok()) co_return conditional(*match.route, std::move(reply).value(), if_none_match);
  if (reply.error().code == ErrorCode::internal) {
    needs_.log.error("a request failed", {{"target", instance},
                                          {"reason", reply.error().reason},
                                          {"message", reply.error().message},
                                          {"request_id", request_id}});
  }
  co_return problem(reply.error(), context);
}

asio::awaitable<Result<ApiReply>> ApiHandler::run(Handler handler, ApiCall call, Peer& peer) {
  const Caller caller = call.caller;
  const bool only_reads = call.request.method == "GET" || call.request.method == "HEAD";
  TokenPeer holder(peer, needs_.access, caller);
  call.peer = &holder;
  auto reply = co_await handler(std::move(call));
  // What was done while the token was good is told. What is only shown is not shown to one who lost it while waiting.
  if (only_reads && !needs_.access.is_good(caller)) co_return wrong_token();
  co_return reply;
}

ApiReply ApiHandler::foreign_page(const Target& target, const Error& error, ProblemContext context) const {
  return legacy_.answers(target.path) ? legacy_detail(status_of(error.code), error.message) : problem(error, context);
}

Result<Caller> ApiHandler::who_asks(const WireRequest& request) const {
  if (!auth_) return anonymous_caller();
  const auto token = bearer_token(request.header("authorization"));
  if (!token) return token_required();
  return needs_.access.who_is(*token);
}

ApiReply ApiHandler::no_such_path(const Target& target, ProblemContext context) const {
  // Beyond /v1 the original's clients know what this looks like.
  if (legacy_.is_on() && target.path.front() != "v1") return legacy_detail(404, "Not Found");
  return problem(make_error(ErrorCode::not_found, "unknown_path", "there is nothing at this path; see /openapi.json"),
                 context);
}

void ApiHandler::add_own_routes(bool open_metrics) {
  routes_.add({.method = "GET", .path = "/healthz", .scope = {}, .handler = [this](ApiCall) { return health(); }});
  routes_.add({.method = "GET", .path = "/readyz", .scope = {}, .handler = [this](ApiCall) { return readiness(); }});
  routes_.add({.method = "GET", .path = "/openapi.json", .scope = {}, .handler = [](ApiCall) { return openapi(); }});
  routes_.add({.method = "GET",
               .path = "/metrics",
               .scope = open_metrics ? std::string_view() : std::string_view("admin"),
               .handler = [this](ApiCall) { return metrics_->page(); }});
  add_page_routes(routes_);
}

asio::awaitable<Result<ApiReply>> ApiHandler::health() { co_return ApiReply{.body = R"({"status":"ok"})"}; }

asio::awaitable<Result<ApiReply>> ApiHandler::readiness() {
  if (!ready_) co_return make_error(ErrorCode::unavailable, "not_ready", "this server starts or stops");
  co_return ApiReply{.body = R"({"status":"ready"})"};
}

}  // namespace tradeauto
