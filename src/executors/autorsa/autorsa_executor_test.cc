#include <fcntl.h>
#include <sys/file.h>

#include <filesystem>
#include <functional>
#include <map>

#include "domain/child_order.h"
#include "executors/autorsa/fake_cli_test.h"
#include "executors/process/file_descriptor.h"
#include "net/task_group.h"
#include "testing/end_test.h"
#include "testing/leaping_clock.h"

namespace tradeauto {
namespace {

using std::chrono::seconds;

asio::awaitable<void> place_it(Executor& executor, TransactionTask task, std::string token, ExecutionSink& sink,
                               Deadline deadline) {
  const auto placed = co_await executor.place(std::move(task), tradier_login(token), sink, deadline);
  EXPECT_TRUE(placed.ok());
}

class AutorsaExecutorTest : public ::testing::Test {
 protected:
  void start(AutorsaSettings settings) {
    executor_ = make_autorsa_executor(std::move(settings), clock_, context_.get_executor(), null_logger());
    run_async(context_, executor_->attach(sink_));
  }
  void start() { start(cli_.settings()); }

  static TransactionTask task(std::vector<std::string> symbols = {"AAPL"}) {
    TransactionTask task;
    task.id = TaskId("task");
    task.account = {.group = GroupName("family"), .account = AccountName("mom")};
    task.brokerage = Brokerage::tradier;
    task.quantity = Quantity(Decimal::from_int(1));
    for (const std::string& symbol : symbols) {
      task.child_orders.push_back({.id = ChildOrderId("child-" + symbol), .symbol = Symbol(symbol)});
    }
    return task;
  }
  Result<void> place(const TransactionTask& wanted, const std::string& token,
                     std::chrono::nanoseconds time = kPatience) {
    return run_async(context_, executor_->place(wanted, tradier_login(token), sink_, Deadline::after(clock_, time)));
  }
  // The deadline comes once `fact` is so, and not earlier.
  void place_until(const TransactionTask& wanted, const std::string& token, const std::function<bool()>& fact) {
    constexpr std::chrono::minutes kTime{10};
    TaskGroup tasks(context_.get_executor());
    tasks.spawn(place_it(*executor_, wanted, token, sink_, Deadline::after(clock_, kTime)));
    run_until(fact);
    clock_.leap(kTime);
    run_async(context_, tasks.join());
  }
  void run_until(const std::function<bool()>& fact) {
    const Deadline patience = Deadline::after(clock_, kPatience);
    context_.restart();
    while (!fact() && !patience.over(clock_)) context_.run_one_for(std::chrono::milliseconds(5));
    EXPECT_TRUE(fact());
  }
  Result<HoldingsReport> holdings(const std::string& token) {
    return run_async(context_, executor_->holdings(task().account, Brokerage::tradier, tradier_login(token),
                                                   Deadline::after(clock_, kPatience)));
  }
  ChildOrderReport answer(const std::string& symbol = "AAPL") const {
    return sink_.last(ChildOrderId("child-" + symbol));
  }
  std::map<std::string, std::string> environment() const {
    std::istringstream lines(cli_.folder().read("environment"));
    std::map<std::string, std::string> found;
    for (std::string line; std::getline(lines, line);)
      found[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
    return found;
  }
  std::filesystem::path work_folder() const {
    const std::string text = cli_.folder().read("folder");
    return text.substr(0, text.find('\n'));
  }

  FakeCli cli_;
  LeapingClock clock_;
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_ = asio::make_work_guard(context_);
  CollectingSink sink_;
  std::unique_ptr<Executor> executor_;
};

TEST_F(AutorsaExecutorTest, TellsTheCliOneRunWithAllSymbols) {
  start();
  ASSERT_TRUE(place(task({"MSFT", "AAPL"}), "well-1").ok());
  EXPECT_EQ(cli_.folder().read("calls"), "\nbuy 1 AAPL,MSFT tradier false\n") << "the first one asked for its version";
  EXPECT_EQ(answer("AAPL").status, ChildOrderStatus::submitted);
  EXPECT_EQ(answer("MSFT").status, ChildOrderStatus::submitted);
  TransactionTask rehearsal = task();
  rehearsal.dry_run = true;
  rehearsal.side = Side::sell;
  ASSERT_TRUE(place(rehearsal, "well-1").ok());
  EXPECT_TRUE(cli_.folder().read("calls").ends_with("\nsell 1 AAPL tradier true\n"));
  EXPECT_EQ(answer().status, ChildOrderStatus::dry_run);
}

TEST_F(AutorsaExecutorTest, GivesARunItsEnvironmentAndNothingElse) {
  AutorsaSettings settings = cli_.settings();
  settings.pass_environment = {{"HTTPS_PROXY", "http://127.0.0.1:3128"}, {"HOME", "/root"}, {"TRADIER", "another"}};
  start(settings);
  ASSERT_TRUE(place(task(), "well-1").ok());
  std::map<std::string, std::string> seen = environment();
  EXPECT_EQ(seen["HTTPS_PROXY"], "http://127.0.0.1:3128");
  EXPECT_EQ(seen["TRADIER"], "well-1");
  EXPECT_EQ(seen["DANGER_MODE"], "true");
  EXPECT_EQ(seen["PYTHONUNBUFFERED"], "1");
  EXPECT_EQ(seen["HEADLESS"], "true");
  EXPECT_EQ(seen["PYTHON_DOTENV_DISABLED"], "1");
  EXPECT_EQ(seen["HOME"], work_folder());
  for (const char* by_the_shell : {"PWD", "OLDPWD", "SHLVL", "_"}) seen.erase(by_the_shell);
  EXPECT_EQ(seen.size(), 12U) << cli_.folder().read("environment");
}

TEST_F(AutorsaExecutorTest, WorksInAFolderOfTheAccountThatItLocks) {
  start();
  ASSERT_TRUE(place(task(), "well-1").ok());
  const std::filesystem::path folder = work_folder();
  const std::filesystem::path account = folder.parent_path();
  EXPECT_EQ(account, cli_.settings().dir / "accounts/family/mom");
  EXPECT_EQ(std::filesystem::status(folder).permissions(), std::filesystem::perms::owner_all);
  EXPECT_EQ(folder.string().find("well-1"), std::string::npos);

  const FileDescriptor other(::open(account.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(other.get(), LOCK_EX | LOCK_NB), 0);
  const std::string calls = cli_.folder().read("calls");
  const auto placed = place(task(), "well-1");
  ASSERT_FALSE(placed.ok());
  EXPECT_EQ(placed.error().reason, "run_still_alive");
  EXPECT_EQ(placed.error().effect, Effect::none);
  EXPECT_EQ(cli_.folder().read("calls"), calls) << "nothing may be started";
}

TEST_F(AutorsaExecutorTest, AnotherLogInGetsNoSessionsOfTheFirst) {
  start();
  ASSERT_TRUE(place(task(), "well-1").ok());
  const std::filesystem::path first = work_folder();
  std::filesystem::create_directories(first / "creds");
  ASSERT_TRUE(place(task(), "well-1").ok());
  EXPECT_EQ(work_folder(), first);
  EXPECT_TRUE(std::filesystem::exists(first / "creds")) << "a remembered device is kept";
  ASSERT_TRUE(place(task(), "well-2").ok());
  EXPECT_NE(work_folder(), first);
  EXPECT_FALSE(std::filesystem::exists(first));
}

TEST_F(AutorsaExecutorTest, AnotherVersionIsNeverBelieved) {
  cli_.folder().write("version", "2.1.9");
  start();
  EXPECT_EQ(executor_->status().version, "2.1.9");
  EXPECT_TRUE(executor_->status().available);
  EXPECT_NE(executor_->status().problem.find("2.2.0"), std::string::npos);
  ASSERT_TRUE(place(task(), "well-1").ok());
  EXPECT_EQ(answer().status, ChildOrderStatus::in_doubt);
  // It was mended while the worker ran: each run says which it is.
  cli_.folder().write("version", "2.2.0");
  ASSERT_TRUE(place(task(), "well-1").ok());
  EXPECT_EQ(answer().status, ChildOrderStatus::submitted);
  EXPECT_EQ(executor_->status().version, "2.2.0");
  EXPECT_EQ(executor_->status().problem, "");
}

TEST_F(AutorsaExecutorTest, ShowsNoSecretAndNoFullAccountNumber) {
  start();
  ASSERT_TRUE(place(task(), "leaks-top-secret").ok());
  const ChildOrderReport report = answer();
  EXPECT_EQ(report.status, ChildOrderStatus::rejected);
  ASSERT_FALSE(report.executions.empty());
  std::string shown = report.detail;
  for (const ExecutionReport& execution : report.executions) shown += execution.message + execution.evidence;
  EXPECT_EQ(shown.find("top-secret"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("VA17773001"), std::string::npos) << shown;
}

TEST_F(AutorsaExecutorTest, EndedBeforeTheLogInIsDeniedAndAfterItInDoubt) {
  start();
  place_until(task({"AAPL"}), "early-1", [&] { return std::filesystem::exists(cli_.folder().path() / "early"); });
  EXPECT_EQ(answer("AAPL").status, ChildOrderStatus::denied);
  place_until(task({"MSFT"}), "takes-1", [&] { return cli_.placed("takes-1", "MSFT") > 0; });
  EXPECT_EQ(answer("MSFT").status, ChildOrderStatus::in_doubt);
  EXPECT_EQ(answer("MSFT").reason, "child_process_killed");
  EXPECT_EQ(cli_.placed("takes-1", "MSFT"), 1U);
  ASSERT_TRUE(place(task({"F"}), "dies-1").ok());
  EXPECT_EQ(answer("F").status, ChildOrderStatus::in_doubt);
  EXPECT_EQ(answer("F").reason, "child_process_killed");
}

TEST_F(AutorsaExecutorTest, AFailedLogInIsDenied) {
  start();
  ASSERT_TRUE(place(task(), "badlogin-1").ok());
  EXPECT_EQ(answer().status, ChildOrderStatus::denied);
  const auto held = holdings("badlogin-1");
  ASSERT_FALSE(held.ok());
  EXPECT_EQ(held.error().code, ErrorCode::unauthenticated);
  EXPECT_EQ(held.error().reason, "login_failed");
}

TEST_F(AutorsaExecutorTest, ACancelledRunIsEndedAndReported) {
  start();
  TaskGroup tasks(context_.get_executor());
  tasks.spawn(place_it(*executor_, task(), "takes-1", sink_, Deadline::never()));
  run_until([&] { return cli_.placed("takes-1", "AAPL") > 0; });
  tasks.cancel();
  run_async(context_, tasks.join());
  EXPECT_TRUE(answer().complete);
  EXPECT_EQ(answer().status, ChildOrderStatus::in_doubt);
  EXPECT_EQ(answer().reason, "child_process_killed");
}

TEST_F(AutorsaExecutorTest, ReadsHoldings) {
  start();
  const auto report = holdings("well-1");
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_TRUE(report->complete);
  EXPECT_EQ(report->sub_accounts.size(), 2U);
  ASSERT_EQ(report->holdings.size(), 1U);
  EXPECT_EQ(report->holdings[0].symbol, Symbol("AAPL"));
}

TEST_F(AutorsaExecutorTest, WithoutTheToolItSaysWhatToDoAndNothingIsSent) {
  AutorsaSettings named = cli_.settings();
  named.command = "/nonexistent/auto_rsa_bot";
  AutorsaSettings not_installed = cli_.settings();
  not_installed.command.clear();
  AutorsaSettings unsupervised = cli_.settings();
  unsupervised.supervisor = "/nonexistent/tradeauto-supervisor";
  const std::pair<AutorsaSettings, std::string> cases[] = {{named, "AUTORSA_COMMAND = \"/nonexistent/auto_rsa_bot\""},
                                                           {not_installed, "tradeauto autorsa install"},
                                                           {unsupervised, "/nonexistent/tradeauto-supervisor"}};
  for (const auto& [settings, fact] : cases) {
    start(settings);
    EXPECT_FALSE(executor_->status().available);
    EXPECT_NE(executor_->status().problem.find(fact), std::string::npos) << executor_->status().problem;
    const auto placed = place(task(), "well-1");
    ASSERT_FALSE(placed.ok());
    EXPECT_EQ(placed.error().effect, Effect::none);
    EXPECT_EQ(placed.error().reason, "executor_unavailable");
    AccountActivation activation{.account = task().account,
                                 .brokerage = Brokerage::tradier,
                                 .credentials = tradier_login("well-1"),
                                 .epoch = {}};
    const auto checked = run_async(context_, executor_->check(activation));
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().reason, "executor_unavailable");
  }
}

TEST_F(AutorsaExecutorTest, ABrokenToolStartsNothing) {
  start();
  cli_.folder().write("auto_rsa_bot", "#!/nonexistent/python\n");
  std::filesystem::permissions(cli_.command(), std::filesystem::perms::owner_all);
  const auto placed = place(task(), "well-1");
  ASSERT_FALSE(placed.ok());
  EXPECT_EQ(placed.error().reason, "child_not_started");
  EXPECT_EQ(placed.error().effect, Effect::none);
}

TEST_F(AutorsaExecutorTest, RefusesWhatThisVersionCannotDo) {
  start();
  Credentials login;
  login.set("USERNAME", SecretString("someone@example.com"));
  login.set("PASSWORD", SecretString("secret"));
  for (const auto& [brokerage, reason] : {std::pair{Brokerage::sofi, "brokerage_broken"},
                                          {Brokerage::bbae, "buy_broken"},
                                          {Brokerage::dspac, "buy_broken"}}) {
    TransactionTask wanted = task();
    wanted.brokerage = brokerage;
    const auto placed =
        run_async(context_, executor_->place(wanted, login, sink_, Deadline::after(clock_, seconds(5))));
    ASSERT_FALSE(placed.ok());
    EXPECT_EQ(placed.error().reason, reason);
    EXPECT_EQ(placed.error().effect, Effect::none);
  }
  AccountActivation sofi{.account = task().account, .brokerage = Brokerage::sofi, .credentials = login, .epoch = {}};
  EXPECT_EQ(run_async(context_, executor_->check(sofi)).error().reason, "brokerage_broken");
  AccountActivation bbae{.account = task().account, .brokerage = Brokerage::bbae, .credentials = login, .epoch = {}};
  EXPECT_TRUE(run_async(context_, executor_->check(bbae)).ok()) << "its sales work";
}

}  // namespace
}  // namespace tradeauto
