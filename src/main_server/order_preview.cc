#include "main_server/order_preview.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace tradeauto {
namespace {

using Warnings = std::vector<OrderPreview::Warning>;
using Doubt = std::tuple<AccountRef, Symbol>;

constexpr std::size_t kPage = 500;

// What of this side is in doubt now. Doubts are few: all of them are read, whatever the order is.
asio::awaitable<Result<std::set<Doubt>>> doubts_of(Ledger& ledger, Side side) {
  std::set<Doubt> doubts;
  OrderFilter filter;
  filter.status = OrderStatus::attention;
  filter.limit = kPage;
  while (true) {
    CO_TRY(const auto page, co_await ledger.list_orders(filter));
    for (const Order& order : page) {
      if (order.side != side) continue;
      for (const ChildOrder& child : order.child_orders) {
        if (child.status == ChildOrderStatus::in_doubt) doubts.emplace(child.account, child.symbol);
      }
    }
    if (page.size() < kPage) co_return doubts;
    filter.before = page.back().id;
  }
}

bool doubt_matters(const Order& order) {
  return !order.dry_run && std::ranges::find(order.overrides, "in_doubt_open") == order.overrides.end();
}

// Each account once.
std::vector<const ChildOrder*> firsts_of(const Order& order) {
  std::set<AccountRef> known;
  std::vector<const ChildOrder*> firsts;
  for (const ChildOrder& child : order.child_orders) {
    if (known.insert(child.account).second) firsts.push_back(&child);
  }
  return firsts;
}

}  // namespace

asio::awaitable<Result<Warnings>> warnings_of(const Order& order, Ledger& ledger, ServiceDirectory& directory) {
  Warnings warnings;
  for (const ChildOrder* child : firsts_of(order)) {
    const auto activation = co_await directory.activation(child->account);
    if (activation.state != "active") {
      warnings.push_back({.code = "not_active",
                          .detail = activation.detail.empty() ? "its worker has not logged in yet" : activation.detail,
                          .account = child->account,
                          .symbol = std::nullopt});
    }
    if (!order.dry_run && info(child->brokerage).guarantee == Guarantee::none) {
      warnings.push_back({.code = "no_guarantee",
                          .detail = fmt::format("{} can neither refuse nor find an order that it was sent twice",
                                                to_string(child->brokerage)),
                          .account = child->account,
                          .symbol = std::nullopt});
    }
  }
  if (!doubt_matters(order)) co_return warnings;
  CO_TRY(const auto doubts, co_await doubts_of(ledger, order.side));
  for (const ChildOrder& child : order.child_orders) {
    if (!doubts.contains({child.account, child.symbol})) continue;
    warnings.push_back({.code = "in_doubt_open",
                        .detail = fmt::format(
                            "a {} of it is in doubt: settle that first (tradeauto order resolve), else this is refused",
                            to_string(order.side)),
                        .account = child.account,
                        .symbol = child.symbol});
  }
  co_return warnings;
}

}  // namespace tradeauto
