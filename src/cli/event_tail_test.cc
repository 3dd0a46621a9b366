#include <csignal>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include "cli/cli_bench_test.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kQuickly = "retry: 10\n\n";

// A tail ends when the server refuses: the last answer of each test.
class EventTailTest : public CliBench {
 protected:
  void streams(const std::string& body) { on("GET /v1/events", {.body = body, .stream = true}); }
  void refuses() { on("GET /v1/events", 403, problem_json(403, "missing_scope", "no")); }
  std::vector<std::string> seen_ids() const {
    std::vector<std::string> ids;
    for (const FakeRequest& request : requests()) {
      const auto id = request.headers.find("last-event-id");
      ids.push_back(id == request.headers.end() ? "none" : id->second);
    }
    return ids;
  }
};

TEST_F(EventTailTest, GoesOnAfterEachBreakWhereItWas) {
  streams(std::string("id: 40\n") + kQuickly);
  streams(kQuickly + event_text(41, "order_accepted", "") + "id: 42\nevent: alarm\ndata: {\"cut");
  on("GET /v1/events", {.cut = true});
  on("GET /v1/events", 503, problem_json(503, "too_many_streams", "no"));
  on("GET /v1/events", 429, problem_json(429, "too_many_requests", "no"));
  streams(kQuickly + event_text(42, "child_order_filled", "c0", "x1 filled 1"));
  refuses();
  const Outcome done = run({"event", "tail", "--group", "my group", "--type", "a", "-o", "name"});
  EXPECT_EQ(done.code, 4);
  EXPECT_EQ(done.out, "41\n42\n");
  EXPECT_THAT(done.err, HasSubstr("broke off"));
  EXPECT_THAT(done.err, HasSubstr("stands again"));
  EXPECT_THAT(seen_ids(), ElementsAre("none", "40", "41", "41", "41", "41", "42"));
  EXPECT_EQ(requests().front().target, "/v1/events?group=my%20group&type=a");
  EXPECT_EQ(requests().front().headers.at("accept"), "text/event-stream");
}

TEST_F(EventTailTest, PromisesNothingBeforeItKnowsWhereItBegins) {
  streams("id: 40\nretry: 1");
  refuses();
  const Outcome cut = run({"event", "tail", "-o", "name"});
  EXPECT_THAT(cut.err, Not(AnyOf(HasSubstr("as they happen"), HasSubstr("stands again"))));
  EXPECT_THAT(seen_ids(), ElementsAre("none", "none"));
  forget();
  streams(std::string("id: 40\n") + kQuickly);
  refuses();
  EXPECT_THAT(run({"event", "tail", "-o", "name"}).err, HasSubstr("as they happen"));
}

TEST_F(EventTailTest, BeginsAfterASequence) {
  streams(kQuickly);
  streams(kQuickly + event_text(8, "alarm", ""));
  refuses();
  EXPECT_EQ(run({"event", "tail", "--after", "7", "-q", "-o", "name"}).out, "8\n");
  ASSERT_EQ(requests().size(), 3U);
  EXPECT_EQ(requests()[0].target, "/v1/events?after=7");
  EXPECT_EQ(requests()[1].target, "/v1/events?after=7");
  EXPECT_EQ(requests()[2].target, "/v1/events");
}

TEST_F(EventTailTest, EachFormatIsWrittenEventByEvent) {
  const std::string two = event_text(1, "alarm", "", "a,b") + event_text(2, "child_order_filled", "c0");
  const auto told = [&](const std::string& format) {
    on("GET /v1/events", {.body = kQuickly + two, .stream = true});
    refuses();
    return run({"event", "tail", "-q", "-o", format}).out;
  };
  const std::string table = told("table");
  EXPECT_THAT(table, HasSubstr("SEQUENCE  AT "));
  EXPECT_THAT(table, HasSubstr("\n2         2026-01-02T03:04:06Z  child_order_filled       demo   w1 (worker)    o-1"));
  forget();
  EXPECT_EQ(told("csv"),
            "sequence,at,type,group,who,order,worker,detail\n"
            "1,2026-01-02T03:04:06.000001Z,alarm,demo,w1 (worker),o-1,,\"a,b\"\n"
            "2,2026-01-02T03:04:06.000002Z,child_order_filled,demo,w1 (worker),o-1,,\n");
  forget();
  const std::string lines = told("json");
  ASSERT_EQ(std::ranges::count(lines, '\n'), 2);
  EXPECT_EQ(json::parse(lines.substr(0, lines.find('\n'))).at("sequence"), 1);
  forget();
  EXPECT_THAT(told("yaml"), HasSubstr("-\n  sequence: 1\n"));
}

TEST_F(EventTailTest, AResetIsToldAndGoesOn) {
  streams(kQuickly + std::string("id: 90\nevent: reset\ndata: {\"newest\":90}\n\n") + event_text(91, "alarm", ""));
  refuses();
  const Outcome done = run({"event", "tail", "--after", "100", "-q", "-o", "name"});
  EXPECT_EQ(done.out, "91\n");
  EXPECT_THAT(done.err, HasSubstr("may be missing up to 90"));
}

TEST_F(EventTailTest, AFirstFailureIsTheCommands) {
  on("GET /v1/events", {.cut = true});
  EXPECT_EQ(run({"event", "tail"}).code, 8);
  forget();
  on("GET /v1/events", 200, R"({"items":[]})");
  const Outcome page = run({"event", "tail"});
  EXPECT_EQ(page.code, 1);
  EXPECT_THAT(page.err, HasSubstr("no event stream"));
  forget();
  on("GET /v1/events", 404, "");
  EXPECT_EQ(run({"event", "tail"}).code, 3);
  forget();
  streams("data: not json\n\n");
  EXPECT_EQ(run({"event", "tail"}).code, 1);
}

TEST_F(EventTailTest, CtrlCSaysHowToGoOn) {
  streams(kQuickly + event_text(41, "alarm", ""));
  on("GET /v1/events", {.body = ":\n\n", .hold = true, .stream = true});
  seen_ = [this](const FakeRequest&) {
    if (requests().size() == 2) ::raise(SIGINT);
  };
  const Outcome done = run({"event", "tail", "-o", "name"});
  EXPECT_EQ(done.code, 130);
  EXPECT_EQ(done.out, "41\n");
  EXPECT_THAT(done.err, HasSubstr("tradeauto event tail --after 41"));
  EXPECT_THAT(done.err, Not(HasSubstr("error")));
}

TEST_F(EventTailTest, EndsWhenNobodyReadsIt) {
  streams(event_text(1, "alarm", ""));
  EXPECT_EQ(run_into("/dev/full", {"event", "tail"}).code, 74);
}

}  // namespace
}  // namespace tradeauto
