#include "executors/autorsa/autorsa_executor.h"

#include <unistd.h>

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include "executors/autorsa/account_folder.h"
#include "executors/autorsa/cli_version.h"
#include "executors/autorsa/cli_words.h"
#include "executors/autorsa/redactor.h"
#include "executors/autorsa/run_environment.h"
#include "executors/autorsa/run_reports.h"
#include "executors/process/child_run.h"
#include "net/pool.h"
#include "net/run_on.h"
#include "net/semaphore.h"

namespace tradeauto {
namespace {

constexpr std::string_view kRemedy = "run: tradeauto autorsa install";
constexpr std::chrono::seconds kVersionTime{15};

// One run for one log-in, before it is started.
struct CliRun {
  AccountRef account;
  Brokerage brokerage = Brokerage::tradier;
  std::vector<std::string> words;
  Credentials credentials;  // checked
};

Result<Credentials> checked_credentials(Brokerage brokerage, Credentials given) {
  if (brokerage == Brokerage::paper) {
    return make_error(ErrorCode::unprocessable, "unknown_brokerage", "AutoRSA does not know Paper");
  }
  CheckedCredentials checked = check_credentials(brokerage, std::move(given));
  if (checked.faults.empty()) return std::move(checked.credentials);
  Error error = make_error(ErrorCode::unprocessable, "bad_credentials", checked.faults.front().detail);
  error.fields = std::move(checked.faults);
  return error;
}

class AutorsaExecutor final : public Executor {
 public:
  AutorsaExecutor(AutorsaSettings settings, const Clock& clock, asio::any_io_executor executor, Logger log)
      : settings_(std::move(settings)),
        command_(autorsa_command(settings_)),
        clock_(clock),
        log_(std::move(log)),
        strand_(asio::make_strand(std::move(executor))) {}

  ExecutorStatus status() const override;
  bool runs(Brokerage brokerage) const override { return brokerage != Brokerage::paper; }
  // One run at a time over all brokerages: a run could read the environment of another one's.
  Lane lane(Brokerage /*brokerage*/) const override { return {.name = "autorsa", .width = 1}; }

  asio::awaitable<Result<void>> check(AccountActivation activation) override;
  asio::awaitable<Result<void>> place(TransactionTask task, Credentials credentials, ExecutionSink& sink,
                                      Deadline deadline) override {
    return run_on(strand_, do_place(std::move(task), std::move(credentials), sink, deadline));
  }
  asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Brokerage brokerage, Credentials credentials,
                                                   Deadline deadline) override {
    return run_on(strand_, do_holdings(std::move(account), brokerage, std::move(credentials), deadline));
  }
  asio::awaitable<void> attach(ExecutionSink& /*sink*/) override { return run_on(strand_, learn_version()); }

 private:
  asio::awaitable<Result<void>> do_place(TransactionTask task, Credentials credentials, ExecutionSink& sink,
                                         Deadline deadline);
  asio::awaitable<Result<HoldingsReport>> do_holdings(AccountRef account, Brokerage brokerage, Credentials credentials,
                                                      Deadline deadline);
  // Error: Effect::none, the CLI was not started. Ends it when the coroutine is cancelled, and still returns.
  asio::awaitable<Result<ChildResult>> run_cli(CliRun run, Deadline deadline);
  asio::awaitable<void> learn_version();

  std::optional<Error> missing() const;
  // Takes the version from the text and says whether it is the one that is understood.
  bool trust(const ChildResult& result);

  const AutorsaSettings settings_;
  const std::filesystem::path command_;
  const Clock& clock_;
  const Logger log_;
  const asio::any_io_executor strand_;
  BlockingPool pool_{"autorsa", 1};
  const std::shared_ptr<Semaphore> turn_ = Semaphore::make(1);  // strand
  mutable std::mutex mutex_;
  std::string version_;  // guarded by mutex_; empty: not known yet
};

std::optional<Error> AutorsaExecutor::missing() const {
  const auto unavailable = [](std::string message) {
    return make_error(ErrorCode::unavailable, "executor_unavailable", std::move(message));
  };
  if (::access(command_.c_str(), X_OK) != 0) {
    if (settings_.command.empty()) {
      return unavailable(fmt::format("the AutoRSA tool is not installed in {}; {}", settings_.dir.string(), kRemedy));
    }
    return unavailable(
        fmt::format("AUTORSA_COMMAND = \"{}\": there is no such program; correct it, or leave it out and {}",
                    command_.string(), kRemedy));
  }
  if (::access(settings_.supervisor.c_str(), X_OK) != 0) {
    return unavailable(fmt::format("{} is missing; it belongs beside the program tradeauto: install both",
                                   settings_.supervisor.string()));
  }
  return std::nullopt;
}

ExecutorStatus AutorsaExecutor::status() const {
  ExecutorStatus status;
  {
    const std::scoped_lock lock(mutex_);
    status.version = version_;
  }
  if (auto error = missing()) {
    status.problem = std::move(error->message);
    return status;
  }
  status.available = true;
  if (!status.version.empty() && status.version != kAutorsaVersion) {
    status.problem = fmt::format("is not {}: its answers are not believed, every live order is in doubt; {}",
                                 kAutorsaVersion, kRemedy);
  }
  return status;
}

asio::awaitable<Result<void>> AutorsaExecutor::check(AccountActivation activation) {
  CO_TRY(const Credentials checked, checked_credentials(activation.brokerage, std::move(activation.credentials)));
  const auto words = holdings_words(activation.brokerage);  // does the CLI run this brokerage at all?
  if (!words.ok()) co_return words.error();
  if (auto error = missing()) co_return std::move(*error);
  co_return Result<void>{};
}

asio::awaitable<Result<void>> AutorsaExecutor::do_place(TransactionTask task, Credentials credentials,
                                                        ExecutionSink& sink, Deadline deadline) {
  if (deadline.over(clock_)) {
    co_return make_error(ErrorCode::deadline_exceeded, "deadline_exceeded", "the run's time was over at its start");
  }
  CO_TRY(Credentials checked, checked_credentials(task.brokerage, std::move(credentials)));
  const Redactor redactor(task.brokerage, checked);
  CO_TRY(std::vector<std::string> words, order_words(task));
  CliRun run{.account = task.account,
             .brokerage = task.brokerage,
             .words = std::move(words),
             .credentials = std::move(checked)};
  CO_TRY(const ChildResult result, co_await run_cli(std::move(run), deadline));
  // What a started run came to is reported even when nobody waits for it any more.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  for (ChildOrderReport& report : reports_of(task, result, trust(result), clock_.now())) {
    redactor.clean(report);
    co_await sink.report(std::move(report));
  }
  co_return Result<void>{};
}

asio::awaitable<Result<HoldingsReport>> AutorsaExecutor::do_holdings(AccountRef account, Brokerage brokerage,
                                                                     Credentials credentials, Deadline deadline) {
  CO_TRY(Credentials checked, checked_credentials(brokerage, std::move(credentials)));
  const Redactor redactor(brokerage, checked);
  CO_TRY(std::vector<std::string> words, holdings_words(brokerage));
  CliRun run{.account = account, .brokerage = brokerage, .words = std::move(words), .credentials = std::move(checked)};
  CO_TRY(const ChildResult result, co_await run_cli(std::move(run), deadline));
  if (const std::string ended = cut_short(result); !ended.empty()) {
    const bool late = result.end == ChildEnd::deadline;
    co_return make_error(late ? ErrorCode::deadline_exceeded : ErrorCode::unavailable,
                         late ? "no_answer" : "child_process_killed", "the holdings could not be read: " + ended);
  }
  TransactionTask task;
  task.brokerage = brokerage;
  const RunOutput told = run_output(task, result, trust(result), clock_.now());
  HoldingsReport report = read_holdings(account, told);
  report.message = redactor.clean(std::move(report.message));
  if (!report.complete && report.sub_accounts.empty()) {
    const bool refused = log_in_failed(told);
    co_return make_error(refused ? ErrorCode::unauthenticated : ErrorCode::unavailable,
                         refused ? "login_failed" : "holdings_unreadable",
                         report.message.empty() ? "AutoRSA told no holdings" : report.message);
  }
  co_return report;
}

asio::awaitable<Result<ChildResult>> AutorsaExecutor::run_cli(CliRun run, Deadline deadline) {
  const Semaphore::Slot alone = co_await turn_->acquire();
  if (auto error = missing()) co_return std::move(*error);
  const SecretString identity = login_identity(run.brokerage, run.credentials);
  CO_TRY(AccountFolder folder, co_await pool_.run([this, &run, &identity] {
    return take_account_folder(settings_.dir / "accounts", run.account, run.brokerage, identity);
  }));
  if (deadline.over(clock_)) {
    co_return make_error(ErrorCode::deadline_exceeded, "deadline_exceeded", "the run's time was over at its start");
  }
  ChildSpec spec;
  spec.supervisor = settings_.supervisor;
  spec.words = {command_.string()};
  spec.words.insert(spec.words.end(), run.words.begin(), run.words.end());
  spec.environment = run_environment(settings_, folder.path);
  const std::string_view variable = cli_variable(run.brokerage);
  std::erase_if(spec.environment, [&](const auto& entry) { return entry.first == variable; });
  spec.environment.emplace_back(variable, login_text(run.brokerage, run.credentials));
  spec.directory = folder.path;
  spec.lock = std::move(folder.lock);
  co_return co_await run_child(std::move(spec), pool_, clock_, deadline);
}

// Before the first order, so that the first hello has it. Installed tools are known by their records, any other one by
// a run without words, which prints its header and ends before it asks anybody anything.
asio::awaitable<void> AutorsaExecutor::learn_version() {
  if (missing()) co_return;
  std::string version = co_await pool_.run([this] { return recorded_version(command_); });
  if (version.empty()) {
    const std::filesystem::path folder = settings_.dir / "version";
    const auto made = co_await pool_.run([&folder] { return make_private_folder(folder); });
    if (!made.ok()) {
      log_.warn("the tool's version is not known", {{"message", made.error().message}});
      co_return;
    }
    ChildSpec spec;
    spec.supervisor = settings_.supervisor;
    spec.words = {command_.string()};
    spec.environment = version_environment(settings_, folder);
    spec.directory = folder;
    const auto result = co_await run_child(std::move(spec), pool_, clock_, Deadline::after(clock_, kVersionTime));
    if (result.ok()) version = version_in(result->out);
  }
  if (version.empty()) log_.warn("the tool does not tell its version", {{"command", command_.string()}});
  const std::scoped_lock lock(mutex_);
  version_ = std::move(version);
}

bool AutorsaExecutor::trust(const ChildResult& result) {
  const std::string told = version_in(result.out);
  const std::scoped_lock lock(mutex_);
  if (!told.empty()) version_ = told;
  return version_ == kAutorsaVersion;
}

}  // namespace

std::filesystem::path autorsa_command(const AutorsaSettings& settings) {
  return settings.command.empty() ? settings.dir / "venv/bin/auto_rsa_bot"
                                  : std::filesystem::absolute(settings.command);
}

std::unique_ptr<Executor> make_autorsa_executor(AutorsaSettings settings, const Clock& clock,
                                                asio::any_io_executor executor, Logger log) {
  return std::make_unique<AutorsaExecutor>(std::move(settings), clock, std::move(executor), std::move(log));
}

}  // namespace tradeauto
