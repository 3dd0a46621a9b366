#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "ports/journal.h"

namespace tradeauto {

// A journal that outlives the worker that a test kills: what was written stays, as on a disk.
class MemoryJournal final : public Journal {
 public:
  explicit MemoryJournal(std::string id) { position_.id = JournalId(std::move(id)); }

  JournalPosition position() const override { return position_; }

  asio::awaitable<Result<void>> start(TransactionTask task, Timestamp now) override {
    for (const TaskChildOrder& child : task.child_orders) {
      if (started_.contains(child.id)) co_return make_error(ErrorCode::conflict, "already_started", "started before");
    }
    StartedTask started{.task = task, .started_at = now, .open = {}};
    for (const TaskChildOrder& child : task.child_orders) {
      started_.insert(child.id);
      started.open.push_back(child.id);
    }
    ++position_.last_sequence;
    unfinished_.push_back(std::move(started));
    co_return Result<void>{};
  }
  asio::awaitable<Result<std::uint64_t>> report(TaskId task, ChildOrderReport report) override {
    if (report.complete) {
      for (StartedTask& started : unfinished_) std::erase(started.open, report.child_order);
      std::erase_if(unfinished_, [](const StartedTask& started) { return started.open.empty(); });
    }
    const std::uint64_t sequence = ++position_.last_sequence;
    unconfirmed_.push_back({.sequence = sequence, .task = std::move(task), .report = std::move(report)});
    co_return sequence;
  }
  asio::awaitable<Result<void>> confirmed(std::uint64_t sequence) override {
    std::erase_if(unconfirmed_, [&](const JournaledReport& r) { return r.sequence == sequence; });
    co_return Result<void>{};
  }
  asio::awaitable<Result<void>> close_session() override {
    ++position_.last_sequence;
    co_return Result<void>{};
  }
  asio::awaitable<Result<void>> adopt_epoch(GroupName group, Epoch epoch) override {
    Epoch& highest = epochs_[group];
    if (epoch <= highest) co_return make_error(ErrorCode::conflict, "stale_epoch", "an older assignment");
    highest = epoch;
    co_return Result<void>{};
  }
  std::vector<JournaledReport> unconfirmed() const override { return unconfirmed_; }
  std::vector<StartedTask> unfinished() const override { return unfinished_; }
  bool was_started(const ChildOrderId& id) const override { return started_.contains(id); }

  // The disk ended in a torn record.
  void tear() { position_.tail_cut = true; }

 private:
  JournalPosition position_;
  std::set<ChildOrderId> started_;
  std::vector<StartedTask> unfinished_;
  std::vector<JournaledReport> unconfirmed_;
  std::map<GroupName, Epoch> epochs_;
};

}  // namespace tradeauto
