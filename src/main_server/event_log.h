#pragma once

#include "net/signal.h"
#include "ports/event_api.h"
#include "ports/ledger.h"
#include "ports/main_probe.h"

namespace tradeauto {

// The ledger as everybody in this room writes to it, and as those who follow its events see it: each change that is on
// disk wakes them. Nothing is held back or kept: they read the ledger, at their own pace. Thread-safe.
class EventLog final : public Ledger, public EventApi {
 public:
  // All outlive it. `probe` is told of every write that is on disk; null: nobody is.
  EventLog(Ledger& ledger, const Clock& clock, MainProbe* probe) : ledger_(ledger), clock_(clock), probe_(probe) {}

  LedgerId id() const override { return ledger_.id(); }
  std::uint64_t incarnation() const override { return ledger_.incarnation(); }

  asio::awaitable<Result<Accepted>> accept(Order order, std::string body_hash, Actor by) override;
  asio::awaitable<Result<Accepted>> retry(Order order, std::string body_hash, bool include_rejected, Actor by) override;
  asio::awaitable<Result<Order>> order(OrderId id) override;
  asio::awaitable<Result<std::optional<Order>>> find_order(ClientOrderId id) override;
  asio::awaitable<Result<ChildOrder>> child_order(ChildOrderId id) override;
  asio::awaitable<Result<std::vector<Order>>> list_orders(OrderFilter filter) override;
  asio::awaitable<Result<std::vector<Order>>> pending(AccountRef account, std::size_t limit) override;
  asio::awaitable<Result<void>> offered(std::vector<ChildOrderId> ids, WorkerName worker, Timestamp now) override;
  asio::awaitable<Result<PermitDecision>> permit(PermitRequest request) override;
  asio::awaitable<Result<std::optional<ChildOrderChange>>> report(ChildOrderReport report, WorkerName worker,
                                                                  Timestamp now) override;
  asio::awaitable<Result<std::vector<Permitted>>> executing() override;
  asio::awaitable<Result<std::vector<ChildOrderChange>>> doubt(std::vector<ChildOrderId> ids, std::string reason,
                                                               std::string detail, Timestamp now) override;
  asio::awaitable<Result<std::vector<ChildOrderChange>>> not_started(std::vector<ChildOrderId> ids,
                                                                     Timestamp now) override;
  asio::awaitable<Result<std::vector<ChildOrderChange>>> refuse(std::vector<ChildOrderId> ids, std::string reason,
                                                                std::string detail, Timestamp now) override;
  asio::awaitable<Result<std::vector<ChildOrderChange>>> cancel(OrderId order, Actor by, Timestamp now) override;
  asio::awaitable<Result<ChildOrderChange>> resolve(Resolution resolution, Timestamp now, Timestamp runs_over) override;
  asio::awaitable<Result<std::vector<ChildOrderChange>>> expire(Timestamp now) override;
  asio::awaitable<Result<std::optional<Timestamp>>> next_expiry() override;
  asio::awaitable<Result<std::uint64_t>> confirmed_sequence(JournalId journal) override;
  asio::awaitable<Result<void>> confirm_sequence(JournalId journal, std::uint64_t sequence) override;
  asio::awaitable<Result<std::vector<Event>>> events(std::uint64_t after, std::size_t limit) override;
  asio::awaitable<Result<std::uint64_t>> newest_event() override;
  asio::awaitable<Result<void>> append_event(Event event) override;
  asio::awaitable<Result<std::vector<Event>>> deeds(DeedFilter filter) override;

  // Registry or tokens have written events of theirs: wakes who follows.
  void written() { changed_.notify(); }

  std::uint64_t event_version() const override { return changed_.version(); }
  asio::awaitable<bool> wait_for_events(std::uint64_t seen, Deadline deadline) override {
    return changed_.wait(seen, clock_, deadline);
  }

 private:
  // Passes on what `write` comes to, and tells of it. What failed has written nothing.
  template <typename T>
  asio::awaitable<Result<T>> told(asio::awaitable<Result<T>> write);

  Ledger& ledger_;
  const Clock& clock_;
  MainProbe* const probe_;
  Signal changed_;
};

}  // namespace tradeauto
