#include "main_server/event_log.h"

#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace tradeauto {
namespace {

void tell(MainProbe& probe, const ChildOrderChange& change) {
  if (change.before == change.child_order.status) return;
  probe.child_order_became(change.child_order.status, change.child_order.brokerage);
}

void tell(MainProbe& probe, const std::optional<ChildOrderChange>& change) {
  if (change) tell(probe, *change);
}

void tell(MainProbe& probe, const std::vector<ChildOrderChange>& changes) {
  for (const ChildOrderChange& change : changes) tell(probe, change);
}

void tell(MainProbe& probe, const PermitDecision& decision) { tell(probe, decision.changes); }

void tell(MainProbe& probe, const Ledger::Accepted& accepted) {
  if (!accepted.created) return;
  for (const ChildOrder& child : accepted.order.child_orders) probe.child_order_became(child.status, child.brokerage);
}

}  // namespace

template <typename T>
asio::awaitable<Result<T>> EventLog::told(asio::awaitable<Result<T>> write) {
  const BootTime asked_at = clock_.boot_now();
  auto result = co_await std::move(write);
  if (!result.ok()) co_return result;
  changed_.notify();
  if (probe_ != nullptr) {
    probe_->ledger_written(clock_.boot_now() - asked_at);
    if constexpr (!std::is_void_v<T>) tell(*probe_, *result);
  }
  co_return result;
}

asio::awaitable<Result<Ledger::Accepted>> EventLog::accept(Order order, std::string body_hash, Actor by) {
  return told(ledger_.accept(std::move(order), std::move(body_hash), std::move(by)));
}

asio::awaitable<Result<Ledger::Accepted>> EventLog::retry(Order order, std::string body_hash, bool include_rejected,
                                                          Actor by) {
  return told(ledger_.retry(std::move(order), std::move(body_hash), include_rejected, std::move(by)));
}

asio::awaitable<Result<Order>> EventLog::order(OrderId id) { return ledger_.order(std::move(id)); }

asio::awaitable<Result<std::optional<Order>>> EventLog::find_order(ClientOrderId id) {
  return ledger_.find_order(std::move(id));
}

asio::awaitable<Result<ChildOrder>> EventLog::child_order(ChildOrderId id) {
  return ledger_.child_order(std::move(id));
}

asio::awaitable<Result<std::vector<Order>>> EventLog::list_orders(OrderFilter filter) {
  return ledger_.list_orders(std::move(filter));
}

asio::awaitable<Result<std::vector<Order>>> EventLog::pending(AccountRef account, std::size_t limit) {
  return ledger_.pending(std::move(account), limit);
}

asio::awaitable<Result<void>> EventLog::offered(std::vector<ChildOrderId> ids, WorkerName worker, Timestamp now) {
  return told(ledger_.offered(std::move(ids), std::move(worker), now));
}

asio::awaitable<Result<PermitDecision>> EventLog::permit(PermitRequest request) {
  return told(ledger_.permit(std::move(request)));
}

asio::awaitable<Result<std::optional<ChildOrderChange>>> EventLog::report(ChildOrderReport report, WorkerName worker,
                                                                          Timestamp now) {
  return told(ledger_.report(std::move(report), std::move(worker), now));
}

asio::awaitable<Result<std::vector<Ledger::Permitted>>> EventLog::executing() { return ledger_.executing(); }

asio::awaitable<Result<std::vector<ChildOrderChange>>> EventLog::doubt(std::vector<ChildOrderId> ids,
                                                                       std::string reason, std::string detail,
                                                                       Timestamp now) {
  return told(ledger_.doubt(std::move(ids), std::move(reason), std::move(detail), now));
}

asio::awaitable<Result<std::vector<ChildOrderChange>>> EventLog::not_started(std::vector<ChildOrderId> ids,
                                                                             Timestamp now) {
  return told(ledger_.not_started(std::move(ids), now));
}

asio::awaitable<Result<std::vector<ChildOrderChange>>> EventLog::refuse(std::vector<ChildOrderId> ids,
                                                                        std::string reason, std::string detail,
                                                                        Timestamp now) {
  return told(ledger_.refuse(std::move(ids), std::move(reason), std::move(detail), now));
}

asio::awaitable<Result<std::vector<ChildOrderChange>>> EventLog::cancel(OrderId order, Actor by, Timestamp now) {
  return told(ledger_.cancel(std::move(order), std::move(by), now));
}

asio::awaitable<Result<ChildOrderChange>> EventLog::resolve(Resolution resolution, Timestamp now, Timestamp runs_over) {
  return told(ledger_.resolve(std::move(resolution), now, runs_over));
}

asio::awaitable<Result<std::vector<ChildOrderChange>>> EventLog::expire(Timestamp now) {
  return told(ledger_.expire(now));
}

asio::awaitable<Result<std::optional<Timestamp>>> EventLog::next_expiry() { return ledger_.next_expiry(); }

asio::awaitable<Result<std::uint64_t>> EventLog::confirmed_sequence(JournalId journal) {
  return ledger_.confirmed_sequence(std::move(journal));
}

asio::awaitable<Result<void>> EventLog::confirm_sequence(JournalId journal, std::uint64_t sequence) {
  return told(ledger_.confirm_sequence(std::move(journal), sequence));
}

asio::awaitable<Result<std::vector<Event>>> EventLog::events(std::uint64_t after, std::size_t limit) {
  return ledger_.events(after, limit);
}

asio::awaitable<Result<std::uint64_t>> EventLog::newest_event() { return ledger_.newest_event(); }

asio::awaitable<Result<void>> EventLog::append_event(Event event) {
  return told(ledger_.append_event(std::move(event)));
}

asio::awaitable<Result<std::vector<Event>>> EventLog::deeds(DeedFilter filter) {
  return ledger_.deeds(std::move(filter));
}

}  // namespace tradeauto
