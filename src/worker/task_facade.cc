#include "worker/task_facade.h"

#include <utility>

#include <boost/asio/post.hpp>

#include "net/run_on.h"

namespace tradeauto {

TaskFacade::TaskFacade(Needs needs)
    : needs_(std::move(needs)),
      transaction_({.accounts = needs_.accounts,
                    .executors = needs_.executors,
                    .sink = needs_.sink,
                    .journal = needs_.journal,
                    .session = needs_.session,
                    .clock = needs_.clock,
                    .log = needs_.log,
                    .probe = needs_.probe}),
      holdings_({.accounts = needs_.accounts, .executors = needs_.executors, .clock = needs_.clock}),
      tasks_(needs_.strand) {}

asio::awaitable<void> TaskFacade::assigned(GroupName group, Epoch epoch) {
  return run_on(needs_.strand, do_assigned(std::move(group), epoch));
}

asio::awaitable<void> TaskFacade::do_assigned(GroupName group, Epoch epoch) {
  // Opened before the journal answers: the activations that follow on the wire must find it.
  needs_.accounts.open_group(group, epoch);
  const auto adopted = co_await needs_.journal.adopt_epoch(group, epoch);
  if (adopted.ok()) {
    needs_.log.info("group assigned", {{"group", group}, {"epoch", epoch.counter}});
    co_return;
  }
  needs_.log.error("assignment refused", {{"group", group}, {"reason", adopted.error().reason}});
  if (needs_.accounts.holds(group, epoch)) needs_.accounts.close_group(group);
}

asio::awaitable<void> TaskFacade::released(GroupName group) {
  return run_on(needs_.strand, [](TaskFacade& self, GroupName name) -> asio::awaitable<void> {
    self.needs_.accounts.close_group(name);
    self.needs_.log.info("group released", {{"group", name}});
    co_return;
  }(*this, std::move(group)));
}

asio::awaitable<Result<void>> TaskFacade::activate(AccountActivation activation) {
  return run_on(needs_.strand, do_activate(std::move(activation)));
}

asio::awaitable<Result<void>> TaskFacade::do_activate(AccountActivation activation) {
  std::optional<Error> problem;
  if (Executor* executor = needs_.executors.find(activation.brokerage); executor != nullptr) {
    // Entered at once: a task that is offered right behind must find the account.
    if (!needs_.accounts.put(activation, std::nullopt)) {
      co_return make_error(ErrorCode::conflict, "stale_epoch", "the group is not assigned to this worker");
    }
    auto checked = co_await executor->check(activation);
    if (checked.ok()) co_return Result<void>{};
    problem = std::move(checked).error();
  } else {
    problem = make_error(ErrorCode::unavailable, "executor_unavailable",
                         "this worker has no executor for the brokerage of this account");
  }
  Error answer = *problem;
  if (!needs_.accounts.put(std::move(activation), std::move(problem))) {
    co_return make_error(ErrorCode::conflict, "stale_epoch", "the group is not assigned to this worker");
  }
  co_return answer;
}

asio::awaitable<void> TaskFacade::deactivate(AccountRef account, Epoch epoch) {
  return run_on(needs_.strand, do_deactivate(std::move(account), epoch));
}

asio::awaitable<void> TaskFacade::do_deactivate(AccountRef account, Epoch epoch) {
  needs_.accounts.remove(account, epoch);
  co_return;
}

void TaskFacade::offered(TransactionTask task) { tasks_.spawn(transaction_.run(std::move(task))); }

void TaskFacade::withdrawn(TaskId task) {
  asio::post(needs_.strand, [this, task = std::move(task)] { transaction_.withdraw(task); });
}

void TaskFacade::confirmed(std::uint64_t sequence) {
  asio::post(needs_.strand, [this, sequence] { needs_.journal.confirmed(sequence); });
}

asio::awaitable<Result<HoldingsReport>> TaskFacade::holdings(AccountRef account, Deadline deadline,
                                                             std::chrono::nanoseconds run_for) {
  return run_on(needs_.strand, holdings_.run(std::move(account), deadline, run_for));
}

void TaskFacade::session_closed(std::string reason) {
  asio::post(needs_.strand, [this, reason = std::move(reason)] {
    if (reason == "goodbye" || reason == "shutting_down") {
      needs_.log.info("session over", {{"reason", reason}});
    } else {
      needs_.log.warn("session over", {{"reason", reason}});
    }
    needs_.session.close();
    needs_.sink.disconnect();
    needs_.accounts.close_all();  // credentials are kept no longer than the session; main replays them
    needs_.session_over.notify();
  });
}

asio::awaitable<void> TaskFacade::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

}  // namespace tradeauto
