// Pings, and who is called back: workers that come, go, come again, and are too many.
#include "rpc/legacy_main.h"

#include <algorithm>
#include <array>
#include <limits>

#include "rpc/legacy_time_bench_test.h"

namespace tradeauto {
namespace {

class LegacyMainTest : public LegacyBench {
 protected:
  // Sessions that have begun and not ended.
  std::ptrdiff_t standing() const {
    return std::ranges::count_if(story_.lines, [](const std::string& line) { return line == "open"; }) -
           std::ranges::count_if(story_.lines, [](const std::string& line) { return line.starts_with("closed: "); });
  }
};

using LegacyMainTimeTest = LegacyTimeBench;

TEST_F(LegacyMainTest, APingIsCalledBackAndTradesOnceForAllAccounts) {
  FakeOriginal worker;
  connect(worker.port);
  const WorkerHello& hello = story_.hellos.front();
  EXPECT_EQ(hello.kind, WorkerHello::Kind::legacy);
  EXPECT_EQ(hello.name.str(), "legacy-127.0.0.1-" + std::to_string(worker.port));
  EXPECT_TRUE(hello.journal.tail_cut) << "nothing proves that it did not start";
  activate("dad");
  activate("mom");
  offer({"dad", "mom"}, {"dad"});
  offer({"dad", "mom"}, {"mom"});
  until_line("report co-mom denied worker_refused");
  until_line("report co-dad denied worker_refused");
  EXPECT_EQ(trades(worker), 1);
  EXPECT_EQ(worker.seen().front(), "activate dad token");
}

TEST_F(LegacyMainTest, BadPortsAreRefusedAndADeadOneGetsNoSession) {
  for (const int bad : {0, -1, 65536, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()}) {
    EXPECT_EQ(ping(bad).error_code(), grpc::StatusCode::INVALID_ARGUMENT) << bad;
  }
  FakeOriginal dead;
  dead.stop();
  EXPECT_TRUE(ping(dead.port).ok());
  FakeOriginal alive;
  connect(alive.port);
  ASSERT_EQ(story_.hellos.size(), 1U);
  EXPECT_EQ(story_.hellos.front().name.str(), "legacy-127.0.0.1-" + std::to_string(alive.port));
}

TEST_F(LegacyMainTest, TwoWorkersAtOneAddressAreTwo) {
  FakeOriginal first;
  FakeOriginal second;
  connect(first.port);
  activate("dad");
  connect(second.port);
  activate("mom");
  ASSERT_EQ(opened(), 2U);
  EXPECT_NE(story_.hellos[0].name, story_.hellos[1].name);
  EXPECT_NE(story_.hellos[0].journal.id, story_.hellos[1].journal.id);
  EXPECT_EQ(first.seen(), std::vector<std::string>{"activate dad token"});
  EXPECT_EQ(second.seen(), std::vector<std::string>{"activate mom token"});
  EXPECT_FALSE(story_.has("closed: superseded"));
}

TEST_F(LegacyMainTest, PingsAtOnceLeaveOneSessionForEachWorker) {
  const std::array<FakeOriginal, 3> workers;
  std::vector<std::shared_ptr<Ping>> pings;
  for (int round = 0; round < 8; ++round) {
    for (const FakeOriginal& worker : workers) pings.push_back(begin_ping(worker.port));
  }
  until([&] { return std::ranges::all_of(pings, [](const auto& each) { return each->status.has_value(); }); });
  for (const auto& each : pings) EXPECT_TRUE(each->status->ok());
  until([&] { return standing() == 3; });
  std::set<JournalId> journals;
  for (const WorkerHello& hello : story_.hellos) journals.insert(hello.journal.id);
  EXPECT_EQ(journals.size(), 3U);
  activate("mom");
}

TEST_F(LegacyMainTest, MoreThan1024WorkersAreRefused) {
  // Ports below 1025: no test listens there. Nobody need answer in order to be counted.
  std::vector<std::shared_ptr<Ping>> pings;
  for (int port = 1; port <= 1024; ++port) pings.push_back(begin_ping(port));
  until([&] { return std::ranges::all_of(pings, [](const auto& each) { return each->status.has_value(); }); });
  for (const auto& each : pings) EXPECT_TRUE(each->status->ok());
  FakeOriginal worker;
  EXPECT_EQ(ping(worker.port).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(ping(7).ok()) << "one that is known is no other one";
  EXPECT_EQ(opened(), 0U);
}

TEST_F(LegacyMainTest, AWorkerThatGetsNoSessionIsBroughtAgain) {
  story_.refused_hellos = 1;
  FakeOriginal worker;
  connect(worker.port);
  EXPECT_EQ(story_.lines, (std::vector<std::string>{"not opened", "open"}));
  activate("mom");
  EXPECT_EQ(worker.seen().size(), 1U);
}

TEST_F(LegacyMainTest, AReleasedWorkerComesBackForItsOwnGroupOnly) {
  FakeOriginal worker;
  connect(worker.port);
  activate("mom");
  story_.link->release(ref("mom").group);
  until([&] { return opened() == 2; });
  EXPECT_TRUE(story_.has("closed: released"));
  EXPECT_EQ(story_.hellos.back().only_groups, std::vector<GroupName>{ref("mom").group}) << "it still holds mom";
  EXPECT_EQ(trades(worker), 0);
}

TEST_F(LegacyMainTimeTest, AWorkerThatCannotBeReachedForHalfAnHourIsForgotten) {
  auto worker = std::make_unique<FakeOriginal>();
  const int port = worker->port;
  connect_passing(port);
  activate("mom");
  worker.reset();
  until_passing(std::chrono::milliseconds(100), [this] { return story_.has("closed: connection_lost"); });
  // It is lost for as long as the next look takes, and then for 29 minutes.
  look();
  clock_of_main.advance(std::chrono::minutes(29));
  until_passing(std::chrono::nanoseconds(0), [looks = 0]() mutable { return ++looks > 60; });
  EXPECT_EQ(forgotten(), 0);
  until_passing(std::chrono::seconds(5), [this] { return forgotten() == 1; });
  const FakeOriginal again(port);
  connect_passing(port);
  EXPECT_NE(story_.hellos.back().journal.id, story_.hellos.front().journal.id) << "nobody knows it any more";
  EXPECT_TRUE(story_.hellos.back().only_groups.empty());
}

TEST_F(LegacyMainTimeTest, PingsOfAWorkerThatIsBeingDialledAreHeardAndDialNoOther) {
  auto worker = std::make_unique<FakeOriginal>();
  const int port = worker->port;
  worker.reset();
  for (int half = 0; half < 3; ++half) {
    EXPECT_TRUE(ping(port).ok());
    look();
    clock_of_main.advance(std::chrono::minutes(29));
    look();
  }
  EXPECT_EQ(forgotten(), 0) << "it pinged less than half an hour ago";
  const FakeOriginal again(port);
  connect_passing(port);
  EXPECT_EQ(log.count("a worker pinged"), 1);
  EXPECT_EQ(opened(), 1U);
}

TEST_F(LegacyMainTimeTest, TheProcessThatPingsWhileItsPredecessorIsDialledHoldsNothing) {
  auto worker = std::make_unique<FakeOriginal>();
  const int port = worker->port;
  connect_passing(port);
  activate("mom", "old");
  // While its connection stands: it may hold mom. Then it is gone, others come and go, and main has not looked.
  EXPECT_TRUE(ping(port).ok());
  worker.reset();
  for (int other = 0; other < 20; ++other) EXPECT_TRUE(ping(port).ok());
  const FakeOriginal again(port);
  connect_passing(port);
  EXPECT_TRUE(story_.hellos.back().only_groups.empty());
  activate("mom", "new");
  EXPECT_EQ(again.seen(), std::vector<std::string>{"activate mom new"});
}

TEST_F(LegacyMainTest, APingAfterALossIsANewProcessThatHoldsNothing) {
  auto worker = std::make_unique<FakeOriginal>();
  const int port = worker->port;
  connect(port);
  activate("mom", "old");
  worker.reset();
  until_line("closed: connection_lost");
  FakeOriginal again(port);
  EXPECT_TRUE(ping(port).ok());
  until([&] { return opened() > 1 && story_.hellos.back().only_groups.empty(); });
  EXPECT_EQ(story_.hellos.back().journal.id, story_.hellos.front().journal.id) << "so the old session is replaced";
  activate("mom", "new");
  offer({"mom"}, {"mom"});
  until_line("report co-mom denied worker_refused");
}

TEST_F(LegacyMainTimeTest, ANewProcessThatPingsBeforeTheOldOneIsMissedHoldsNothing) {
  auto worker = std::make_unique<FakeOriginal>();
  const int port = worker->port;
  connect_passing(port);
  activate("mom", "old");
  worker.reset();
  until([this] { return !dynamic_cast<const LegacyLink&>(*story_.link).ready(); });
  const FakeOriginal again(port);
  connect_passing(port);
  EXPECT_EQ(story_.count("closed: connection_lost"), 0) << "main had not looked";
  activate("mom", "new");
  EXPECT_EQ(again.seen(), std::vector<std::string>{"activate mom new"});
}

TEST_F(LegacyMainTest, APingOnAStandingConnectionForgetsNothing) {
  FakeOriginal worker;
  connect(worker.port);
  activate("mom", "old");
  connect(worker.port);
  until_line("closed: superseded");
  activate("mom", "new", ": legacy_accounts_differ");
}

TEST_F(LegacyMainTest, ABadAddressInTheAllowListIsAnError) {
  SessionServerSettings settings;
  settings.legacy_peers = {{"not-an-address"}};
  SessionServer server(settings, SessionServer::Needs{.sessions = sessions_,
                                                      .may_join = [](std::string_view) { return false; },
                                                      .clock = clock_,
                                                      .rng = rng_,
                                                      .log = null_logger(),
                                                      .executor = context_.get_executor()});
  const auto started = server.start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().reason, "bad_address");
}

}  // namespace
}  // namespace tradeauto
