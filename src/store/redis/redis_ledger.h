#pragma once

#include "ports/ledger.h"
#include "store/redis/redis_engine.h"

namespace tradeauto {

class RedisLedger final : public Ledger {
 public:
  explicit RedisLedger(RedisEngine& engine) : engine_(engine) {}

  LedgerId id() const override { return engine_.ledger(); }
  std::uint64_t incarnation() const override { return engine_.incarnation(); }
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

 private:
  asio::awaitable<Result<std::vector<ChildOrderChange>>> change_all(std::vector<ChildOrderId> ids, Cause cause,
                                                                    std::string reason, std::string detail,
                                                                    Timestamp now);

  RedisEngine& engine_;
};

}  // namespace tradeauto
