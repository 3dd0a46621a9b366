#include "http/event_routes.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/ascii.h"
#include "http/event_json.h"
#include "http/event_stream.h"
#include "http/order_filter.h"

namespace tradeauto {
namespace {

constexpr std::string_view kStream = "text/event-stream";
constexpr std::size_t kBatch = 500;
// What one page may cost, however few of the events are wanted.
constexpr std::size_t kLooked = 5000;

bool wants_stream(const WireRequest& request) {
  return lower(request.header("accept")).find(kStream) != std::string::npos;
}

EventFilter filter_of(const EventQuery& query, const Caller& caller) {
  return {.group = query.group, .order = query.order, .type = query.type, .groups = caller.groups};
}

}  // namespace

void EventRoutes::add_to(RouteTable& routes) {
  routes.add({.method = "GET", .path = "/v1/events", .scope = "orders:read", .handler = [this](ApiCall call) {
                return list(std::move(call));
              }});
  routes.add({.method = "GET", .path = "/v1/audit", .scope = "audit:read", .handler = [this](ApiCall call) {
                return audit(std::move(call));
              }});
}

asio::awaitable<Result<ApiReply>> EventRoutes::list(ApiCall call) {
  if (wants_stream(call.request)) co_return stream(call);
  co_return co_await page(std::move(call));
}

asio::awaitable<Result<ApiReply>> EventRoutes::page(ApiCall call) {
  CO_TRY(const EventQuery query, parse_event_query(call.query));
  const EventFilter filter = filter_of(query, call.caller);
  std::vector<Event> found;
  std::uint64_t after = query.after.value_or(0);
  bool more = true;
  for (std::size_t looked = 0; more && looked < kLooked && found.size() < query.limit;) {
    CO_TRY(const auto batch, co_await events_.events(after, kBatch));
    more = batch.size() == kBatch;
    looked += batch.size();
    for (const Event& event : batch) {
      if (found.size() == query.limit) {
        more = true;
        break;
      }
      after = event.sequence;
      if (filter.takes(event)) found.push_back(event);
    }
  }
  co_return ApiReply{.body = render_events(found, more ? std::optional(after) : std::nullopt)};
}

asio::awaitable<Result<ApiReply>> EventRoutes::audit(ApiCall call) {
  CO_TRY(DeedFilter filter, parse_audit_query(call.query));
  filter.groups = std::move(call.caller.groups);
  const std::size_t limit = filter.limit;
  CO_TRY(const auto deeds, co_await events_.deeds(std::move(filter)));
  co_return ApiReply{.body = render_audit(deeds, limit)};
}

Result<ApiReply> EventRoutes::stream(const ApiCall& call) {
  TRY(const EventQuery query, parse_event_query(call.query));
  EventStream::Start start{.seen = query.after};
  if (const std::string_view seen = call.request.header("last-event-id"); !seen.empty()) {
    const auto sequence = parse_sequence(seen);
    start = {.seen = sequence.ok() ? std::optional(*sequence) : std::nullopt, .foreign = !sequence.ok()};
  }
  auto seat = StreamSeat::take(open_, limit_);
  if (!seat) {
    return make_error(ErrorCode::unavailable, "too_many_streams",
                      "this server has as many event streams as it may; try again soon");
  }
  return ApiReply{
      .content_type = std::string(kStream),
      .source = std::make_shared<EventStream>(events_, clock_, filter_of(query, call.caller), start, std::move(seat),
                                              [this, caller = call.caller] { return access_.is_good(caller); })};
}

}  // namespace tradeauto
