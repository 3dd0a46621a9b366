#include "main_server/settlement.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tradeauto {
namespace {

constexpr const char* kWorkerDied = "the worker ended while the order ran; it may have been sent";
constexpr const char* kJournalGap = "the worker's journal cannot prove that it never started";
constexpr const char* kWorkerLost = "the worker is gone and its lease is over; the order may have been sent";
constexpr const char* kOverdue = "the run should have ended long ago and nothing was heard of it";

}  // namespace

asio::awaitable<Result<void>> Settlement::on_hello(const WorkerHello& hello) {
  CO_TRY(const std::uint64_t seen, co_await needs_.ledger.confirmed_sequence(hello.journal.id));
  const bool intact = !hello.journal.tail_cut && hello.journal.last_sequence >= seen;
  std::map<ChildOrderId, TaskStanding::State> standing;
  for (const TaskStanding& task : hello.standings) {
    for (const ChildOrderId& id : task.child_orders) standing.emplace(id, task.state);
  }
  std::vector<ChildOrderId> dead;
  std::vector<ChildOrderId> unstarted;
  CO_TRY(const auto executing, co_await needs_.ledger.executing());
  for (const Ledger::Permitted& permitted : executing) {
    if (permitted.journal != hello.journal.id) continue;
    const auto it = standing.find(permitted.child_order);
    if (it == standing.end()) {
      unstarted.push_back(permitted.child_order);
    } else if (it->second == TaskStanding::State::dead) {
      dead.push_back(permitted.child_order);
    }
  }
  CO_TRY_VOID(co_await doubt(std::move(dead), "worker_died", kWorkerDied));
  if (!intact) co_return co_await doubt(std::move(unstarted), "journal_incomplete", kJournalGap);
  if (!unstarted.empty()) {
    CO_TRY(const auto changes, co_await needs_.ledger.not_started(std::move(unstarted), needs_.clock.now()));
    for (const ChildOrderChange& change : changes) {
      const ChildOrder& child = change.child_order;
      needs_.log.info("permitted and never started: pending again", {{"worker", hello.name},
                                                                     {"order", child.order_id},
                                                                     {"child_order", child.id},
                                                                     {"group", child.account.group},
                                                                     {"account", child.account.account}});
    }
    needs_.events.publish(changes);
  }
  co_return co_await needs_.ledger.confirm_sequence(hello.journal.id, hello.journal.last_sequence);
}

asio::awaitable<Result<void>> Settlement::on_lease_over(JournalId journal) {
  CO_TRY(const auto executing, co_await needs_.ledger.executing());
  std::vector<ChildOrderId> ids;
  for (const Ledger::Permitted& permitted : executing) {
    if (permitted.journal == journal) ids.push_back(permitted.child_order);
  }
  co_return co_await doubt(std::move(ids), "worker_lost", kWorkerLost);
}

asio::awaitable<Result<void>> Settlement::sweep(std::set<JournalId> known) {
  CO_TRY(const auto executing, co_await needs_.ledger.executing());
  const Timestamp now = needs_.clock.now();
  std::vector<ChildOrderId> orphans;
  std::vector<ChildOrderId> overdue;
  for (const Ledger::Permitted& permitted : executing) {
    if (!known.contains(permitted.journal)) {
      orphans.push_back(permitted.child_order);
    } else if (permitted.run_deadline + kOverdueGrace < now) {
      overdue.push_back(permitted.child_order);
    }
  }
  CO_TRY_VOID(co_await doubt(std::move(orphans), "worker_lost", kWorkerLost));
  co_return co_await doubt(std::move(overdue), "run_overdue", kOverdue);
}

asio::awaitable<Result<void>> Settlement::doubt(std::vector<ChildOrderId> ids, std::string reason, std::string detail) {
  if (ids.empty()) co_return Result<void>{};
  CO_TRY(const auto changes,
         co_await needs_.ledger.doubt(std::move(ids), reason, std::move(detail), needs_.clock.now()));
  for (const ChildOrderChange& change : changes) {
    const ChildOrder& child = change.child_order;
    needs_.log.error("a child order is in doubt: a person must look", {{"order", child.order_id},
                                                                       {"child_order", child.id},
                                                                       {"group", child.account.group},
                                                                       {"account", child.account.account},
                                                                       {"reason", reason}});
  }
  needs_.events.publish(changes);
  co_return Result<void>{};
}

}  // namespace tradeauto
