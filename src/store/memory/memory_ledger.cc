#include "store/memory/memory_ledger.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "store/deeds.h"
#include "store/ledger_operations.h"
#include "store/order_filter.h"

namespace tradeauto {

asio::awaitable<Result<Ledger::Accepted>> MemoryLedger::accept(Order order, std::string body_hash, Actor by) {
  const std::scoped_lock lock(tables_.mutex);
  co_return operations::accept(rows_, std::move(order), body_hash, std::move(by));
}

asio::awaitable<Result<Ledger::Accepted>> MemoryLedger::retry(Order order, std::string body_hash, bool include_rejected,
                                                              Actor by) {
  const std::scoped_lock lock(tables_.mutex);
  co_return operations::retry(rows_, std::move(order), body_hash, include_rejected, std::move(by));
}

asio::awaitable<Result<Order>> MemoryLedger::order(OrderId id) {
  const std::scoped_lock lock(tables_.mutex);
  co_return rows_.load_order(id);
}

asio::awaitable<Result<std::optional<Order>>> MemoryLedger::find_order(ClientOrderId id) {
  const std::scoped_lock lock(tables_.mutex);
  const auto it = tables_.client_order_index.find(id);
  if (it == tables_.client_order_index.end()) co_return std::optional<Order>();
  co_return std::optional(rows_.order_at(it->second));
}

asio::awaitable<Result<ChildOrder>> MemoryLedger::child_order(ChildOrderId id) {
  const std::scoped_lock lock(tables_.mutex);
  co_return rows_.load_child_order(id);
}

asio::awaitable<Result<std::vector<Order>>> MemoryLedger::list_orders(OrderFilter filter) {
  const std::scoped_lock lock(tables_.mutex);
  // Newest first: by created_at, and among equals the one that was accepted last.
  std::vector<std::size_t> newest(tables_.orders.size());
  std::iota(newest.begin(), newest.end(), 0);
  std::ranges::sort(newest, std::ranges::greater(),
                    [&](std::size_t i) { return std::pair(tables_.orders[i].order.created_at, i); });
  auto it = newest.begin();
  if (filter.before) {
    const auto cursor = tables_.order_index.find(*filter.before);
    if (cursor == tables_.order_index.end()) co_return rules::unknown_order(*filter.before);
    it = std::next(std::ranges::find(newest, cursor->second));
  }
  std::vector<Order> page;
  for (; it != newest.end() && page.size() < filter.limit; ++it) {
    Order order = rows_.order_at(*it);
    if (matches(order, filter)) page.push_back(std::move(order));
  }
  co_return page;
}

asio::awaitable<Result<std::vector<Order>>> MemoryLedger::pending(AccountRef account, std::size_t limit) {
  const std::scoped_lock lock(tables_.mutex);
  std::vector<Order> orders;
  for (std::size_t i = 0; i < tables_.orders.size() && orders.size() < limit; ++i) {
    Order order = rows_.order_at(i);
    std::erase_if(order.child_orders, [&](const ChildOrder& child) {
      return child.status != ChildOrderStatus::pending || child.account != account;
    });
    if (!order.child_orders.empty()) orders.push_back(std::move(order));
  }
  co_return orders;
}

asio::awaitable<Result<void>> MemoryLedger::offered(std::vector<ChildOrderId> ids, WorkerName worker, Timestamp now) {
  const std::scoped_lock lock(tables_.mutex);
  co_return operations::offered(rows_, ids, worker, now);
}

asio::awaitable<Result<PermitDecision>> MemoryLedger::permit(PermitRequest request) {
  const std::scoped_lock lock(tables_.mutex);
  co_return operations::permit(rows_, request);
}

asio::awaitable<Result<std::optional<ChildOrderChange>>> MemoryLedger::report(ChildOrderReport report,
                                                                              WorkerName worker, Timestamp now) {
  const std::scoped_lock lock(tables_.mutex);
  co_return operations::report(rows_, report, worker, now);
}

asio::awaitable<Result<std::vector<Ledger::Permitted>>> MemoryLedger::executing() {
  const std::scoped_lock lock(tables_.mutex);
  std::vector<Permitted> all;
  for (const auto& [id, row] : tables_.children) {
    if (row.child.status != ChildOrderStatus::executing) continue;
    all.push_back({.task = row.permit->task,
                   .child_order = id,
                   .worker = row.permit->worker,
                   .journal = row.permit->journal,
                   .group = row.child.account.group,
                   .run_deadline = row.permit->run_deadline});
  }
  std::ranges::sort(all, {}, [](const Permitted& one) { return std::tie(one.task, one.child_order); });
  co_return all;
}

asio::awaitable<Result<std::vector<ChildOrderChange>>> MemoryLedger::doubt(std::vector<ChildOrderId> ids,
                                                                           std::string reason, std::string detail,
                                                                           Timestamp now) {
  const std::scoped_lock lock(tables_.mutex);
  const rules::Words words{.reason = std::move(reason), .detail = std::move(detail)};
  co_return operations::change_all(rows_, ids, Cause::doubt, words, now);
}

asio::awaitable<Result<std::vector<ChildOrderChange>>> MemoryLedger::not_started(std::vector<ChildOrderId> ids,
                                                                                 Timestamp now) {
  const std::scoped_lock lock(tables_.mutex);
  co_return operations::change_all(rows_, ids, Cause::not_started, {}, now);
}

asio::awaitable<Result<std::vector<ChildOrderChange>>> MemoryLedger::refuse(std::vector<ChildOrderId> ids,
                                                                            std::string reason, std::string detail,
                                                                            Timestamp now) {
  const std::scoped_lock lock(tables_.mutex);
  const rules::Words words{.reason = std::move(reason), .detail = std::move(detail)};
  co_return operations::change_all(rows_, ids, Cause::refusal, words, now);
}

asio::awaitable<Result<std::vector<ChildOrderChange>>> MemoryLedger::cancel(OrderId order, Actor by, Timestamp now) {
  const std::scoped_lock lock(tables_.mutex);
  co_return operations::cancel(rows_, order, std::move(by), now);
}

asio::awaitable<Result<ChildOrderChange>> MemoryLedger::resolve(Resolution resolution, Timestamp now,
                                                                Timestamp runs_over) {
  const std::scoped_lock lock(tables_.mutex);
  co_return operations::resolve(rows_, resolution, now, runs_over);
}

asio::awaitable<Result<std::vector<ChildOrderChange>>> MemoryLedger::expire(Timestamp now) {
  const std::scoped_lock lock(tables_.mutex);
  co_return operations::expire(rows_, now);
}

asio::awaitable<Result<std::optional<Timestamp>>> MemoryLedger::next_expiry() {
  const std::scoped_lock lock(tables_.mutex);
  std::optional<Timestamp> next;
  for (const auto& [id, row] : tables_.children) {
    if (row.child.status != ChildOrderStatus::pending) continue;
    const Timestamp deadline = rows_.terms_of(row.child).deadline;
    next = next ? std::min(*next, deadline) : deadline;
  }
  co_return next;
}

asio::awaitable<Result<std::uint64_t>> MemoryLedger::confirmed_sequence(JournalId journal) {
  const std::scoped_lock lock(tables_.mutex);
  const auto it = tables_.confirmed.find(journal);
  co_return it == tables_.confirmed.end() ? 0 : it->second;
}

asio::awaitable<Result<void>> MemoryLedger::confirm_sequence(JournalId journal, std::uint64_t sequence) {
  const std::scoped_lock lock(tables_.mutex);
  std::uint64_t& highest = tables_.confirmed[journal];
  highest = std::max(highest, sequence);
  co_return Result<void>{};
}

asio::awaitable<Result<std::vector<Event>>> MemoryLedger::events(std::uint64_t after, std::size_t limit) {
  const std::scoped_lock lock(tables_.mutex);
  const std::size_t size = tables_.events.size();
  const std::size_t begin = std::min<std::size_t>(after, size);
  const std::size_t count = std::min(limit, size - begin);
  const auto first = tables_.events.begin() + static_cast<std::ptrdiff_t>(begin);
  co_return std::vector<Event>(first, first + static_cast<std::ptrdiff_t>(count));
}

asio::awaitable<Result<std::uint64_t>> MemoryLedger::newest_event() {
  const std::scoped_lock lock(tables_.mutex);
  co_return std::uint64_t{tables_.events.size()};
}

asio::awaitable<Result<void>> MemoryLedger::append_event(Event event) {
  const std::scoped_lock lock(tables_.mutex);
  co_return rows_.append_event(event);
}

asio::awaitable<Result<std::vector<Event>>> MemoryLedger::deeds(DeedFilter filter) {
  const std::scoped_lock lock(tables_.mutex);
  std::vector<Event> page;
  for (auto it = tables_.events.rbegin(); it != tables_.events.rend() && page.size() < filter.limit; ++it) {
    if (filter.before && it->sequence >= *filter.before) continue;
    if (deeds::is_deed(*it) && deeds::matches(*it, filter)) page.push_back(*it);
  }
  co_return page;
}

}  // namespace tradeauto
