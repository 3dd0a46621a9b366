#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include "cli/cli_bench_test.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kAccount =
    R"({"name":"mom","group":"demo","brokerage":"Tradier","enabled":true,"credential_fields":["ACCESS_TOKEN"],"activation":"active"})";
constexpr const char* kBrokerages =
    R"({"items":[{"name":"Paper","executors":["paper"],"guarantee":"dedupes","needs_browser":false,"credential_fields":[
         {"name":"CASH","label":"Cash","secret":false,"optional":true,"help":""}]},
       {"name":"Tradier","executors":["autorsa"],"guarantee":"none","needs_browser":false,"credential_fields":[
         {"name":"ACCESS_TOKEN","label":"Access token","secret":true,"optional":false,"help":"made on their page"}]}],
       "next_cursor":null})";

class ResourceTest : public CliBench {
 protected:
  json::value body() const { return json::parse(requests().back().body); }
};

TEST_F(ResourceTest, GroupsAreListed) {
  on("GET /v1/groups", 200,
     R"({"items":[{"name":"demo","state":"served","worker":"w1","accounts":2}],"next_cursor":null})");
  const Outcome done = run({"groups", "list"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.out, "NAME  STATE   WORKER  ACCOUNTS\ndemo  served  w1      2\n");
  EXPECT_EQ(run({"group", "list", "-o", "name"}).out, "demo\n");
  EXPECT_EQ(run({"group", "list", "-o", "csv"}).out, "name,state,worker,accounts\ndemo,served,w1,2\n");
}

TEST_F(ResourceTest, EventsAreListedPageByPage) {
  on("GET /v1/events", 200,
     R"({"items":[{"sequence":8,"at":"2026-01-02T00:00:00Z","type":"alarm","order_id":null,"child_order_id":null,
         "actor":{"kind":"system","name":"main"},"group":"demo","worker":null,"detail":"look"}],"next_cursor":"e38"})");
  on("GET /v1/events", 200, R"({"items":[],"next_cursor":null})");
  const Outcome done = run({"event", "list", "--after", "7", "--group", "demo", "--type", "alarm", "--limit", "9"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("8         2026-01-02T00:00:00Z  alarm  demo   main (system)"));
  EXPECT_EQ(requests().front().target, "/v1/events?after=7&group=demo&type=alarm&limit=9");
  EXPECT_EQ(requests().back().target, "/v1/events?after=7&group=demo&type=alarm&limit=8&cursor=e38");
  EXPECT_EQ(run({"event", "list", "-o", "name"}).out, "");
  EXPECT_EQ(run({"event", "list", "--limit", "some"}).code, 2);
}

TEST_F(ResourceTest, AGroupIsAddedShownAndRemoved) {
  on("PUT /v1/groups/my%20group", 201, R"({"name":"my group","state":"idle","worker":null,"accounts":0})");
  on("PUT /v1/groups/my%20group", 200, R"({"name":"my group","state":"idle","worker":null,"accounts":0})");
  on("GET /v1/groups/my%20group", 200, R"({"name":"my group","state":"idle","worker":null,"accounts":0})");
  on("DELETE /v1/groups/my%20group", 204, "");
  EXPECT_THAT(run({"group", "add", "my group"}).err, HasSubstr("added"));
  EXPECT_EQ(requests().back().body, "{}");
  EXPECT_THAT(run({"group", "add", "my group"}).err, HasSubstr("was there before"));
  EXPECT_THAT(run({"group", "show", "my group"}).out, HasSubstr("idle"));
  EXPECT_EQ(run({"group", "remove", "my group", "-y"}).code, 0);
  EXPECT_EQ(requests().back().method, "DELETE");
}

TEST_F(ResourceTest, RemovingAsksFirst) {
  EXPECT_EQ(run({"group", "remove", "demo"}).code, 2);
  context().stdin_is_terminal = true;
  EXPECT_EQ(run({"group", "remove", "demo"}, "n\n").code, 9);
  EXPECT_EQ(run({"account", "remove", "demo/mom"}, "\n").code, 9);
  EXPECT_TRUE(requests().empty());
  on("DELETE /v1/groups/demo/accounts/mom", 409, problem_json(409, "account_busy", "no"));
  const Outcome busy = run({"account", "remove", "demo/mom"}, "y\n");
  EXPECT_EQ(busy.code, 1);
  EXPECT_THAT(busy.err, HasSubstr("account_busy"));
}

TEST_F(ResourceTest, AccountsAreListedByTheirFullNames) {
  on("GET /v1/groups/demo/accounts", 200, std::string(R"({"items":[)") + kAccount + R"(],"next_cursor":null})");
  EXPECT_THAT(run({"account", "list", "--group", "demo"}).out,
              HasSubstr("demo/mom  Tradier    true     active      ACCESS_TOKEN"));
  EXPECT_EQ(run({"account", "list", "--group", "demo", "-o", "name"}).out, "demo/mom\n");
  EXPECT_EQ(run({"account", "list"}).code, 2);
}

TEST_F(ResourceTest, AnAccountsSecretComesFromStandardInput) {
  on("PUT /v1/groups/demo/accounts/mom", 201, kAccount);
  const Outcome done = run({"account", "add", "demo/mom", "--brokerage", "Tradier", "--credentials", "-"},
                           R"({"ACCESS_TOKEN":"not-a-real-one"})");
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out + done.err, Not(HasSubstr("not-a-real-one")));
  EXPECT_EQ(body(), json::parse(R"({"brokerage":"Tradier","credentials":{"ACCESS_TOKEN":"not-a-real-one"}})"));
}

TEST_F(ResourceTest, CredentialsThatCannotBeReadAreNotQuoted) {
  for (const std::string text :
       {"", "secret-word", R"(["secret-word"])", R"({"A":{"b":"secret-word"}})", R"({"A":1})"}) {
    const Outcome done = run({"account", "add", "demo/mom", "--brokerage", "Tradier", "--credentials", "-"}, text);
    EXPECT_EQ(done.code, 2) << text;
    EXPECT_THAT(done.err, HasSubstr("JSON object"));
    EXPECT_THAT(done.err, Not(HasSubstr("secret-word")));
  }
  const Outcome done =
      run({"account", "add", "demo/mom", "--brokerage", "Tradier", "--credentials", "/nowhere/mom.json"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("/nowhere/mom.json"));
  EXPECT_TRUE(requests().empty());
}

TEST_F(ResourceTest, ATooLongLogInIsRefused) {
  const std::string text = R"({"A":")" + std::string(60'000, 'x') + R"("})";
  on("PUT /v1/groups/demo/accounts/mom", 200, kAccount);
  EXPECT_EQ(run({"account", "add", "demo/mom", "--brokerage", "Tradier", "--credentials", "-"}, text).code, 0);
  EXPECT_THAT(run({"account", "add", "demo/mom", "--brokerage", "Tradier", "--credentials", "/dev/zero"}).err,
              HasSubstr("65536"));
}

TEST_F(ResourceTest, OnATerminalItAsksForWhatTheBrokerageMustHave) {
  context().stdin_is_terminal = true;
  on("GET /v1/brokerages", 200, kBrokerages);
  on("PUT /v1/groups/demo/accounts/mom", 201, kAccount);
  const Outcome done = run({"account", "add", "demo/mom", "--brokerage", "Tradier"}, "typed\n");
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("Access token (made on their page): "));
  EXPECT_EQ(body().at("credentials"), json::parse(R"({"ACCESS_TOKEN":"typed"})"));
  EXPECT_EQ(run({"account", "add", "demo/mom", "--brokerage", "Paper"}).code, 0) << "nothing to ask for";
  EXPECT_EQ(run({"account", "add", "demo/mom", "--brokerage", "Tradier"}, "").code, 2);
  EXPECT_EQ(run({"account", "add", "demo/mom", "--brokerage", "Trader"}).code, 2);
}

TEST_F(ResourceTest, WithoutATerminalTheServerSaysWhatIsMissing) {
  on("PUT /v1/groups/demo/accounts/mom", 422,
     problem_json(422, "bad_credentials", "no",
                  R"([{"pointer":"/credentials/ACCESS_TOKEN","code":"required","detail":"is missing"}])"));
  const Outcome done = run({"account", "add", "demo/mom", "--brokerage", "Tradier", "--disabled"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("credentials/ACCESS_TOKEN: is missing"));
  EXPECT_FALSE(body().at("enabled").as_bool());
}

TEST_F(ResourceTest, AccountsAreShownEnabledAndDisabled) {
  on("GET /v1/groups/demo/accounts/mom", 200, kAccount);
  on("PATCH /v1/groups/demo/accounts/mom", 200, kAccount);
  EXPECT_EQ(json::parse(run({"account", "show", "demo/mom", "-o", "json"}).out), json::parse(kAccount));
  EXPECT_THAT(run({"account", "disable", "demo/mom"}).err, HasSubstr("disabled"));
  EXPECT_EQ(body(), json::parse(R"({"enabled":false})"));
  run({"account", "enable", "demo/mom"});
  EXPECT_EQ(body(), json::parse(R"({"enabled":true})"));
  for (const std::string name : {"mom", "/mom", "demo/", "a/b/c"})
    EXPECT_EQ(run({"account", "show", name}).code, 2) << name;
}

TEST_F(ResourceTest, BrokeragesAreListedAndShown) {
  on("GET /v1/brokerages", 200, kBrokerages);
  EXPECT_THAT(run({"brokerage", "list"}).out, HasSubstr("CASH?"));
  const Outcome shown = run({"brokerage", "show", "Tradier"});
  EXPECT_THAT(shown.out, HasSubstr("ACCESS_TOKEN  Access token  true    false     made on their page"));
  EXPECT_THAT(shown.err, HasSubstr("guarantee none"));
  const Outcome unknown = run({"brokerage", "show", "Trader"});
  EXPECT_EQ(unknown.code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean Tradier?"));
}

TEST_F(ResourceTest, ExecutionsAreListedWithTheFiltersOfOrders) {
  on("GET /v1/executions", 200, R"({"items":[{"child_order_id":"c1","order_id":"o1","group":"demo","account":"mom",
      "brokerage":"Tradier","symbol":"AAPL","side":"buy","sub_account":"xxxx1234","status":"filled","broker_order_id":"228175",
      "quantity":"1","price":null,"message":"ok","at":"2026-01-02T00:00:00Z"}],"next_cursor":"x1"})");
  const Outcome done = run({"execution", "list", "--limit", "1", "--status", "filled", "--account", "demo/mom"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("demo/mom  xxxx1234     buy   1         AAPL    filled"));
  EXPECT_THAT(done.err, HasSubstr("there are more"));
  EXPECT_THAT(requests().back().target, HasSubstr("status=filled&account=demo%2Fmom&limit=1"));
  EXPECT_EQ(run({"executions", "list", "--limit", "1", "-o", "name"}).out, "c1\n");
  EXPECT_THAT(run({"execution", "list", "--limit", "1", "-o", "csv"}).out, HasSubstr("demo/mom,xxxx1234,buy,1,AAPL"));
  EXPECT_THAT(run({"execution", "list", "--status", "settled"}).err, HasSubstr("filled"));
}

TEST_F(ResourceTest, WorkersAreListedAndNoWorkerIsStarted) {
  on("GET /v1/workers", 200,
     R"({"items":[{"name":"w1","state":"serving","link":"session","version":"1","groups":["demo","b"],
         "executors":["paper 1","autorsa: not available: it is not in /x; install it","tradier 2: it is slow"]}]})");
  const Outcome done = run({"worker", "list"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("demo, b  paper 1, autorsa: not available, tradier 2\n"));
  EXPECT_THAT(run({"worker", "list", "-o", "json"}).out, HasSubstr("install it"));
  EXPECT_EQ(run({"workers", "list"}).out, done.out);
  EXPECT_EQ(served(), 0);
  run({"worker"});
  EXPECT_EQ(served(), 1);
}

TEST_F(ResourceTest, AWorkerIsDrained) {
  on("POST /v1/workers/w%201/drain", 200,
     R"({"name":"w 1","state":"draining","link":"session","version":"1","groups":[],"executors":["paper"],"executing":2})");
  const Outcome done = run({"worker", "drain", "w 1", "-o", "csv"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("w 1,draining,session,1,,paper,2,"));
  EXPECT_THAT(done.err, HasSubstr("w 1 is draining"));
  EXPECT_EQ(requests().back().body, "{}");
  EXPECT_EQ(run({"worker", "drain", "w 1", "-o", "name"}).out, "w 1\n");
  on("POST /v1/workers/w2/drain", 404,
     R"({"type":"/problems/unknown_worker","title":"t","status":404,"detail":"there is no worker","code":"unknown_worker","sent":"no"})");
  EXPECT_EQ(run({"worker", "drain", "w2"}).code, 3);
  EXPECT_EQ(run({"worker", "drain"}).code, 2);
  EXPECT_EQ(served(), 0) << "no worker is started";
}

TEST_F(ResourceTest, TheVersionNeedsNoServer) {
  context().server = []() -> Result<ServerAddress> {
    return make_error(ErrorCode::internal, "x", "asked for a server");
  };
  context().token = []() -> Result<SecretString> { return make_error(ErrorCode::internal, "x", "asked for a token"); };
  EXPECT_EQ(run({"version"}).out, "tradeauto 1.2.3\n");
  EXPECT_EQ(json::parse(run({"version", "-o", "json"}).out), json::parse(R"({"version":"1.2.3"})"));
}

TEST_F(ResourceTest, WithAServerItsVersionIsToldToo) {
  on("GET /v1/version", 200, R"({"version":"1.2.4"})");
  EXPECT_EQ(run({"version", "--server", address()}).out, "tradeauto 1.2.3\nserver 1.2.4\n");
}

TEST_F(ResourceTest, AFullDiskIsNoSuccess) {
  on("GET /v1/groups", 200, R"({"items":[],"next_cursor":null})");
  EXPECT_EQ(run_into("/dev/full", {"group", "list"}).code, 74);
}

TEST_F(ResourceTest, ColourIsForTerminalsAndStatuses) {
  on("GET /v1/groups", 200,
     R"({"items":[{"name":"demo","state":"served","worker":"w1","accounts":2}],"next_cursor":null})");
  context().stdout_is_terminal = true;
  EXPECT_THAT(run({"group", "list"}).out, HasSubstr("\x1b[32mserved\x1b[0m"));
  EXPECT_THAT(run({"group", "list", "--no-color"}).out, Not(HasSubstr("\x1b")));
  context().no_color = true;
  EXPECT_THAT(run({"group", "list"}).out, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace tradeauto
