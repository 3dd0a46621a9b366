#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ports/journal.h"

namespace tradeauto {

// A journal that outlives the worker that a test kills. With `sync`, what was not yet on disk when it crashed may be
// lost.
class MemoryJournal final : public Journal {
 public:
  explicit MemoryJournal(std::string id) : id_(std::move(id)) { state_.position.id = JournalId(id_); }

  JournalPosition position() const override {
    JournalPosition position = state_.position;
    position.last_sequence = durable_;
    return position;
  }
  asio::awaitable<Result<void>> start(TransactionTask task, Timestamp now) override {
    if (refuse_starts) co_return broken();
    for (const TaskChildOrder& child : task.child_orders) {
      if (!state_.started.contains(child.id)) continue;
      co_return make_error(ErrorCode::conflict, "already_started", "started before");
    }
    if (task.epoch < state_.epochs[task.account.group]) {
      co_return make_error(ErrorCode::conflict, "stale_epoch", "an older assignment");
    }
    CO_TRY([[maybe_unused]] const auto sequence, co_await append([task, now](State& s, std::uint64_t) {
             StartedTask started{.task = task, .started_at = now, .open = {}};
             for (const TaskChildOrder& child : task.child_orders) {
               s.started.insert(child.id);
               started.open.push_back(child.id);
             }
             s.unfinished.push_back(std::move(started));
           }));
    co_return Result<void>{};
  }
  asio::awaitable<Result<std::uint64_t>> report(TaskId task, ChildOrderReport report) override {
    return append([task = std::move(task), report = std::move(report)](State& s, std::uint64_t sequence) {
      if (report.complete) {
        for (StartedTask& started : s.unfinished) std::erase(started.open, report.child_order);
        std::erase_if(s.unfinished, [](const StartedTask& started) { return started.open.empty(); });
      }
      s.unconfirmed.push_back({.sequence = sequence, .task = task, .report = report});
    });
  }
  void confirmed(std::uint64_t confirmed) override {
    append_later([confirmed](State& s, std::uint64_t) {
      std::erase_if(s.unconfirmed, [&](const JournaledReport& r) { return r.sequence == confirmed; });
    });
  }
  asio::awaitable<Result<void>> close_session() override {
    CO_TRY([[maybe_unused]] const auto sequence, co_await append([](State&, std::uint64_t) {}));
    co_return Result<void>{};
  }
  asio::awaitable<Result<void>> adopt_epoch(GroupName group, Epoch epoch) override {
    if (epoch <= state_.epochs[group]) co_return make_error(ErrorCode::conflict, "stale_epoch", "an older assignment");
    CO_TRY([[maybe_unused]] const auto sequence,
           co_await append([group, epoch](State& s, std::uint64_t) { s.epochs[group] = epoch; }));
    co_return Result<void>{};
  }
  void record(RecordedTask task) override {
    append_later([task = std::move(task)](State& s, std::uint64_t) { s.recorded.insert_or_assign(task.id, task); });
  }
  asio::awaitable<Result<void>> record_answer(RecordedTask task) override {
    CO_TRY([[maybe_unused]] const auto sequence, co_await append([task = std::move(task)](State& s, std::uint64_t) {
             s.recorded.insert_or_assign(task.id, task);
           }));
    co_return Result<void>{};
  }
  std::vector<JournaledReport> unconfirmed() const override { return state_.unconfirmed; }
  std::vector<StartedTask> unfinished() const override { return state_.unfinished; }
  bool was_started(const ChildOrderId& id) const override { return state_.started.contains(id); }
  std::optional<RecordedTask> recorded(const TaskId& id) const override {
    const auto it = state_.recorded.find(id);
    return it == state_.recorded.end() ? std::nullopt : std::optional(it->second);
  }

  // The disk ended in a torn record, and the journal kept its name all the same.
  void tear() { state_.position.tail_cut = true; }
  // The process ends here: no write is taken any more.
  void freeze() { frozen_ = true; }
  // The next process opens what is on disk: all that was synced and `extra` records more. A torn record costs the
  // journal its name.
  void reopen(std::uint64_t extra, bool torn) {
    frozen_ = false;
    records_.resize(std::min<std::size_t>(records_.size(), durable_ + extra));
    durable_ = records_.size();
    if (torn) id_ += "'";
    state_ = State();
    state_.position = {.id = JournalId(id_), .last_sequence = 0, .tail_cut = torn};
    for (std::size_t i = 0; i < records_.size(); ++i) records_[i](state_, i + 1);
  }
  std::uint64_t unsynced() const { return records_.size() - durable_; }

  std::function<asio::awaitable<void>()> sync;  // how long the disk takes
  bool broken_disk = false;                     // every write fails
  bool refuse_starts = false;

 private:
  struct State {
    JournalPosition position;
    std::set<ChildOrderId> started;
    std::vector<StartedTask> unfinished;
    std::vector<JournaledReport> unconfirmed;
    std::map<GroupName, Epoch> epochs;
    std::map<TaskId, RecordedTask> recorded;
  };
  using Record = std::function<void(State&, std::uint64_t)>;

  static Error broken() { return make_error(ErrorCode::internal, "journal_write_failed", "the disk failed"); }

  void append_later(Record record) {
    if (frozen_ || broken_disk) return;
    record(state_, records_.size() + 1);
    records_.push_back(std::move(record));
    if (!sync) durable_ = records_.size();
  }
  // The state changes at once, as in the journal on disk; the answer comes when the record is there.
  asio::awaitable<Result<std::uint64_t>> append(Record record) {
    if (frozen_ || broken_disk) co_return broken();
    record(state_, records_.size() + 1);
    records_.push_back(std::move(record));
    const std::uint64_t sequence = records_.size();
    if (sync) co_await sync();
    if (frozen_) co_return broken();
    durable_ = std::max(durable_, sequence);
    co_return sequence;
  }

  std::string id_;
  State state_;
  std::vector<Record> records_;
  std::uint64_t durable_ = 0;
  bool frozen_ = false;
};

}  // namespace tradeauto
