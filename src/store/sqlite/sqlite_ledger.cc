#include "store/sqlite/sqlite_ledger.h"

#include <utility>

#include "store/ledger_operations.h"
#include "store/sqlite/sqlite_reads.h"
#include "store/sqlite/sqlite_rows.h"

namespace tradeauto {

using Changes = std::vector<ChildOrderChange>;

asio::awaitable<Result<Ledger::Accepted>> SqliteLedger::accept(Order order, std::string body_hash, Actor by) {
  return engine_.write<Accepted>(
      [order = std::move(order), body_hash = std::move(body_hash), by = std::move(by)](Database& database) {
        SqliteRows rows(database);
        return operations::accept(rows, order, body_hash, by);
      });
}

asio::awaitable<Result<Ledger::Accepted>> SqliteLedger::retry(Order order, std::string body_hash, bool include_rejected,
                                                              Actor by) {
  return engine_.write<Accepted>([order = std::move(order), body_hash = std::move(body_hash), include_rejected,
                                  by = std::move(by)](Database& database) {
    SqliteRows rows(database);
    return operations::retry(rows, order, body_hash, include_rejected, by);
  });
}

asio::awaitable<Result<Order>> SqliteLedger::order(OrderId id) {
  return engine_.read<Order>([id = std::move(id)](Database& database) { return SqliteRows(database).load_order(id); });
}

asio::awaitable<Result<std::optional<Order>>> SqliteLedger::find_order(ClientOrderId id) {
  return engine_.read<std::optional<Order>>(
      [id = std::move(id)](Database& database) { return reads::find_order(database, id); });
}

asio::awaitable<Result<ChildOrder>> SqliteLedger::child_order(ChildOrderId id) {
  return engine_.read<ChildOrder>(
      [id = std::move(id)](Database& database) { return SqliteRows(database).load_child_order(id); });
}

asio::awaitable<Result<std::vector<Order>>> SqliteLedger::list_orders(OrderFilter filter) {
  return engine_.read<std::vector<Order>>(
      [filter = std::move(filter)](Database& database) { return reads::list_orders(database, filter); });
}

asio::awaitable<Result<std::vector<Order>>> SqliteLedger::pending(AccountRef account, std::size_t limit) {
  return engine_.read<std::vector<Order>>(
      [account = std::move(account), limit](Database& database) { return reads::pending(database, account, limit); });
}

asio::awaitable<Result<void>> SqliteLedger::offered(std::vector<ChildOrderId> ids, WorkerName worker, Timestamp now) {
  return engine_.write<void>([ids = std::move(ids), worker = std::move(worker), now](Database& database) {
    SqliteRows rows(database);
    return operations::offered(rows, ids, worker, now);
  });
}

asio::awaitable<Result<PermitDecision>> SqliteLedger::permit(PermitRequest request) {
  return engine_.write<PermitDecision>([request = std::move(request)](Database& database) {
    SqliteRows rows(database);
    return operations::permit(rows, request);
  });
}

asio::awaitable<Result<std::optional<ChildOrderChange>>> SqliteLedger::report(ChildOrderReport report,
                                                                              WorkerName worker, Timestamp now) {
  return engine_.write<std::optional<ChildOrderChange>>(
      [report = std::move(report), worker = std::move(worker), now](Database& database) {
        SqliteRows rows(database);
        return operations::report(rows, report, worker, now);
      });
}

asio::awaitable<Result<std::vector<Ledger::Permitted>>> SqliteLedger::executing() {
  return engine_.read<std::vector<Permitted>>(reads::executing);
}

asio::awaitable<Result<Changes>> SqliteLedger::change_all(std::vector<ChildOrderId> ids, Cause cause,
                                                          std::string reason, std::string detail, Timestamp now) {
  rules::Words words{.reason = std::move(reason), .detail = std::move(detail)};
  return engine_.write<Changes>([ids = std::move(ids), cause, words = std::move(words), now](Database& database) {
    SqliteRows rows(database);
    return operations::change_all(rows, ids, cause, words, now);
  });
}

asio::awaitable<Result<Changes>> SqliteLedger::doubt(std::vector<ChildOrderId> ids, std::string reason,
                                                     std::string detail, Timestamp now) {
  return change_all(std::move(ids), Cause::doubt, std::move(reason), std::move(detail), now);
}

asio::awaitable<Result<Changes>> SqliteLedger::not_started(std::vector<ChildOrderId> ids, Timestamp now) {
  return change_all(std::move(ids), Cause::not_started, {}, {}, now);
}

asio::awaitable<Result<Changes>> SqliteLedger::refuse(std::vector<ChildOrderId> ids, std::string reason,
                                                      std::string detail, Timestamp now) {
  return change_all(std::move(ids), Cause::refusal, std::move(reason), std::move(detail), now);
}

asio::awaitable<Result<Changes>> SqliteLedger::cancel(OrderId order, Actor by, Timestamp now) {
  return engine_.write<Changes>([order = std::move(order), by = std::move(by), now](Database& database) {
    SqliteRows rows(database);
    return operations::cancel(rows, order, by, now);
  });
}

asio::awaitable<Result<ChildOrderChange>> SqliteLedger::resolve(Resolution resolution, Timestamp now,
                                                                Timestamp runs_over) {
  return engine_.write<ChildOrderChange>([resolution = std::move(resolution), now, runs_over](Database& database) {
    SqliteRows rows(database);
    return operations::resolve(rows, resolution, now, runs_over);
  });
}

asio::awaitable<Result<Changes>> SqliteLedger::expire(Timestamp now) {
  return engine_.write<Changes>([now](Database& database) {
    SqliteRows rows(database);
    return operations::expire(rows, now);
  });
}

asio::awaitable<Result<std::optional<Timestamp>>> SqliteLedger::next_expiry() {
  return engine_.read<std::optional<Timestamp>>(reads::next_expiry);
}

asio::awaitable<Result<std::uint64_t>> SqliteLedger::confirmed_sequence(JournalId journal) {
  return engine_.read<std::uint64_t>(
      [journal = std::move(journal)](Database& database) { return reads::confirmed_sequence(database, journal); });
}

asio::awaitable<Result<void>> SqliteLedger::confirm_sequence(JournalId journal, std::uint64_t sequence) {
  return engine_.write<void>([journal = std::move(journal), sequence](Database& database) {
    Query query = database.query(
        "INSERT INTO journals(id, confirmed) VALUES (?, ?)"
        " ON CONFLICT(id) DO UPDATE SET confirmed = max(confirmed, excluded.confirmed)");
    return query.bind(journal, sequence).run();
  });
}

asio::awaitable<Result<std::vector<Event>>> SqliteLedger::events(std::uint64_t after, std::size_t limit) {
  return engine_.read<std::vector<Event>>(
      [after, limit](Database& database) { return reads::events(database, after, limit); });
}

asio::awaitable<Result<std::uint64_t>> SqliteLedger::newest_event() {
  return engine_.read<std::uint64_t>(reads::newest_event);
}

asio::awaitable<Result<void>> SqliteLedger::append_event(Event event) {
  return engine_.write<void>(
      [event = std::move(event)](Database& database) { return SqliteRows(database).append_event(event); });
}

asio::awaitable<Result<std::vector<Event>>> SqliteLedger::deeds(DeedFilter filter) {
  return engine_.read<std::vector<Event>>(
      [filter = std::move(filter)](Database& database) { return reads::deeds(database, filter); });
}

}  // namespace tradeauto
