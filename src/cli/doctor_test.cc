#include "cli/doctor.h"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include "cli/cli_bench_test.h"
#include "cli/json_text.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kVersion = "GET /v1/version";
constexpr const char* kReady = "GET /readyz";
constexpr const char* kWorkers = "GET /v1/workers";

class DoctorTest : public CliBench {
 protected:
  // A server that is well.
  void all_is_well() {
    on(kVersion, 200, R"({"version":"1.2.3"})");
    on(kReady, 200, "{}");
    on(kWorkers, 200, R"({"items":[{"name":"w1","state":"serving"}],"next_cursor":null})");
  }
  // "ok", "warn" or "fail" of this check, and the exit code of all.
  std::pair<std::string, int> look(const std::string& name) {
    const Outcome done = run({"doctor", "-o", "json"});
    last_ = done;
    const json::value parsed = json::parse(done.out);
    for (const json::value& item : parsed.at("items").as_array()) {
      const json::object& check = item.as_object();
      if (text_of(check, "check") == name) return {text_of(check, "status"), done.code};
    }
    return {"none", done.code};
  }
  using Found = std::pair<std::string, int>;

  Outcome last_;
};

TEST_F(DoctorTest, AHealthyServerPassesEachCheck) {
  all_is_well();
  for (const std::string check : {"server", "server clock", "ready", "workers"}) {
    EXPECT_EQ(look(check), Found("ok", 0)) << check << last_.out;
  }
  EXPECT_THAT(last_.err, HasSubstr("4 checks: 0 failed, 0 warnings"));
  EXPECT_THAT(run({"doctor"}).out, HasSubstr("workers       ok      connected: w1"));
}

TEST_F(DoctorTest, LocalChecksComeFirstAndCount) {
  all_is_well();
  context().local_checks = [] {
    return std::vector<Check>{{.name = "disk", .status = Check::Status::fail, .detail = "full", .remedy = "make room"},
                              {.name = "token", .status = Check::Status::warn}};
  };
  EXPECT_EQ(look("disk"), Found("fail", 1));
  EXPECT_THAT(last_.err, HasSubstr("6 checks: 1 failed, 1 warnings"));
  EXPECT_THAT(run({"doctor"}).out, testing::ContainsRegex("disk +fail +full +make room"));
  EXPECT_THAT(run({"doctor", "-o", "name"}).out, testing::StartsWith("disk\ntoken\nserver\n"));
}

TEST_F(DoctorTest, ARepairLooksAtNothingElse) {
  context().repair_journal = [] { return Result<std::string>("the journal goes on"); };
  const Outcome done = run({"doctor", "--repair-journal"});
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(done.out, "the journal goes on\n");
  EXPECT_TRUE(requests().empty());
  context().repair_journal = []() -> Result<std::string> {
    return make_error(ErrorCode::conflict, "data_dir_taken", "a worker runs");
  };
  const Outcome refused = run({"doctor", "--repair-journal"});
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.err, HasSubstr("a worker runs"));
}

TEST_F(DoctorTest, AServerThatIsAwayIsTheLastCheck) {
  on(kVersion, {.cut = true});
  EXPECT_EQ(look("server"), Found("fail", 1));
  EXPECT_THAT(last_.out, HasSubstr("tradeauto up"));
  EXPECT_EQ(look("ready").first, "none");
}

TEST_F(DoctorTest, ATokenThatOpensNothingIsTold) {
  on(kVersion, 401, problem_json(401, "no_token", "no"));
  EXPECT_EQ(look("server"), Found("fail", 1));
  EXPECT_THAT(last_.out, HasSubstr("--token-file"));
  EXPECT_THAT(last_.out, Not(HasSubstr("ta_test")));
  context().token = [] {
    return Result<SecretString>(make_error(ErrorCode::permission_denied, "secret_file_too_open", "TOKEN_FILE=x: open"));
  };
  EXPECT_EQ(look("server"), Found("fail", 1));
}

TEST_F(DoctorTest, AnotherVersionIsAWarning) {
  on(kVersion, 200, R"({"version":"1.2.4"})");
  EXPECT_EQ(look("server"), Found("warn", 1));
  EXPECT_THAT(last_.out, HasSubstr("1.2.4"));
}

TEST_F(DoctorTest, ClocksThatDifferAreTold) {
  all_is_well();
  const auto clock_at = [this](const std::string& date) {
    forget();
    on(kVersion, {.body = R"({"version":"1.2.3"})", .date = date});
    return look("server clock").first;
  };
  EXPECT_EQ(clock_at("Sun, 06 Nov 1994 08:49:37 GMT"), "fail");
  for (const std::string odd : {"yesterday", "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 66 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(clock_at(odd), "ok") << odd;
    EXPECT_THAT(last_.out, HasSubstr("did not tell its time"));
  }
}

TEST_F(DoctorTest, AServerThatIsNotReadyFails) {
  on(kVersion, 200, R"({"version":"1.2.3"})");
  on(kReady, 503, problem_json(503, "starting", "no"));
  EXPECT_EQ(look("ready"), Found("fail", 1));
  EXPECT_THAT(last_.out, HasSubstr("because of starting"));
}

TEST_F(DoctorTest, WithoutAWorkerNothingTrades) {
  const auto with_workers = [this](const std::string& items) {
    forget();
    on(kWorkers, 200, R"({"items":[)" + items + R"(],"next_cursor":null})");
    on(kVersion, 200, R"({"version":"1.2.3"})");
    on(kReady, 200, "{}");
    return look("workers");
  };
  EXPECT_EQ(with_workers(""), Found("fail", 1));
  EXPECT_EQ(with_workers(R"({"name":"w1","state":"lost"})"), Found("fail", 1));
  EXPECT_EQ(with_workers(R"({"name":"w1","state":"lost"},{"name":"w2","state":"idle"})"), Found("warn", 0));
  forget();
  on(kWorkers, 403, problem_json(403, "missing_scope", "no"));
  on(kVersion, 200, R"({"version":"1.2.3"})");
  on(kReady, 200, "{}");
  EXPECT_EQ(look("workers"), Found("warn", 0));
}

}  // namespace
}  // namespace tradeauto
