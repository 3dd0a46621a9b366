#include <atomic>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "base/uuid.h"
#include "store/group_commit.h"
#include "store/journal/journal_file.h"
#include "store/journal/journal_state.h"
#include "store/journal/open_journal.h"

namespace tradeauto {
namespace {

// design.md, promise 3.
constexpr std::chrono::hours kRemembered{24 * 90};

// The journal's file as the target of a group commit. Its thread's, but for durable().
class JournalTarget final : public CommitTarget {
 public:
  explicit JournalTarget(journal::JournalFile file) : file_(std::move(file)), durable_(file_.last_sequence()) {}

  std::uint64_t append(const journal::Record& record, bool sync) {
    sync_ = sync_ || sync;
    return file_.append(journal::encode(record));
  }

  Result<void> begin() override {
    sync_ = false;
    return {};
  }
  // Nothing to take back: a part that fails has appended nothing.
  Result<void> part(const std::function<bool()>& work) override {
    work();
    return {};
  }
  Result<void> commit() override {
    TRY_VOID(file_.flush(sync_));
    if (sync_) durable_ = file_.last_sequence();
    return {};
  }

  // The last sequence that is known to be on disk. Any thread.
  std::uint64_t durable() const { return durable_; }

 private:
  journal::JournalFile file_;
  std::atomic<std::uint64_t> durable_;
  bool sync_ = false;
};

// The state changes on the writer's thread before the fsync, and the caller is answered after it: what others see too
// early is only ever more careful (a start that may yet fail) or harmless (a report that is sent twice).
class FileJournal final : public Journal {
 public:
  FileJournal(journal::JournalFile file, journal::JournalState state, bool tail_cut)
      : tail_cut_(tail_cut),
        state_(std::move(state)),
        target_(std::move(file)),
        writer_("journal-writer", target_, nullptr) {}

  JournalPosition position() const override {
    const std::scoped_lock lock(mutex_);
    return {.id = state_.id(), .last_sequence = target_.durable(), .tail_cut = tail_cut_};
  }

  asio::awaitable<Result<void>> start(TransactionTask task, Timestamp now) override {
    task.start_within = {};
    task.run_for = {};
    CO_TRY([[maybe_unused]] const auto sequence,
           co_await append(journal::Start{.task = std::move(task), .at = now}, true));
    co_return Result<void>{};
  }
  asio::awaitable<Result<std::uint64_t>> report(TaskId task, ChildOrderReport report) override {
    return append(journal::Report{.task = std::move(task), .report = std::move(report)}, true);
  }
  void confirmed(std::uint64_t sequence) override { append_later(journal::Confirmed{.sequence = sequence}); }
  asio::awaitable<Result<void>> close_session() override {
    CO_TRY([[maybe_unused]] const auto sequence, co_await append(journal::SessionClosed{}, true));
    co_return Result<void>{};
  }
  asio::awaitable<Result<void>> adopt_epoch(GroupName group, Epoch epoch) override {
    CO_TRY([[maybe_unused]] const auto sequence,
           co_await append(journal::EpochAdopted{.group = std::move(group), .epoch = epoch}, true));
    co_return Result<void>{};
  }
  void record(RecordedTask task) override { append_later(std::move(task)); }
  asio::awaitable<Result<void>> record_answer(RecordedTask task) override {
    CO_TRY([[maybe_unused]] const auto sequence, co_await append(std::move(task), false));
    co_return Result<void>{};
  }

  std::vector<JournaledReport> unconfirmed() const override {
    const std::scoped_lock lock(mutex_);
    return state_.unconfirmed();
  }
  std::vector<StartedTask> unfinished() const override {
    const std::scoped_lock lock(mutex_);
    return state_.unfinished();
  }
  bool was_started(const ChildOrderId& id) const override {
    const std::scoped_lock lock(mutex_);
    return state_.was_started(id);
  }
  std::optional<RecordedTask> recorded(const TaskId& id) const override {
    const std::scoped_lock lock(mutex_);
    return state_.recorded(id);
  }

 private:
  // Error: conflict, as JournalState::check says; internal (journal_write_failed).
  asio::awaitable<Result<std::uint64_t>> append(journal::Record record, bool sync) {
    return writer_.write<std::uint64_t>([this, record = std::move(record), sync] { return write(record, sync); });
  }
  // Records whose effect does not depend on their place in the file.
  void append_later(journal::Record record) {
    {
      const std::scoped_lock lock(mutex_);
      state_.apply(0, record);
    }
    writer_.post([this, record = std::move(record)] { target_.append(record, false); });
  }
  Result<std::uint64_t> write(const journal::Record& record, bool sync) {
    const std::scoped_lock lock(mutex_);
    TRY_VOID(state_.check(record));
    const std::uint64_t sequence = target_.append(record, sync);
    state_.apply(sequence, record);
    return sequence;
  }

  const bool tail_cut_;
  mutable std::mutex mutex_;
  journal::JournalState state_;  // guarded by mutex_
  JournalTarget target_;
  GroupCommit writer_;
};

Result<void> take_new_identity(journal::JournalFile& file, journal::JournalState& state, const Clock& clock, Rng& rng) {
  const journal::Record identity = journal::NewIdentity{.id = JournalId(make_uuid_v7(clock, rng))};
  state.apply(file.append(journal::encode(identity)), identity);
  return file.flush(true);
}

}  // namespace

Result<std::unique_ptr<Journal>> open_journal(const std::filesystem::path& folder, const Clock& clock, Rng& rng,
                                              const Logger& log) {
  journal::JournalState state;
  const auto path = folder / "journal";
  const auto replay = [&state](std::uint64_t sequence, std::string_view payload) -> Result<void> {
    TRY(const journal::Record record, journal::decode(payload));
    state.apply(sequence, record);
    return {};
  };
  TRY(journal::JournalFile::Opened opened, journal::JournalFile::open(path, replay));
  if (opened.tail_cut) {
    log.warn("the journal's last record was torn and is cut off", {{"file", path.string()}});
  }
  // After a torn tail nothing can be said of what the old id was permitted: not even to a main that we reach only next
  // time.
  if (opened.tail_cut || state.id().empty()) TRY_VOID(take_new_identity(opened.file, state, clock, rng));
  state.forget_before(clock.now() - kRemembered);
  return std::unique_ptr<Journal>(
      std::make_unique<FileJournal>(std::move(opened.file), std::move(state), opened.tail_cut));
}

}  // namespace tradeauto
