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

RunEnd end_of(const Result<void>& placed) {
  if (placed.ok()) return RunEnd::answered;
  return placed.error().effect == Effect::none ? RunEnd::denied : RunEnd::in_doubt;
}

constexpr const char* kLapsed = "the start permit lapsed before the start; nothing was sent";

BootTime add(BootTime time, std::chrono::nanoseconds duration) {
  return duration > BootTime::max() - time ? BootTime::max() : time + duration;
}

}  // namespace

asio::awaitable<void> Transaction::run(TransactionTask task) {
  const TaskId id = task.id;
  const AccountRef account = task.account;
  const bool first = !offers_.contains(id);
  Offer offer{.task = std::move(task), .generation = needs_.session.generation(), .start_by = {}};
  offer.start_by = add(needs_.clock.boot_now(), offer.task.start_within);
  offers_.insert_or_assign(id, std::move(offer));
  // Offered again, perhaps by the next session: whoever waits with the task takes the newest offer when its turn comes.
  if (!first) co_return;
  struct Forget {
    Transaction& self;
    const TaskId& id;
    ~Forget() { self.offers_.erase(id); }
  } const forget{*this, id};
  const auto account_lock = needs_.accounts.lock_of(account);
  const Semaphore::Slot alone = co_await account_lock->acquire();
  while (!std::exchange(offers_.at(id).taken, true)) {
    co_await needs_.session.settled(needs_.clock);
    Offer newest = offers_.at(id);
    co_await run_alone(std::move(newest));
  }
}

asio::awaitable<void> Transaction::run_alone(Offer offer) {
  if (!still_wanted(offer)) co_return drop(offer);
  if (auto error = refusal(offer.task)) {
    needs_.session.link()->refuse(offer.task.id, std::move(*error));
    co_return;
  }
  Executor& executor = *needs_.executors.find(offer.task.brokerage);
  const Semaphore::Slot place_in_lane = co_await needs_.executors.enter_lane(executor, offer.task.brokerage);
  if (!still_wanted(offer)) co_return drop(offer);
  const BootTime asked_at = needs_.clock.boot_now();
  auto permit = co_await ask_permit(offer);
  if (permit) co_await start(std::move(offer), std::move(*permit), asked_at);
}

// Nothing without a permit for at least one child order.
asio::awaitable<std::optional<Permit>> Transaction::ask_permit(Offer offer) {
  const TaskId& task = offer.task.id;
  const auto link = needs_.session.link();
  auto permit = co_await link->ask_permit(task, offer.task.epoch, Deadline::at(needs_.session.lease_end()));
  if (!permit.ok()) {
    needs_.log.info("no permit", {{"task", task}, {"order", offer.task.order_id}, {"reason", permit.error().reason}});
    // Whether main gave one or not: the journal says that nothing started, and the next hello tells. So there must be
    // one.
    if (needs_.session.link() == link) link->close("permit_unanswered");
    co_return std::nullopt;
  }
  if (permit->child_orders.empty()) {
    needs_.log.info("permit refused", {{"task", task}, {"order", offer.task.order_id}, {"reason", permit->refusal}});
    co_return std::nullopt;
  }
  co_return std::move(*permit);
}

void Transaction::withdraw(const TaskId& task) {
  const auto it = offers_.find(task);
  if (it != offers_.end()) it->second.withdrawn = true;
}

bool Transaction::still_wanted(const Offer& offer) const {
  const auto newest = offers_.find(offer.task.id);
  return newest != offers_.end() && !newest->second.withdrawn &&
         needs_.session.may_ask(offer.generation, needs_.clock) && needs_.clock.boot_now() < offer.start_by;
}

void Transaction::drop(const Offer& offer) const {
  if (offer.generation == needs_.session.generation() && needs_.session.link()) {
    needs_.session.link()->dropped(offer.task.id);
  }
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

// The second wall: main permits what this journal has started before, so main has forgotten something (an offer alone
// may only be late). It never runs again; what is recorded of it is said once more.
asio::awaitable<void> Transaction::answer_from_record(TransactionTask task) {
  std::vector<ChildOrderId> unknown;
  for (const TaskChildOrder& child : task.child_orders) {
    if (!needs_.journal.was_started(child.id)) continue;
    needs_.log.error("main permits what was started here before; it is not run again",
                     {{"task", task.id}, {"order", task.order_id}, {"child_order", child.id}});
    bool known = false;
    for (JournaledReport& recorded : needs_.journal.unconfirmed()) {
      if (recorded.report.child_order != child.id || !recorded.report.complete) continue;
      known = true;
      if (const auto& link = needs_.session.link()) link->report(std::move(recorded));
    }
    if (!known) unknown.push_back(child.id);
  }
  co_await report_all(std::move(unknown), ChildOrderStatus::in_doubt, "already_started",
                      "this worker's journal says that it was started before");
}

asio::awaitable<void> Transaction::start(Offer offer, Permit permit, BootTime asked_at) {
  TransactionTask task = std::move(offer.task);
  std::erase_if(task.child_orders, [&](const TaskChildOrder& child) {
    return std::ranges::find(permit.child_orders, child.id) == permit.child_orders.end();
  });
  co_await answer_from_record(task);
  std::erase_if(task.child_orders, [&](const TaskChildOrder& child) { return needs_.journal.was_started(child.id); });
  if (task.child_orders.empty()) co_return;
  const Deadline valid = Deadline::at(add(asked_at, permit.valid_for));
  const auto may_start = [&] {
    return needs_.session.may_start(offer.generation, needs_.clock) && !valid.over(needs_.clock) &&
           permit.epoch == task.epoch;
  };
  // From here on this process answers for the task: a hello that finds it in the journal says that it runs.
  const ReportSink::Running running = needs_.sink.begin(task);
  const AccountTable::Account* account = needs_.accounts.find(task.account, task.epoch);
  if (!may_start() || account == nullptr) {
    // Not in the journal: provably unstarted. Under another session the hello has told or will tell.
    if (needs_.session.generation() != offer.generation) co_return;
    const bool lapsed = !may_start();
    co_await report_all(ids_of(task), ChildOrderStatus::denied, lapsed ? "permit_lapsed" : "account_not_active",
                        lapsed ? kLapsed : "the account was deactivated before the start; nothing was sent");
    co_return;
  }
  Credentials credentials = account->activation.credentials;
  Executor& executor = *needs_.executors.find(task.brokerage);

  const BootTime given_at = needs_.clock.boot_now();
  auto written = co_await needs_.journal.start(task, needs_.clock.now());
  if (!written.ok()) {
    co_await report_unrecorded(std::move(task), std::move(written).error());
    co_return;
  }
  if (needs_.probe != nullptr) needs_.probe->start_recorded(needs_.clock.boot_now() - given_at);
  if (!may_start()) {
    co_await report_all(ids_of(task), ChildOrderStatus::denied, "permit_lapsed", kLapsed);
    co_return;
  }
  co_await execute(std::move(task), std::move(credentials), executor, Deadline::after(needs_.clock, permit.run_for));
}

// The journal took no start, so nothing was started now. What it started before may be at the broker.
asio::awaitable<void> Transaction::report_unrecorded(TransactionTask task, Error error) {
  needs_.log.error("the start could not be recorded; nothing was started",
                   {{"task", task.id}, {"order", task.order_id}, {"reason", error.reason}, {"message", error.message}});
  std::vector<ChildOrderId> before;
  std::vector<ChildOrderId> unstarted;
  for (const TaskChildOrder& child : task.child_orders) {
    (needs_.journal.was_started(child.id) ? before : unstarted).push_back(child.id);
  }
  co_await report_all(std::move(before), ChildOrderStatus::in_doubt, "already_started", error.message);
  co_await report_all(std::move(unstarted), ChildOrderStatus::denied, "journal_refused", error.message);
}

asio::awaitable<void> Transaction::execute(TransactionTask task, Credentials credentials, Executor& executor,
                                           Deadline deadline) {
  for (const TaskChildOrder& child : task.child_orders) {
    needs_.log.info("started", {{"task", task.id},
                                {"order", task.order_id},
                                {"child_order", child.id},
                                {"group", task.account.group},
                                {"account", task.account.account}});
  }
  const BootTime started_at = needs_.clock.boot_now();
  const auto placed = co_await executor.place(task, std::move(credentials), needs_.sink, deadline);
  if (needs_.probe != nullptr) {
    needs_.probe->run_ended(needs_.executors.name_of(task.brokerage), end_of(placed),
                            needs_.clock.boot_now() - started_at);
  }
  std::vector<ChildOrderId> silent = needs_.sink.silent(task.id);
  if (silent.empty()) co_return;
  if (!placed.ok() && placed.error().effect == Effect::none) {
    co_await report_all(std::move(silent), ChildOrderStatus::denied, placed.error().reason, placed.error().message);
  } else if (!placed.ok()) {
    co_await report_all(std::move(silent), ChildOrderStatus::in_doubt, placed.error().reason, placed.error().message);
  } else {
    co_await report_all(std::move(silent), ChildOrderStatus::in_doubt, "no_report", "the executor said nothing of it");
  }
}

asio::awaitable<void> Transaction::report_all(std::vector<ChildOrderId> ids, ChildOrderStatus status,
                                              std::string reason, std::string detail) {
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
