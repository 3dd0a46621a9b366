// Both ends of a session over loopback: the real server and the real client between policies that only note.
#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "rpc/session_connector.h"
#include "rpc/session_peers_test.h"
#include "rpc/session_server.h"
#include "testing/end_test.h"
#include "testing/null_log.h"
#include "testing/run_async.h"

namespace tradeauto {
namespace {

class SessionTest : public testing::Test {
 protected:
  ~SessionTest() override { stop_all(); }

  void serve(SessionServerSettings settings = {}) {
    settings.port = 0;
    server_.emplace(settings,
                    SessionServer::Needs{.sessions = sessions_,
                                         .may_join = [](std::string_view token) { return token == "join-me"; },
                                         .clock = clock_,
                                         .rng = rng_,
                                         .log = null_logger(),
                                         .executor = context_.get_executor()});
    auto port = server_->start();
    ASSERT_TRUE(port.ok()) << port.error().message;
    port_ = *port;
  }
  void stop_all() {
    run_async(context_, [](SessionTest& test) -> asio::awaitable<void> {
      const Deadline deadline = Deadline::after(test.clock_, std::chrono::seconds(5));
      if (test.connector_) co_await test.connector_->stop(deadline);
      if (test.server_) co_await test.server_->stop(deadline);
    }(*this));
    connector_.reset();
    server_.reset();
  }
  Result<OpenedSession> connect(std::chrono::nanoseconds within = kPatience) {
    if (!connector_) {
      connector_.emplace(SessionConnectorSettings{.host = "127.0.0.1", .port = port_},
                         SessionConnector::Needs{.token = [this]() -> Result<SecretString> {
                                                   if (token_.empty()) {
                                                     return make_error(ErrorCode::unauthenticated, "no_token",
                                                                       "no file");
                                                   }
                                                   return SecretString(token_);
                                                 },
                                                 .pool = pool_,
                                                 .clock = clock_,
                                                 .log = null_logger(),
                                                 .executor = context_.get_executor()});
    }
    WorkerHello hello;
    hello.name = parse_worker_name("w1").value();
    hello.version = "1";
    hello.journal = {.id = JournalId("journal-1"), .last_sequence = 0, .tail_cut = false};
    return run_async(context_, connector_->connect(hello, sink_, Deadline::after(clock_, within)));
  }
  std::shared_ptr<MainLink> connected() {
    auto opened = connect();
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    EXPECT_TRUE(run_async(context_, worker_.wait(1)));
    return opened.ok() ? opened->link : nullptr;
  }
  bool wait(Story& story, std::size_t count) { return run_async(context_, story.wait(count)); }
  Deadline soon() { return Deadline::after(clock_, kPatience); }

  asio::io_context context_;
  SystemClock clock_;
  SystemRng rng_;
  Story main_{clock_};
  Story worker_{clock_};
  NotingSessions sessions_{main_};
  NotingSink sink_{worker_};
  BlockingPool pool_{"test", 1};
  std::string token_ = "join-me";
  std::uint16_t port_ = 0;
  std::optional<SessionServer> server_;
  std::optional<SessionConnector> connector_;
};

using Lines = std::vector<std::string>;

TEST_F(SessionTest, OpensWithAWelcomeAndThenWhatMainSaidBefore) {
  serve();
  const auto opened = connect();
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  EXPECT_EQ(opened->ledger, LedgerId("ledger-1"));
  EXPECT_EQ(opened->lease, std::chrono::seconds(15));
  ASSERT_TRUE(wait(worker_, 1));
  EXPECT_EQ(worker_.lines(), Lines{"assigned family"});
  EXPECT_EQ(main_.lines(), Lines{"hello of w1"});
}

TEST_F(SessionTest, CarriesEachQuestionOfTheWorkerAndItsAnswer) {
  serve();
  const auto link = connected();
  ASSERT_TRUE(link);
  const auto lease = run_async(context_, link->heartbeat(soon()));
  ASSERT_TRUE(lease.ok()) << lease.error().message;
  EXPECT_EQ(*lease, std::chrono::seconds(15));
  const auto permit = run_async(context_, link->ask_permit(TaskId("task-1"), Epoch{1, 1}, soon()));
  ASSERT_TRUE(permit.ok()) << permit.error().message;
  EXPECT_EQ(permit->child_orders, std::vector{ChildOrderId("co_1")});
  EXPECT_EQ(permit->run_for, std::chrono::seconds(60));
  JournaledReport report;
  report.sequence = 7;
  report.report.child_order = ChildOrderId("co_1");
  link->report(report);
  link->refuse(TaskId("task-2"), make_error(ErrorCode::unprocessable, "unknown_account", "x"));
  ASSERT_TRUE(wait(main_, 4));
  EXPECT_EQ(main_.lines(),
            (Lines{"hello of w1", "permit? task-1", "report 7 of ''", "refused task-2: unknown_account"}));
  ASSERT_TRUE(wait(worker_, 2));
  EXPECT_EQ(worker_.lines().back(), "confirmed 7");
}

TEST_F(SessionTest, CarriesEachOrderOfMainInTurn) {
  serve();
  ASSERT_TRUE(connected());
  WorkerLink& link = *sessions_.link;
  link.activate({.account = kAccount, .brokerage = Brokerage::paper, .credentials = {}, .epoch = Epoch{1, 1}});
  TransactionTask task;
  task.id = TaskId("task-1");
  task.epoch = Epoch{1, 1};
  task.order_id = OrderId("ord_1");
  task.client_order_id = parse_client_order_id("mine").value();
  task.account = kAccount;
  task.quantity = Quantity(Decimal::parse("1").value());
  task.child_orders = {{.id = ChildOrderId("co_1"), .symbol = parse_symbol("AAPL").value()}};
  link.offer(task);
  link.withdraw(TaskId("task-1"));
  link.deactivate(kAccount, Epoch{1, 1});
  link.release(kAccount.group);
  ASSERT_TRUE(wait(worker_, 6));
  EXPECT_EQ(worker_.lines(), (Lines{"assigned family", "activate family/anna", "offered task-1", "withdrawn task-1",
                                    "deactivate family/anna", "released family"}));
  ASSERT_TRUE(wait(main_, 2));
  EXPECT_EQ(main_.lines().back(), "activated family/anna: no_executor");
  const auto holdings = run_async(context_, link.holdings(kAccount, soon(), std::chrono::seconds(7)));
  ASSERT_TRUE(holdings.ok()) << holdings.error().message;
  EXPECT_TRUE(holdings->complete);
  EXPECT_EQ(holdings->message, "within 7 s");
}

TEST_F(SessionTest, RefusesThePermitWhenTheLedgerFailsAndConfirmsNoReport) {
  serve();
  const auto link = connected();
  ASSERT_TRUE(link);
  sessions_.session->ledger_works = false;
  JournaledReport report;
  report.sequence = 7;
  report.report.child_order = ChildOrderId("co_1");
  link->report(report);
  const auto permit = run_async(context_, link->ask_permit(TaskId("task-1"), Epoch{1, 1}, soon()));
  ASSERT_TRUE(permit.ok()) << permit.error().message;
  EXPECT_TRUE(permit->child_orders.empty());
  EXPECT_TRUE(permit->retry_later);
  EXPECT_EQ(permit->refusal, "store_failed");
  EXPECT_EQ(worker_.lines(), Lines{"assigned family"});
}

TEST_F(SessionTest, TellsMainTheWorkersGoodbye) {
  serve();
  const auto link = connected();
  ASSERT_TRUE(link);
  link->close("goodbye");
  ASSERT_TRUE(wait(main_, 2));
  EXPECT_EQ(main_.lines().back(), "closed: goodbye");
  ASSERT_TRUE(wait(worker_, 2));
  EXPECT_EQ(worker_.lines().back(), "session closed: goodbye");
  const auto lease = run_async(context_, link->heartbeat(soon()));
  ASSERT_FALSE(lease.ok());
  EXPECT_EQ(lease.error().reason, "session_lost");
}

TEST_F(SessionTest, TellsTheWorkerWhyMainClosed) {
  serve();
  ASSERT_TRUE(connected());
  sessions_.link->close("superseded");
  ASSERT_TRUE(wait(worker_, 2));
  EXPECT_EQ(worker_.lines().back(), "session closed: superseded");
  ASSERT_TRUE(wait(main_, 2));
  EXPECT_EQ(main_.lines().back(), "closed: superseded");
}

TEST_F(SessionTest, SaysThatMainShutsDown) {
  serve();
  ASSERT_TRUE(connected());
  run_async(context_, server_->stop(soon()));
  server_.reset();
  ASSERT_TRUE(wait(worker_, 2));
  EXPECT_EQ(worker_.lines().back(), "session closed: shutting_down");
}

TEST_F(SessionTest, ReturnsMainsRefusalOfTheHello) {
  serve();
  sessions_.refusal = make_error(ErrorCode::conflict, "journal_older", "an old copy");
  const auto opened = connect();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::conflict);
  EXPECT_EQ(opened.error().reason, "journal_older");
  EXPECT_TRUE(worker_.lines().empty());
}

TEST_F(SessionTest, RefusesABadTokenBeforeTheHello) {
  serve();
  token_ = "guess";
  const auto opened = connect();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::unauthenticated);
  EXPECT_NE(opened.error().message.find("TOKEN_FILE"), std::string::npos);
  EXPECT_EQ(opened.error().message.find("guess"), std::string::npos);
  EXPECT_TRUE(main_.lines().empty());
}

TEST_F(SessionTest, DialsNobodyWithoutAToken) {
  serve();
  token_.clear();
  const auto opened = connect();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().reason, "no_token");
}

TEST_F(SessionTest, NamesMainAndItsSettingsWhenNobodyIsThere) {
  asio::ip::tcp::acceptor closed(context_, {asio::ip::address_v4::loopback(), 0});
  port_ = closed.local_endpoint().port();
  closed.close();
  const auto opened = connect();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().reason, "main_unreachable");
  EXPECT_NE(opened.error().message.find(fmt::format("127.0.0.1:{}", port_)), std::string::npos);
  EXPECT_NE(opened.error().message.find("MAIN_SERVER_PORT"), std::string::npos);
}

TEST_F(SessionTest, GivesUpOnAServerThatNeverAnswers) {
  asio::ip::tcp::acceptor silent(context_, {asio::ip::address_v4::loopback(), 0});
  port_ = silent.local_endpoint().port();
  const auto opened = connect(std::chrono::milliseconds(200));
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().reason, "main_unreachable");
}

TEST_F(SessionTest, ConnectsAgainAfterTheEnd) {
  serve();
  const auto first = connected();
  ASSERT_TRUE(first);
  first->close("goodbye");
  ASSERT_TRUE(wait(worker_, 2));
  ASSERT_TRUE(connect().ok());
  ASSERT_TRUE(wait(worker_, 3));
  EXPECT_EQ(worker_.lines().back(), "assigned family");
}

TEST_F(SessionTest, RefusesAPortThatIsTakenAndNamesTheRemedy) {
  serve();
  SessionServer second({.host = "127.0.0.1", .port = port_}, {.sessions = sessions_,
                                                              .may_join = [](std::string_view) { return true; },
                                                              .clock = clock_,
                                                              .rng = rng_,
                                                              .log = null_logger(),
                                                              .executor = context_.get_executor()});
  const auto port = second.start();
  ASSERT_FALSE(port.ok());
  EXPECT_EQ(port.error().reason, "port_taken");
  for (const std::string& part : {std::string("GRPC_PORT"), std::to_string(port_), std::string("in use")}) {
    EXPECT_NE(port.error().message.find(part), std::string::npos) << port.error().message;
  }
}

TEST_F(SessionTest, RefusesPlaintextBeyondThisMachine) {
  SessionServer open({.host = "0.0.0.0", .port = 0}, {.sessions = sessions_,
                                                      .may_join = [](std::string_view) { return true; },
                                                      .clock = clock_,
                                                      .rng = rng_,
                                                      .log = null_logger(),
                                                      .executor = context_.get_executor()});
  const auto port = open.start();
  ASSERT_FALSE(port.ok());
  EXPECT_EQ(port.error().reason, "plaintext_beyond_loopback");
}

}  // namespace
}  // namespace tradeauto
