#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "net/signal.h"
#include "ports/main_link.h"
#include "ports/worker_link.h"
#include "testing/end_test.h"

// Policies at both ends of a session that only note what they hear.
namespace tradeauto {

inline const AccountRef kAccount{parse_group_name("family").value(), parse_account_name("anna").value()};

inline std::string name_of(const AccountRef& account) { return account.group.str() + "/" + account.account.str(); }

// Lines of what happened, in order. One strand (the test's thread) writes and reads.
class Story {
 public:
  explicit Story(const Clock& clock) : clock_(clock) {}
  void add(std::string line) {
    lines_.push_back(std::move(line));
    changed_.notify();
  }
  // False if `count` lines did not come.
  asio::awaitable<bool> wait(std::size_t count) {
    const Deadline deadline = Deadline::after(clock_, kPatience);
    while (lines_.size() < count) {
      const std::uint64_t seen = changed_.version();
      if (lines_.size() >= count) break;
      if (!co_await changed_.wait(seen, clock_, deadline)) co_return false;
    }
    co_return true;
  }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  const Clock& clock_;
  std::vector<std::string> lines_;
  Signal changed_;
};

class NotingSession final : public WorkerSession {
 public:
  explicit NotingSession(Story& story) : story_(story) {}
  std::chrono::nanoseconds heartbeat() override { return std::chrono::seconds(15); }
  asio::awaitable<Result<Permit>> permit(TaskId task, Epoch epoch) override {
    story_.add("permit? " + task.str());
    if (!ledger_works) co_return make_error(ErrorCode::unavailable, "store_failed", "disk");
    co_return Permit{.task = task,
                     .epoch = epoch,
                     .child_orders = {ChildOrderId("co_1")},
                     .valid_for = std::chrono::seconds(5),
                     .run_for = std::chrono::seconds(60),
                     .refusal = {},
                     .retry_later = false};
  }
  asio::awaitable<Result<void>> report(JournaledReport report) override {
    story_.add(fmt::format("report {} of '{}'", report.sequence, report.task));
    if (!ledger_works) co_return make_error(ErrorCode::unavailable, "store_failed", "disk");
    co_return Result<void>();
  }
  asio::awaitable<void> activated(AccountRef account, Epoch /*epoch*/, Result<void> result) override {
    story_.add("activated " + name_of(account) + (result.ok() ? "" : ": " + result.error().reason));
    co_return;
  }
  asio::awaitable<Result<Order>> order(OrderId /*id*/) override {
    co_return make_error(ErrorCode::not_found, "unknown_order", "none here");
  }
  asio::awaitable<void> refused(TaskId task, Error error) override {
    story_.add("refused " + task.str() + ": " + error.reason);
    co_return;
  }
  void closed(std::string reason) override { story_.add("closed: " + reason); }

  bool ledger_works = true;

 private:
  Story& story_;
};

class NotingSessions final : public WorkerSessions {
 public:
  explicit NotingSessions(Story& story) : story_(story) {}
  asio::awaitable<Result<Opened>> open(WorkerHello hello, std::shared_ptr<WorkerLink> new_link) override {
    story_.add("hello of " + hello.name.str());
    if (refusal) co_return *refusal;
    link = new_link;
    link->assign(kAccount.group, Epoch{1, 1});  // overtakes the welcome here, but not on the wire
    session = std::make_shared<NotingSession>(story_);
    co_return Opened{
        .session = session, .ledger = LedgerId("ledger-1"), .incarnation = 1, .lease = std::chrono::seconds(15)};
  }

  std::optional<Error> refusal;
  std::shared_ptr<NotingSession> session;
  std::shared_ptr<WorkerLink> link;

 private:
  Story& story_;
};

class NotingSink final : public TaskSink {
 public:
  explicit NotingSink(Story& story) : story_(story) {}
  asio::awaitable<void> assigned(GroupName group, Epoch /*epoch*/) override {
    story_.add("assigned " + group.str());
    co_return;
  }
  asio::awaitable<void> released(GroupName group) override {
    story_.add("released " + group.str());
    co_return;
  }
  asio::awaitable<Result<void>> activate(AccountActivation activation) override {
    story_.add("activate " + name_of(activation.account));
    co_return make_error(ErrorCode::unprocessable, "no_executor", "nothing runs it");
  }
  asio::awaitable<void> deactivate(AccountRef account, Epoch /*epoch*/) override {
    story_.add("deactivate " + name_of(account));
    co_return;
  }
  void offered(TransactionTask task) override { story_.add("offered " + task.id.str()); }
  void withdrawn(TaskId task) override { story_.add("withdrawn " + task.str()); }
  void confirmed(std::uint64_t sequence) override { story_.add(fmt::format("confirmed {}", sequence)); }
  asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Deadline /*deadline*/,
                                                   std::chrono::nanoseconds run_for) override {
    HoldingsReport report;
    report.message = fmt::format("within {} s", run_for / std::chrono::seconds(1));
    report.account = std::move(account);
    report.complete = true;
    co_return report;
  }
  void session_closed(std::string reason) override { story_.add("session closed: " + reason); }

 private:
  Story& story_;
};

}  // namespace tradeauto
