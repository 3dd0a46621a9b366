#include "executors/paper/paper_executor.h"

#include <mutex>
#include <system_error>
#include <utility>

#include <boost/asio/strand.hpp>

#include "executors/paper/account_settings.h"
#include "executors/paper/paper_parts.h"
#include "executors/paper/place_run.h"
#include "executors/paper/recovery.h"
#include "executors/paper/rehearsal.h"
#include "executors/paper/report.h"
#include "executors/paper/reporter.h"
#include "net/run_on.h"
#include "net/timer.h"

namespace tradeauto {
namespace {

constexpr std::size_t kLaneWidth = 64;

class PaperExecutor final : public Executor {
 public:
  PaperExecutor(std::unique_ptr<PaperParts> parts, asio::any_io_executor executor)
      : strand_(asio::make_strand(std::move(executor))), parts_(std::move(parts)), reporter_(*parts_, strand_) {}

  ExecutorStatus status() const override {
    const std::scoped_lock lock(mutex_);
    return {.available = problem_.empty(), .version = parts_->settings.version, .problem = problem_};
  }
  bool runs(Brokerage brokerage) const override { return brokerage == Brokerage::paper; }
  Lane lane(Brokerage /*brokerage*/) const override { return {.name = "paper", .width = kLaneWidth}; }

  asio::awaitable<Result<void>> check(AccountActivation activation) override {
    const auto settings = parse_account_settings(activation.credentials);
    if (!settings.ok()) co_return settings.error();
    co_return Result<void>{};
  }

  asio::awaitable<Result<void>> place(TransactionTask task, Credentials credentials, ExecutionSink& sink,
                                      Deadline deadline) override {
    return run_on(strand_, do_place(std::move(task), std::move(credentials), sink, deadline));
  }
  asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Brokerage /*brokerage*/, Credentials credentials,
                                                   Deadline deadline) override {
    return run_on(strand_, do_holdings(std::move(account), std::move(credentials), deadline));
  }
  asio::awaitable<void> attach(ExecutionSink& sink) override { return run_on(strand_, do_attach(sink)); }
  asio::awaitable<Result<void>> recover(TransactionTask task, ExecutionSink& sink) override {
    return run_on(strand_, do_recover(std::move(task), sink));
  }
  asio::awaitable<void> stop() override { return run_on(strand_, reporter_.stop()); }

 private:
  asio::awaitable<Result<void>> do_place(TransactionTask task, Credentials credentials, ExecutionSink& sink,
                                         Deadline deadline);
  asio::awaitable<Result<void>> rehearse(TransactionTask task, AccountSettings settings, ExecutionSink& sink);
  asio::awaitable<Result<HoldingsReport>> do_holdings(AccountRef account, Credentials credentials, Deadline deadline);
  asio::awaitable<void> do_attach(ExecutionSink& sink);
  asio::awaitable<Result<void>> do_recover(TransactionTask task, ExecutionSink& sink);

  // What status() says until the next success.
  void note(const Result<void>& result) {
    const std::scoped_lock lock(mutex_);
    problem_ = result.ok() ? std::string() : result.error().message;
  }

  const asio::any_io_executor strand_;
  const std::unique_ptr<PaperParts> parts_;
  mutable std::mutex mutex_;
  std::string problem_;     // guarded by mutex_
  PaperReporter reporter_;  // the last: its tasks use the rest
};

asio::awaitable<Result<void>> PaperExecutor::do_place(TransactionTask task, Credentials credentials,
                                                      ExecutionSink& sink, Deadline deadline) {
  CO_TRY(const AccountSettings settings, parse_account_settings(credentials));
  if (task.dry_run) co_return co_await rehearse(std::move(task), settings, sink);
  PlaceRun run(*parts_, reporter_, std::move(task), settings, sink, deadline);
  auto placed = co_await run.run();
  if (placed.ok() || placed.error().code != ErrorCode::deadline_exceeded) note(placed);
  co_return placed;
}

asio::awaitable<Result<void>> PaperExecutor::rehearse(TransactionTask task, AccountSettings settings,
                                                      ExecutionSink& sink) {
  CO_TRY(auto reports, co_await parts_->pool.run([this, task = std::move(task), settings] {
    return rehearse_orders(*parts_, task, settings);
  }));
  for (ChildOrderReport& report : reports) co_await sink.report(std::move(report));
  co_return Result<void>{};
}

asio::awaitable<Result<HoldingsReport>> PaperExecutor::do_holdings(AccountRef account, Credentials credentials,
                                                                   Deadline deadline) {
  CO_TRY(const AccountSettings settings, parse_account_settings(credentials));
  CO_TRY(const Fault fault, co_await parts_->pool.run([this, account, by_credentials = settings.fault] {
    return parts_->fault_now(account, by_credentials);
  }));
  const bool slow = fault.kind == FaultKind::slow;
  const bool silent = fault.silences(fault.sub_account.value_or(1)) && !fault.sub_account;
  if (slow || silent) {
    const Deadline answer = slow ? Deadline::after(parts_->clock, std::chrono::seconds(fault.seconds)) : deadline;
    co_await sleep_until(parts_->clock, std::min(answer, deadline));
    if (deadline.over(parts_->clock)) {
      co_return make_error(ErrorCode::deadline_exceeded, "no_answer", "the broker did not answer in time");
    }
  }
  co_return co_await parts_->pool.run(
      [this, account, settings, fault] { return look_at_holdings(*parts_, account, settings, fault); });
}

asio::awaitable<void> PaperExecutor::do_attach(ExecutionSink& sink) {
  const auto news = co_await parts_->pool.run([this] { return settle_ended_runs(*parts_); });
  if (!news.ok()) {
    parts_->log.error("what became of earlier orders cannot be read", {{"message", news.error().message}});
    note(news.error());
    co_return;
  }
  for (const ChildOrderId& id : *news) reporter_.follow(id, sink, Timestamp::min());
}

asio::awaitable<Result<void>> PaperExecutor::do_recover(TransactionTask task, ExecutionSink& sink) {
  for (const TaskChildOrder& child : task.child_orders) {
    CO_TRY(const Recovered recovered,
           co_await parts_->pool.run([this, &task, &child] { return settle_child_order(*parts_, task, child.id); }));
    if (recovered == Recovered::unknown) continue;
    if (recovered == Recovered::never_began) {
      co_await sink.report(never_began(child.id));
      continue;
    }
    CO_TRY(const PaperSnapshot told, co_await reporter_.tell(child.id, sink));
    if (told.next_fill) reporter_.follow(child.id, sink, *told.next_fill);
  }
  co_return Result<void>{};
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) return {};
  return make_error(ErrorCode::internal, "paper_file_failed",
                    "PAPER_DIR " + folder.string() + " cannot be made: " + error.message());
}

}  // namespace

Result<std::unique_ptr<Executor>> make_paper_executor(PaperSettings settings, const Clock& clock,
                                                      asio::any_io_executor executor, Logger log) {
  if (settings.runs_dir.empty()) settings.runs_dir = settings.dir;
  TRY_VOID(make_folder(settings.dir));
  TRY_VOID(make_folder(settings.runs_dir));
  TRY(auto memory, RunMemory::open(settings.runs_dir));
  if (memory->skipped() > 0) log.warn("lines of runs.jsonl could not be read", {{"lines", memory->skipped()}});
  PaperPrices prices(settings.seed, settings.prices_file);
  TRY_VOID(prices.check());
  TRY(auto broker, PaperBroker::open(settings.dir, std::move(prices), clock));
  auto parts =
      std::make_unique<PaperParts>(std::move(settings), clock, std::move(log), std::move(broker), std::move(memory));
  return std::unique_ptr<Executor>(new PaperExecutor(std::move(parts), std::move(executor)));
}

}  // namespace tradeauto
