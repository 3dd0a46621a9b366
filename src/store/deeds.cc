#include "store/deeds.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tradeauto::deeds {
namespace {

Event event_of(Deed deed, Actor by, Timestamp at) {
  Event event;
  event.at = at;
  event.type = to_string(deed);
  event.actor = std::move(by);
  return event;
}

// The group that all of the order lies in: whoever sees this group only sees the order, and so what was done to it.
std::optional<GroupName> group_of(const Order& order) {
  if (order.group || order.child_orders.empty()) return order.group;
  const GroupName& first = order.child_orders.front().account.group;
  const auto same = [&](const ChildOrder& child) { return child.account.group == first; };
  return std::ranges::all_of(order.child_orders, same) ? std::optional(first) : std::nullopt;
}

Event event_of(Deed deed, const Order& order, Actor by, Timestamp at) {
  Event event = event_of(deed, std::move(by), at);
  event.order = order.id;
  event.group = group_of(order);
  return event;
}

Event event_of(Deed deed, const RegisteredAccount& account, Actor by, Timestamp at) {
  Event event = event_of(deed, std::move(by), at);
  event.group = account.ref.group;
  event.account = account.ref.account;
  return event;
}

Event event_of(Deed deed, const AccessToken& token, Actor by, Timestamp at) {
  Event event = event_of(deed, std::move(by), at);
  event.token = token.name;
  if (token.groups.size() == 1) event.group = token.groups.front();
  return event;
}

std::string_view plural(std::size_t count) { return count == 1 ? "" : "s"; }

std::string describe(const RegisteredAccount& account) {
  return fmt::format(
      "{}, {}, credentials: {}", to_string(account.brokerage), account.enabled ? "enabled" : "disabled",
      account.credential_fields.empty() ? "none" : fmt::format("{}", fmt::join(account.credential_fields, " ")));
}

std::string describe(const AccessToken& token) {
  std::vector<std::string_view> scopes;
  for (const Scope scope : token.scopes.list()) scopes.push_back(to_string(scope));
  std::string text = fmt::format("scopes: {}", fmt::join(scopes, " "));
  if (!token.groups.empty()) text += fmt::format(", groups: {}", fmt::join(token.groups, "; "));
  if (token.expires_at) text += fmt::format(", until {}", to_rfc3339(*token.expires_at));
  return text;
}

// Sealing the same credentials twice never gives the same bytes: these are the ones that were there.
bool only_enabled_may_differ(const RegisteredAccount& before, const RegisteredAccount& stored) {
  return before.brokerage == stored.brokerage && before.sealed_credentials == stored.sealed_credentials;
}

}  // namespace

bool is_deed(const Event& event) { return event.actor && parse_deed(event.type); }

bool matches(const Event& event, const DeedFilter& filter) {
  if (!filter.groups.empty() && (!event.group || !includes(filter.groups, *event.group))) return false;
  if (filter.actor && event.actor->name != *filter.actor) return false;
  if (filter.deed && event.type != to_string(*filter.deed)) return false;
  if (filter.group && event.group != filter.group) return false;
  if (filter.since && event.at < *filter.since) return false;
  return !filter.until || event.at < *filter.until;
}

Event order_accepted(const Order& order, Actor by) {
  const Deed deed = order.retry_of ? Deed::order_retried : Deed::order_accepted;
  Event event = event_of(deed, order, std::move(by), order.created_at);
  event.detail =
      fmt::format("{} {} for each sub-account, {} child order{}{}", to_string(order.side), order.quantity.to_string(),
                  order.child_orders.size(), plural(order.child_orders.size()), order.dry_run ? ", dry run" : "");
  if (order.retry_of) event.detail += fmt::format(", retry of {}", *order.retry_of);
  return event;
}

Event order_canceled(const Order& order, std::size_t canceled, Actor by, Timestamp now) {
  Event event = event_of(Deed::order_canceled, order, std::move(by), now);
  event.detail =
      fmt::format("{} of {} child order{}", canceled, order.child_orders.size(), plural(order.child_orders.size()));
  return event;
}

std::string_view word_of(const Resolution& resolution) {
  return resolution.outcome == ExecutionStatus::not_sent ? std::string_view("not_placed")
                                                         : to_string(resolution.outcome);
}

Event child_order_resolved(const ChildOrder& child, const Resolution& resolution, Timestamp now) {
  Event event = event_of(Deed::child_order_resolved, resolution.by, now);
  event.order = child.order_id;
  event.child_order = child.id;
  event.group = child.account.group;
  event.account = child.account.account;
  event.worker = child.worker;
  event.detail = fmt::format("{}: {}", word_of(resolution), resolution.note);
  return event;
}

Event group_created(const GroupName& group, Actor by, Timestamp now) {
  Event event = event_of(Deed::group_created, std::move(by), now);
  event.group = group;
  return event;
}

Event group_deleted(const GroupName& group, Actor by, Timestamp now) {
  Event event = event_of(Deed::group_deleted, std::move(by), now);
  event.group = group;
  return event;
}

Event account_put(const std::optional<RegisteredAccount>& before, const RegisteredAccount& stored, Actor by) {
  if (before && only_enabled_may_differ(*before, stored)) {
    const Deed deed = stored.enabled ? Deed::account_enabled : Deed::account_disabled;
    return event_of(deed, stored, std::move(by), stored.updated_at);
  }
  const Deed deed = before ? Deed::account_changed : Deed::account_added;
  Event event = event_of(deed, stored, std::move(by), stored.updated_at);
  event.detail = describe(stored);
  return event;
}

Event account_deleted(const RegisteredAccount& account, Actor by, Timestamp now) {
  Event event = event_of(Deed::account_deleted, account, std::move(by), now);
  event.detail = to_string(account.brokerage);
  return event;
}

Event token_created(const AccessToken& token, Actor by) {
  Event event = event_of(Deed::token_created, token, std::move(by), token.created_at);
  event.detail = describe(token);
  return event;
}

Event token_revoked(const AccessToken& token, Actor by, Timestamp now) {
  return event_of(Deed::token_revoked, token, std::move(by), now);
}

}  // namespace tradeauto::deeds
