#include "store/redis/redis_ledger.h"

#include <utility>

#include "store/ledger_operations.h"
#include "store/redis/redis_reads.h"
#include "store/redis/redis_rows.h"
#include "store/redis/redis_wishes.h"

namespace tradeauto {

using Changes = std::vector<ChildOrderChange>;

asio::awaitable<Result<Ledger::Accepted>> RedisLedger::accept(Order order, std::string body_hash, Actor by) {
  RedisWish wish = redis_wishes::accept(order);
  return engine_.write<Accepted>(std::move(wish), [order = std::move(order), body_hash = std::move(body_hash),
                                                   by = std::move(by)](RedisPart& part) {
    RedisRows rows(part);
    return operations::accept(rows, order, body_hash, by);
  });
}

asio::awaitable<Result<Ledger::Accepted>> RedisLedger::retry(Order order, std::string body_hash, bool include_rejected,
                                                             Actor by) {
  return engine_.write<Accepted>([order = std::move(order), body_hash = std::move(body_hash), include_rejected,
                                  by = std::move(by)](RedisPart& part) {
    RedisRows rows(part);
    return operations::retry(rows, order, body_hash, include_rejected, by);
  });
}

asio::awaitable<Result<Order>> RedisLedger::order(OrderId id) {
  return engine_.read<Order>([id = std::move(id)](StoredView& view) { return redis_reads::order(view, id); });
}

asio::awaitable<Result<std::optional<Order>>> RedisLedger::find_order(ClientOrderId id) {
  return engine_.read<std::optional<Order>>(
      [id = std::move(id)](StoredView& view) { return redis_reads::find_order(view, id); });
}

asio::awaitable<Result<ChildOrder>> RedisLedger::child_order(ChildOrderId id) {
  return engine_.read<ChildOrder>(
      [id = std::move(id)](StoredView& view) { return redis_reads::child_order(view, id); });
}

asio::awaitable<Result<std::vector<Order>>> RedisLedger::list_orders(OrderFilter filter) {
  return engine_.read<std::vector<Order>>(
      [filter = std::move(filter)](StoredView& view) { return redis_reads::list_orders(view, filter); });
}

asio::awaitable<Result<std::vector<Order>>> RedisLedger::pending(AccountRef account, std::size_t limit) {
  return engine_.read<std::vector<Order>>(
      [account = std::move(account), limit](StoredView& view) { return redis_reads::pending(view, account, limit); });
}

asio::awaitable<Result<void>> RedisLedger::offered(std::vector<ChildOrderId> ids, WorkerName worker, Timestamp now) {
  RedisWish wish = redis_wishes::change(ids);
  return engine_.write<void>(std::move(wish), [ids = std::move(ids), worker = std::move(worker), now](RedisPart& part) {
    RedisRows rows(part);
    return operations::offered(rows, ids, worker, now);
  });
}

asio::awaitable<Result<PermitDecision>> RedisLedger::permit(PermitRequest request) {
  RedisWish wish = redis_wishes::permit(request);
  return engine_.write<PermitDecision>(std::move(wish), [request = std::move(request)](RedisPart& part) {
    RedisRows rows(part);
    return operations::permit(rows, request);
  });
}

asio::awaitable<Result<std::optional<ChildOrderChange>>> RedisLedger::report(ChildOrderReport report, WorkerName worker,
                                                                             Timestamp now) {
  RedisWish wish = redis_wishes::change({report.child_order});
  return engine_.write<std::optional<ChildOrderChange>>(
      std::move(wish), [report = std::move(report), worker = std::move(worker), now](RedisPart& part) {
        RedisRows rows(part);
        return operations::report(rows, report, worker, now);
      });
}

asio::awaitable<Result<std::vector<Ledger::Permitted>>> RedisLedger::executing() {
  return engine_.read<std::vector<Permitted>>(redis_reads::executing);
}

asio::awaitable<Result<Changes>> RedisLedger::change_all(std::vector<ChildOrderId> ids, Cause cause, std::string reason,
                                                         std::string detail, Timestamp now) {
  rules::Words words{.reason = std::move(reason), .detail = std::move(detail)};
  RedisWish wish = redis_wishes::change(ids);
  return engine_.write<Changes>(std::move(wish),
                                [ids = std::move(ids), cause, words = std::move(words), now](RedisPart& part) {
                                  RedisRows rows(part);
                                  return operations::change_all(rows, ids, cause, words, now);
                                });
}

asio::awaitable<Result<Changes>> RedisLedger::doubt(std::vector<ChildOrderId> ids, std::string reason,
                                                    std::string detail, Timestamp now) {
  return change_all(std::move(ids), Cause::doubt, std::move(reason), std::move(detail), now);
}

asio::awaitable<Result<Changes>> RedisLedger::not_started(std::vector<ChildOrderId> ids, Timestamp now) {
  return change_all(std::move(ids), Cause::not_started, {}, {}, now);
}

asio::awaitable<Result<Changes>> RedisLedger::refuse(std::vector<ChildOrderId> ids, std::string reason,
                                                     std::string detail, Timestamp now) {
  return change_all(std::move(ids), Cause::refusal, std::move(reason), std::move(detail), now);
}

asio::awaitable<Result<Changes>> RedisLedger::cancel(OrderId order, Actor by, Timestamp now) {
  return engine_.write<Changes>([order = std::move(order), by = std::move(by), now](RedisPart& part) {
    RedisRows rows(part);
    return operations::cancel(rows, order, by, now);
  });
}

asio::awaitable<Result<ChildOrderChange>> RedisLedger::resolve(Resolution resolution, Timestamp now,
                                                               Timestamp runs_over) {
  return engine_.write<ChildOrderChange>([resolution = std::move(resolution), now, runs_over](RedisPart& part) {
    RedisRows rows(part);
    return operations::resolve(rows, resolution, now, runs_over);
  });
}

asio::awaitable<Result<Changes>> RedisLedger::expire(Timestamp now) {
  return engine_.write<Changes>([now](RedisPart& part) {
    RedisRows rows(part);
    return operations::expire(rows, now);
  });
}

asio::awaitable<Result<std::optional<Timestamp>>> RedisLedger::next_expiry() {
  return engine_.read<std::optional<Timestamp>>(redis_reads::next_expiry);
}

asio::awaitable<Result<std::uint64_t>> RedisLedger::confirmed_sequence(JournalId journal) {
  return engine_.read<std::uint64_t>(
      [journal = std::move(journal)](StoredView& view) { return redis_reads::confirmed_sequence(view, journal); });
}

asio::awaitable<Result<void>> RedisLedger::confirm_sequence(JournalId journal, std::uint64_t sequence) {
  RedisWish wish = redis_wishes::confirm(journal);
  return engine_.write<void>(std::move(wish),
                             [journal = std::move(journal), sequence](RedisPart& part) -> Result<void> {
                               TRY(const std::uint64_t known, redis_reads::confirmed_sequence(part.view(), journal));
                               if (sequence > known)
                                 part.set(redis_rows::journal_key(journal), redis_rows::write_number(sequence));
                               return {};
                             });
}

asio::awaitable<Result<std::vector<Event>>> RedisLedger::events(std::uint64_t after, std::size_t limit) {
  return engine_.read<std::vector<Event>>(
      [after, limit](StoredView& view) { return redis_reads::events(view.client(), after, limit); });
}

asio::awaitable<Result<std::uint64_t>> RedisLedger::newest_event() {
  return engine_.read<std::uint64_t>(redis_reads::newest_event);
}

asio::awaitable<Result<void>> RedisLedger::append_event(Event event) {
  return engine_.write<void>(
      [event = std::move(event)](RedisPart& part) { return RedisRows(part).append_event(event); });
}

asio::awaitable<Result<std::vector<Event>>> RedisLedger::deeds(DeedFilter filter) {
  return engine_.read<std::vector<Event>>(
      [filter = std::move(filter)](StoredView& view) { return redis_reads::deeds(view, filter); });
}

}  // namespace tradeauto
