#include "worker/transaction.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace tradeauto {
namespace {

std::vector<ChildOrderId> ids_of(const TransactionTask& task) {
  std::vector<ChildOrderId> ids;
  for (const TaskChildOrder& child : task.child_orders) ids.push_back(child.id);
  return ids;
}

BootTime add(BootTime time, std::chrono::nanoseconds duration) {
  return duration > BootTime::max() - time ? BootTime::max() : time + duration;
}

}  // namespace

asio::awaitable<void> Transaction::run(TransactionTask task) {
  if (!known_.insert(task.id).second) co_return;  // offered twice: one run
  const TaskId id = task.id;
  struct Forget {
    Transaction& self;
    const TaskId& id;
    ~Forget() {
      self.known_.erase(id);
      self.withdrawn_.erase(id);
    }
  } const forget{*this, id};
  const std::uint64_t generation = needs_.session.generation();
  const BootTime start_by = add(needs_.clock.boot_now(), task.start_within);
  co_await needs_.session.settled(needs_.clock);
  const auto account_lock = needs_.accounts.lock_of(task.account);
  const Semaphore::Slot alone = co_await account_lock->acquire();
  co_await run_alone(std::move(task), generation, start_by);
}

asio::awaitable<void> Transaction::run_alone(TransactionTask task, std::uint64_t generation, BootTime start_by) {
  if (!still_wanted(task.id, generation, start_by)) co_return;
  if (auto error = refusal(task)) {
    needs_.session.link()->refuse(task.id, std::move(*error));
    co_return;
  }
  if (co_await report_if_started_before(task)) co_return;
  Executor& executor = *needs_.executors.find(task.brokerage);
  const Semaphore::Slot place_in_lane = co_await needs_.executors.enter_lane(executor, task.brokerage);
  if (!still_wanted(task.id, generation, start_by)) co_return;

  const BootTime asked_at = needs_.clock.boot_now();
  const auto link = needs_.session.link();
  auto permit = co_await link->ask_permit(task.id, task.epoch, Deadline::at(needs_.session.lease_end()));
  if (!permit.ok()) {
    needs_.log.info("no permit", {{"task", task.id}, {"reason", permit.error().reason}});
    co_return;  // whether main gave one or not: the journal says that nothing started, and the next hello tells
  }
  if (permit->child_orders.empty()) {
    needs_.log.info("permit refused", {{"task", task.id}, {"reason", permit->refusal}});
    co_return;
  }
  co_await start(std::move(task), std::move(*permit), asked_at, generation);
}

void Transaction::withdraw(const TaskId& task) {
  if (known_.contains(task)) withdrawn_.insert(task);
}

bool Transaction::still_wanted(const TaskId& task, std::uint64_t generation, BootTime start_by) const {
  return !withdrawn_.contains(task) && needs_.session.may_ask(generation, needs_.clock) &&
         needs_.clock.boot_now() < start_by;
}

std::optional<Error> Transaction::refusal(const TransactionTask& task) const {
  const AccountTable::Account* account = needs_.accounts.find(task.account, task.epoch);
  if (account == nullptr) {
    return make_error(ErrorCode::conflict, "account_not_active", "the account is not active at this worker");
  }
  if (account->problem) return account->problem;
  if (needs_.executors.find(task.brokerage) == nullptr || account->activation.brokerage != task.brokerage) {
    return make_error(ErrorCode::unavailable, "executor_unavailable",
                      fmt::format("this worker has no executor for {}", to_string(task.brokerage)));
  }
  if (info(task.brokerage).whole_shares && !task.quantity.decimal().is_whole()) {
    return make_error(ErrorCode::unprocessable, "fraction_not_supported",
                      fmt::format("{} takes whole shares only", to_string(task.brokerage)));
  }
  return std::nullopt;
}

// The second wall: main offers what this journal has started before, so main has forgotten something. It never runs again.
asio::awaitable<bool> Transaction::report_if_started_before(const TransactionTask& task) {
  std::vector<ChildOrderId> before;
  for (const TaskChildOrder& child : task.child_orders) {
    if (needs_.journal.was_started(child.id)) before.push_back(child.id);
  }
  if (before.empty()) co_return false;
  needs_.log.error("main offers what was started here before; it is not run again", {{"task", task.id}});
  co_await report_all(std::move(before), ChildOrderStatus::in_doubt, "already_started",
                      "this worker's journal says that it was started before");
  co_return true;
}

asio::awaitable<void> Transaction::start(TransactionTask task, Permit permit, BootTime asked_at,
                                         std::uint64_t generation) {
  std::erase_if(task.child_orders, [&](const TaskChildOrder& child) {
    return std::ranges::find(permit.child_orders, child.id) == permit.child_orders.end();
  });
  const Deadline valid = Deadline::at(add(asked_at, permit.valid_for));
  const auto may_start = [&] {
    return needs_.session.may_start(generation, needs_.clock) && !valid.over(needs_.clock) && permit.epoch == task.epoch;
  };
  const AccountTable::Account* account = needs_.accounts.find(task.account, task.epoch);
  if (!may_start() || account == nullptr) {
    // Not in the journal: provably unstarted. Under another session the hello has told or will tell.
    if (needs_.session.generation() != generation) co_return;
    co_await report_all(ids_of(task), ChildOrderStatus::denied, "permit_lapsed",
                        "the start permit lapsed before the start; nothing was sent");
    co_return;
  }
  Credentials credentials = account->activation.credentials;
  Executor& executor = *needs_.executors.find(task.brokerage);

  const auto written = co_await needs_.journal.start(task, needs_.clock.now());
  if (!written.ok()) {
    needs_.log.error("the start could not be recorded; nothing was started",
                     {{"task", task.id}, {"reason", written.error().reason}, {"message", written.error().message}});
    co_await report_all(ids_of(task), ChildOrderStatus::denied, "journal_refused", written.error().message);
    co_return;
  }
  if (!may_start()) {
    co_await report_all(ids_of(task), ChildOrderStatus::denied, "permit_lapsed",
                        "the start permit lapsed before the start; nothing was sent");
    co_return;
  }
  co_await execute(std::move(task), std::move(credentials), executor, Deadline::after(needs_.clock, permit.run_for));
}

asio::awaitable<void> Transaction::execute(TransactionTask task, Credentials credentials, Executor& executor,
                                           Deadline deadline) {
  needs_.sink.begin(task);
  needs_.log.info("started", {{"task", task.id}, {"order", task.order_id}, {"account", task.account.account}});
  const auto placed = co_await executor.place(task, std::move(credentials), needs_.sink, deadline);
  std::vector<ChildOrderId> silent = needs_.sink.end(task.id);
  if (silent.empty()) co_return;
  if (!placed.ok() && placed.error().effect == Effect::none) {
    co_await report_all(std::move(silent), ChildOrderStatus::denied, placed.error().reason, placed.error().message);
  } else if (!placed.ok()) {
    co_await report_all(std::move(silent), ChildOrderStatus::in_doubt, placed.error().reason, placed.error().message);
  } else {
    co_await report_all(std::move(silent), ChildOrderStatus::in_doubt, "no_report", "the executor said nothing of it");
  }
}

asio::awaitable<void> Transaction::report_all(std::vector<ChildOrderId> ids, ChildOrderStatus status, std::string reason,
                                              std::string detail) {
  for (ChildOrderId& id : ids) {
    ChildOrderReport report;
    report.child_order = std::move(id);
    report.complete = true;
    report.status = status;
    report.reason = reason;
    report.detail = detail;
    co_await needs_.sink.report(std::move(report));
  }
}

}  // namespace tradeauto
