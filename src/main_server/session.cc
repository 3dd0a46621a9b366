#include "main_server/session.h"

#include <utility>

namespace tradeauto {

Session::Session(WorkerHello hello, std::shared_ptr<WorkerLink> link, std::chrono::nanoseconds lease, Needs needs)
    : hello_(std::move(hello)),
      lease_(lease),
      needs_(std::move(needs)),
      connected_at_(needs_.clock.now()),
      last_heard_(needs_.clock.boot_now().time_since_epoch().count()),
      link_(std::move(link)) {}

void Session::end() {
  ended_ = true;
  offers.clear();
  handed_over.clear();
  link_.reset();
}

std::chrono::nanoseconds Session::heartbeat() {
  if (ended_) return std::chrono::nanoseconds::zero();
  last_heard_.store(needs_.clock.boot_now().time_since_epoch().count());
  return lease_;
}

asio::awaitable<Result<Permit>> Session::permit(TaskId task, Epoch epoch) {
  return needs_.owner.session_permit(shared_from_this(), std::move(task), epoch);
}

asio::awaitable<Result<void>> Session::report(JournaledReport report) {
  const auto self = shared_from_this();
  const std::uint64_t sequence = report.sequence;
  const ChildOrderId child = report.report.child_order;
  const TaskId task = report.task;
  auto change = co_await needs_.ledger.report(std::move(report.report), name(), needs_.clock.now());
  if (!change.ok()) {
    needs_.log.error("a report was not taken", {{"worker", name()},
                                                {"child_order", child},
                                                {"task", task},
                                                {"reason", change.error().reason},
                                                {"message", change.error().message}});
    if (change.error().code == ErrorCode::internal) needs_.owner.session_failed(self, "report_not_taken");
    co_return std::move(change).error();
  }
  if (*change) {
    const ChildOrder& now = (*change)->child_order;
    if (needs_.log.enabled(LogLevel::debug)) {
      needs_.log.debug("report taken", {{"order", now.order_id},
                                        {"child_order", child},
                                        {"task", task},
                                        {"group", now.account.group},
                                        {"account", now.account.account},
                                        {"worker", name()},
                                        {"status", to_string(now.status)}});
    }
    if ((*change)->alarm) {
      needs_.log.error("a report contradicts what was settled: look at the order", {{"worker", name()},
                                                                                    {"order", now.order_id},
                                                                                    {"child_order", child},
                                                                                    {"group", now.account.group},
                                                                                    {"account", now.account.account},
                                                                                    {"status", to_string(now.status)}});
    }
    needs_.events.publish(now.order_id);
  }
  // Who waits for the order need not wait for this too: the report is on disk.
  co_return co_await needs_.ledger.confirm_sequence(journal(), sequence);
}

asio::awaitable<void> Session::activated(AccountRef account, Epoch epoch, Result<void> result) {
  return needs_.owner.session_activated(std::move(account), epoch, std::move(result));
}

asio::awaitable<Result<Order>> Session::order(OrderId id) { return needs_.ledger.order(std::move(id)); }

asio::awaitable<void> Session::refused(TaskId task, Error error) {
  return needs_.owner.session_refused(shared_from_this(), std::move(task), std::move(error));
}

void Session::closed(std::string reason) { needs_.owner.session_closed(shared_from_this(), std::move(reason)); }

Timestamp Session::last_seen_at() const {
  const auto ago = needs_.clock.boot_now() - BootTime(BootTime::duration(last_heard_.load()));
  return needs_.clock.now() - std::chrono::duration_cast<std::chrono::microseconds>(ago);
}

BootTime Session::lease_end() const { return BootTime(BootTime::duration(last_heard_.load())) + lease_; }

}  // namespace tradeauto
