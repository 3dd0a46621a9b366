#include "http/holdings_routes.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/deadline.h"
#include "http/account_request.h"
#include "http/accounts_request.h"
#include "http/holdings_json.h"
#include "http/narrowing.h"
#include "http/order_filter.h"
#include "http/path_names.h"
#include "http/peer_wait.h"

namespace tradeauto {
namespace {

// What a filter names and is not there is a fault of that parameter: an empty list could be taken for "holds nothing".
Error at_parameter(Error error) {
  const std::string name = error.reason == "unknown_group" ? "?group" : "?account";
  if (error.code == ErrorCode::not_found) {
    error.fields = {{.pointer = name, .code = error.reason, .detail = error.message}};
  }
  return error;
}

Result<void> check_seen(const Caller& caller, const HoldingsFilter& filter) {
  if (filter.group) TRY_VOID(check_seen(caller, *filter.group));
  for (const AccountRef& account : filter.accounts) TRY_VOID(check_seen(caller, account));
  return {};
}

HoldingsFilter filter_of(const std::vector<AccountHoldings>& views) {
  HoldingsFilter filter;
  for (const AccountHoldings& view : views) filter.accounts.push_back(view.ref);
  return filter;
}

// 202: some of them have not answered yet.
ApiReply reply_with(const std::vector<AccountHoldings>& views, std::string body) {
  const bool asking = std::ranges::any_of(views, &AccountHoldings::refreshing);
  return {.status = asking ? 202U : 200U, .body = std::move(body)};
}

}  // namespace

void HoldingsRoutes::add_to(RouteTable& routes) {
  routes.add({.method = "GET", .path = "/v1/holdings", .scope = "accounts:read", .handler = [this](ApiCall call) {
                return list(std::move(call));
              }});
  // They log in at brokerages: that is more than to look.
  routes.add(
      {.method = "POST", .path = "/v1/holdings/refresh", .scope = "accounts:write", .handler = [this](ApiCall call) {
         return refresh(std::move(call));
       }});
  routes.add({.method = "POST",
              .path = "/v1/groups/{group}/accounts/{account}/check",
              .scope = "accounts:write",
              .handler = [this](ApiCall call) { return check(std::move(call)); }});
}

asio::awaitable<Result<ApiReply>> HoldingsRoutes::list(ApiCall call) {
  CO_TRY(HoldingsQuery query, parse_holdings_query(call.query));
  if (const auto seen = check_seen(call.caller, query.filter); !seen.ok()) co_return at_parameter(seen.error());
  query.filter.groups = call.caller.groups;
  const auto time = wait_time(call, longest_wait_);
  auto views = time ? co_await wait(query.filter, *time, call.peer) : co_await holdings_.list(query.filter);
  if (!views.ok()) co_return at_parameter(std::move(views).error());
  ApiReply reply{.body = render_holdings(*views, query, clock_.now())};
  note_waited(reply, time);
  co_return reply;
}

asio::awaitable<Result<ApiReply>> HoldingsRoutes::refresh(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(HoldingsTarget target, parse_refresh_request(call.request.body));
  CO_TRY_VOID(check_seen(call.caller, target.group, target.accounts));
  CO_TRY(Views views, co_await holdings_.refresh(std::move(target)));
  const auto time = wait_time(call, longest_wait_);
  if (time) {
    auto waited = co_await wait(filter_of(views), *time, call.peer);
    if (waited.ok()) views = std::move(waited).value();  // else one of them is gone: it has been asked all the same
  }
  ApiReply reply = reply_with(views, render_refresh(views, clock_.now()));
  note_waited(reply, time);
  co_return reply;
}

asio::awaitable<Result<ApiReply>> HoldingsRoutes::check(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY_VOID(parse_empty_request(call.request.body));
  CO_TRY(const AccountRef ref, account_of(call));
  auto views = co_await holdings_.refresh({.accounts = {ref}});
  const auto time = wait_time(call, longest_wait_);
  if (views.ok()) views = co_await wait(filter_of(*views), time.value_or(longest_wait_), call.peer);
  if (!views.ok()) {
    Error error = std::move(views).error();
    error.fields.clear();  // the path names it, no field of a body
    co_return error;
  }
  ApiReply reply = reply_with(*views, render_check(views->front(), clock_.now()));
  note_waited(reply, time);
  co_return reply;
}

asio::awaitable<Result<HoldingsRoutes::Views>> HoldingsRoutes::wait(HoldingsFilter filter, std::chrono::seconds time,
                                                                    Peer* peer) {
  auto waited = co_await unless_gone(holdings_.wait(filter, Deadline::after(clock_, time)), peer);
  if (waited) co_return std::move(*waited);
  co_return co_await holdings_.list(std::move(filter));
}

}  // namespace tradeauto
