#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "cli/cli_bench_test.h"
#include "testing/temp_folder.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kRedis = "redis://127.0.0.1:6379";

ImportAccount tradier(const std::string& name) {
  ImportAccount account;
  account.origin = "Account:" + name;
  account.group = "family";
  account.account = name;
  account.brokerage = "Tradier";
  account.credentials.emplace_back("ACCESS_TOKEN", SecretString("hidden-" + name));
  return account;
}

// `import --legacy-redis` from a source that the test makes.
class ImportTest : public CliBench {
 protected:
  ImportTest() {
    context().import_sources.legacy_redis = [this](RedisAddress address) { return read(std::move(address)); };
    context().import_sources.autorsa_env = [this](const SecretString& text, const std::string& group) {
      text_ = text.reveal();
      group_ = group;
      return Result<ImportContents>(contents_);
    };
    on("GET /v1/groups/family/accounts", 404, problem_json(404, "unknown_group", "no"));
    on("PUT /v1/groups/family", 201, "{}");
  }

  Outcome import(std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"import", "--legacy-redis", kRedis};
    words.insert(words.end(), more.begin(), more.end());
    return run(std::move(words));
  }

  std::size_t calls(const std::string& method) const {
    std::size_t count = 0;
    for (const FakeRequest& request : requests()) count += request.method == method ? 1 : 0;
    return count;
  }

  ImportContents contents_;
  std::optional<Error> failure_;
  std::optional<RedisAddress> address_;
  std::string text_;
  std::string group_;
  TempFolder folder_;

 private:
  asio::awaitable<Result<ImportContents>> read(RedisAddress address) {
    address_ = std::move(address);
    if (failure_) co_return *failure_;
    co_return contents_;
  }
};

TEST_F(ImportTest, TakesEachAccountOnceAndSaysSo) {
  contents_.accounts = {tradier("mom"), tradier("dad")};
  contents_.accounts[1].enabled = false;
  contents_.accounts[1].detail = "disabled there";
  on("PUT /v1/groups/family/accounts/mom", 201, "{}");
  on("PUT /v1/groups/family/accounts/dad", 201, "{}");
  const Outcome done = import();
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("Account:dad  family/dad  Tradier    taken   disabled there"));
  EXPECT_THAT(done.err, HasSubstr("2 taken, 0 there already, 0 left"));
  EXPECT_THAT(done.err, HasSubstr("group family added"));
  EXPECT_THAT(done.out + done.err, Not(HasSubstr("hidden")));
  EXPECT_EQ(calls("PUT"), 3U);
  EXPECT_EQ(requests().back().headers.at("if-none-match"), "*");
  EXPECT_EQ(json::parse(requests().back().body),
            json::parse(R"({"brokerage":"Tradier","credentials":{"ACCESS_TOKEN":"hidden-dad"},"enabled":false})"));
}

TEST_F(ImportTest, WhatIsThereAlreadyStaysAsItIs) {
  contents_.accounts = {tradier("mom"), tradier("dad")};
  on("GET /v1/groups/family/accounts", 200,
     R"({"items":[{"name":"mom","brokerage":"Tradier"},{"name":"dad","brokerage":"Chase"}],"next_cursor":null})");
  // on() adds to what the constructor said; the first answer is used up here.
  EXPECT_EQ(run({"account", "list", "--group", "family"}).code, 3);
  const Outcome done = import();
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, HasSubstr("there_already"));
  EXPECT_THAT(done.out, HasSubstr("is there, at Chase"));
  EXPECT_EQ(calls("PUT"), 0U);
}

TEST_F(ImportTest, ADryRunChangesNothing) {
  contents_.accounts = {tradier("mom")};
  const Outcome done = import({"--dry-run", "-o", "json"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(calls("PUT"), 0U);
  EXPECT_EQ(json::parse(done.out), json::parse(R"({"dry_run":true,"groups_added":["family"],
      "counts":{"would_take":1,"there_already":0,"left":0},
      "items":[{"origin":"Account:mom","group":"family","account":"mom","name":"family/mom","brokerage":"Tradier",
                "enabled":true,"status":"would_take","reason":null,"detail":null}]})"));
  EXPECT_THAT(done.err, HasSubstr("nothing was changed"));
  EXPECT_EQ(import({"--dry-run", "-o", "name"}).out, "family/mom\n");
}

TEST_F(ImportTest, OneBadAccountStopsNoOther) {
  contents_.accounts = {tradier("mom"), tradier("dad"), tradier("son"), tradier("aunt")};
  contents_.accounts[0].left = "no_group";
  contents_.accounts[0].detail = "it is in no group";
  on("PUT /v1/groups/family/accounts/dad", 409, problem_json(409, "login_registered", "no"));
  on("PUT /v1/groups/family/accounts/son", 422,
     problem_json(422, "bad_credentials", "no",
                  R"([{"pointer":"/credentials/ACCESS_TOKEN","code":"required","detail":"ACCESS_TOKEN is missing"}])"));
  on("PUT /v1/groups/family/accounts/aunt", 201, "{}");
  const Outcome done = import();
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, HasSubstr("1 taken, 0 there already, 3 left"));
  EXPECT_THAT(done.out, HasSubstr("it is in no group"));
  EXPECT_THAT(done.out, HasSubstr("because of login_registered"));
  EXPECT_THAT(done.out, HasSubstr("ACCESS_TOKEN is missing"));
}

TEST_F(ImportTest, AnAccountRegisteredMeanwhileIsThereAlready) {
  contents_.accounts = {tradier("mom")};
  on("GET /v1/groups/family/accounts", 200, R"({"items":[{"name":"mom","brokerage":"Tradier"}],"next_cursor":null})");
  on("PUT /v1/groups/family/accounts/mom", 412, problem_json(412, "version_mismatch", "no"));
  const Outcome done = import();
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("there_already"));
}

TEST_F(ImportTest, WhenTheServerGoesTheReportOfWhatWasTakenStays) {
  contents_.accounts = {tradier("mom"), tradier("dad"), tradier("son")};
  on("PUT /v1/groups/family/accounts/mom", 201, "{}");
  on("PUT /v1/groups/family/accounts/dad", {.status = 200, .body = {}, .cut = true});
  const Outcome done = import();
  EXPECT_EQ(done.code, 8);
  EXPECT_THAT(done.err, HasSubstr("1 taken, 0 there already, 2 left"));
  EXPECT_THAT(done.err, HasSubstr("Repeat the import"));
  EXPECT_THAT(done.err, Not(HasSubstr("do not simply repeat")));
  EXPECT_THAT(done.out, HasSubstr("the import ended before"));
}

TEST_F(ImportTest, WhoMayNotIsToldSo) {
  contents_.accounts = {tradier("mom")};
  on("GET /v1/groups/family/accounts", 403, problem_json(403, "missing_scope", "no"));
  run({"account", "list", "--group", "family"});
  const Outcome done = import();
  EXPECT_EQ(done.code, 4);
  EXPECT_EQ(done.out, "");
}

TEST_F(ImportTest, CtrlCLetsTheAccountOnItsWayArriveAndReports) {
  constexpr int kAccounts = 20;
  for (int i = 0; i < kAccounts; ++i) {
    contents_.accounts.push_back(tradier(fmt::format("a{}", i)));
    on(fmt::format("PUT /v1/groups/family/accounts/a{}", i), 201, "{}");
  }
  seen_ = [](const FakeRequest& request) {
    if (request.target.ends_with("/a0")) ::kill(::getpid(), SIGINT);
  };
  const Outcome done = import();
  EXPECT_EQ(done.code, 130);
  // How soon the signal is seen is the machine's affair; what was sent is told to the last one.
  const std::size_t taken = calls("PUT") - 1;
  EXPECT_THAT(done.err, HasSubstr(fmt::format("{} taken, 0 there already, {} left", taken, kAccounts - taken)));
  EXPECT_THAT(done.err, HasSubstr(fmt::format("{} accounts were taken before", taken)));
  EXPECT_THAT(done.out, HasSubstr("the import ended before"));
}

TEST_F(ImportTest, ASourceThatFailsDecidesTheExitCode) {
  for (const auto& [code, exit] : {std::pair(ErrorCode::unavailable, 8), std::pair(ErrorCode::unauthenticated, 4),
                                   std::pair(ErrorCode::not_found, 3), std::pair(ErrorCode::invalid_argument, 2)}) {
    failure_ = make_error(code, "x", "no such luck");
    const Outcome done = import();
    EXPECT_EQ(done.code, exit);
    EXPECT_THAT(done.err, HasSubstr("no such luck"));
  }
  EXPECT_TRUE(requests().empty());
}

TEST_F(ImportTest, NamesOfAnyBytesComeOutAsText) {
  ImportAccount odd;
  odd.origin = "Account:\xFF\x1B";
  odd.account = "\xFF\x1B";
  odd.left = "bad_name";
  contents_.accounts = {odd};
  const Outcome table = import();
  EXPECT_THAT(table.out, HasSubstr("Account:\\xFF"));
  EXPECT_THAT(table.out, Not(HasSubstr("\x1B")));
  EXPECT_EQ(json::parse(import({"-o", "json"}).out).at("items").at(0).at("account"), "\\xFF\x1B");
}

TEST_F(ImportTest, AUrlIsTakenApart) {
  contents_.accounts = {tradier("mom")};
  import({"--dry-run"});
  EXPECT_EQ(address_->host, "127.0.0.1");
  run({"import", "--legacy-redis", "redis://[::1]:7000/3", "--dry-run"});
  EXPECT_EQ(address_->host, "::1");
  EXPECT_EQ(address_->port, 7000);
  EXPECT_EQ(address_->database, 3U);
  run({"import", "--legacy-redis", "redis://localhost/", "--dry-run"});
  EXPECT_EQ(address_->port, 6379);
  EXPECT_EQ(address_->database, 0U);
}

TEST_F(ImportTest, AUrlThatCannotBeIsNeverQuoted) {
  for (const std::string url :
       {"redis://:hidden@127.0.0.1", "redis://me:hidden@127.0.0.1:6379/0", "rediss://hidden", "http://hidden", "hidden",
        "redis://", "redis://hidden:port", "redis://h:0", "redis://h:70000", "redis://h/hidden",
        "redis://h?password=hidden", "redis://hidden@h"}) {
    const Outcome done = run({"import", "--legacy-redis", url});
    EXPECT_EQ(done.code, 2) << url;
    EXPECT_THAT(done.out + done.err, Not(HasSubstr("hidden"))) << url;
  }
  const Outcome bare = run({"import", "redis://:hidden@127.0.0.1"});
  EXPECT_EQ(bare.code, 2);
  EXPECT_THAT(bare.err, HasSubstr("--legacy-redis URL"));
  EXPECT_THAT(bare.err, Not(HasSubstr("hidden")));
  EXPECT_THAT(run({"import", "--legacy-redis", "redis://:hidden@h"}).err, HasSubstr("--redis-password-file"));
  EXPECT_FALSE(address_.has_value());
}

TEST_F(ImportTest, ThePasswordComesFromAFileOrStandardInput) {
  contents_.accounts = {tradier("mom")};
  const std::string file = folder_.path() / "password";
  std::ofstream(file) << "hidden word\nsecond line\n";
  ::chmod(file.c_str(), 0600);
  const Outcome done =
      run({"import", "--legacy-redis", "redis://me@127.0.0.1", "--redis-password-file", file, "--dry-run"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(address_->user, "me");
  EXPECT_EQ(address_->password.reveal(), "hidden word");
  EXPECT_THAT(done.out + done.err, Not(HasSubstr("hidden")));
  EXPECT_THAT(done.err, Not(HasSubstr("others can read")));
  run({"import", "--legacy-redis", kRedis, "--redis-password-file", "-", "--dry-run"}, "piped\n");
  EXPECT_EQ(address_->password.reveal(), "piped");
  context().stdin_is_terminal = true;
  const Outcome typed = run({"import", "--legacy-redis", kRedis, "--redis-password-file", "-", "--dry-run"}, "typed\n");
  EXPECT_EQ(address_->password.reveal(), "typed");
  EXPECT_THAT(typed.err, HasSubstr("Password of the Redis: "));
  EXPECT_EQ(run({"import", "--legacy-redis", kRedis, "--redis-password-file", "-", "--no-input"}).code, 2);
}

TEST_F(ImportTest, AFileThatCannotBeReadIsNamed) {
  const std::string folder = folder_.path();
  for (const std::string& file : {folder, folder + "/nowhere"}) {
    EXPECT_THAT(run({"import", "--legacy-redis", kRedis, "--redis-password-file", file}).err, HasSubstr(file));
    const Outcome done = run({"import", "--autorsa-env", file, "--group", "family"});
    EXPECT_EQ(done.code, 2);
    EXPECT_THAT(done.err, HasSubstr(file));
  }
  EXPECT_THAT(run({"import", "--autorsa-env", "/dev/zero", "--group", "family"}).err, HasSubstr("more than 1048576"));
  EXPECT_EQ(run({"import", "--legacy-redis", kRedis, "--redis-password-file", "/dev/null"}).code, 2);
  EXPECT_TRUE(requests().empty());
}

TEST_F(ImportTest, AnEnvFileGoesToItsGroupAndOthersMayNotReadIt) {
  contents_.accounts = {tradier("mom")};
  contents_.notes = {"a note"};
  const std::string file = folder_.path() / ".env";
  std::ofstream(file) << "TRADIER=hidden\n";
  ::chmod(file.c_str(), 0644);
  const Outcome done = run({"import", "--autorsa-env", file, "--group", "family", "--dry-run"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(text_, "TRADIER=hidden\n");
  EXPECT_EQ(group_, "family");
  EXPECT_THAT(done.err, HasSubstr("chmod 600 " + file));
  EXPECT_THAT(done.err, HasSubstr("a note"));
  EXPECT_THAT(run({"import", "--autorsa-env", "-", "--group", "family", "--dry-run"}, "A=1").err, HasSubstr("a note"));
  EXPECT_EQ(text_, "A=1");
}

TEST_F(ImportTest, OneSourceAndItsOwnFlags) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"import"},
           {"import", "--dry-run"},
           {"import", "--legacy-redis", kRedis, "--autorsa-env", "-", "--group", "g"},
           {"import", "--legacy-redis", kRedis, "--group", "g"},
           {"import", "--autorsa-env", "-"},
           {"import", "--autorsa-env", "-", "--group", "g", "--redis-password-file", "-"}}) {
    EXPECT_EQ(run(words).code, 2) << words.back();
  }
  const Outcome help = run({"import", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("tradeauto import --autorsa-env auto-rsa/.env --group family"));
  EXPECT_LE(std::count(help.out.begin(), help.out.end(), '\n'), 60);
}

}  // namespace
}  // namespace tradeauto
