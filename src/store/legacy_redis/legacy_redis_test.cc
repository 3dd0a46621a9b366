#include "store/legacy_redis/legacy_redis.h"

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "store/legacy_redis/redis_link.h"
#include "testing/run_async.h"

namespace tradeauto {
namespace {

using asio::ip::tcp;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view kWrongType = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

std::string bulk(std::string_view text) { return fmt::format("${}\r\n{}\r\n", text.size(), text); }

std::string array(std::initializer_list<std::string_view> texts) {
  std::string reply = fmt::format("*{}\r\n", texts.size());
  for (const std::string_view text : texts) reply += bulk(text);
  return reply;
}

std::string page(std::string_view cursor, std::initializer_list<std::string_view> keys) {
  return "*2\r\n" + bulk(cursor) + array(keys);
}

// A server that answers a command with the bytes that the test wrote down for it, and others with nothing there.
class LegacyRedisTest : public ::testing::Test {
 protected:
  LegacyRedisTest() : acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    settings_ = {.host = "127.0.0.1", .port = acceptor_.local_endpoint().port(), .user = {}, .password = {}};
    on("SCAN 0 MATCH Group:* COUNT 500", page("0", {}));
    on("SCAN 0 MATCH Account:* COUNT 500", page("0", {}));
    asio::co_spawn(io_, serve(), [](std::exception_ptr) {});
  }

  void on(const std::string& command, std::string reply) { replies_[command] = std::move(reply); }

  // Group:family with mom, who has a Tradier log-in.
  void put_mom() {
    on("SCAN 0 MATCH Group:* COUNT 500", page("0", {"Group:family"}));
    on("SCAN 0 MATCH Account:* COUNT 500", page("0", {"Account:mom", "Account:Details:mom"}));
    on("SMEMBERS Group:family", array({"mom"}));
    on("HGETALL Account:mom", array({"account_name", "mom", "brokerage", "11", "status", "1"}));
    on("HGETALL Account:Details:mom", array({"ACCESS_TOKEN", "not-a-real-one"}));
  }

  Result<LegacyRedisContents> read() { return run_async(io_, read_legacy_redis(settings_)); }

  Error failure() {
    auto contents = read();
    EXPECT_FALSE(contents.ok());
    return contents.ok() ? Error{} : contents.error();
  }

  asio::io_context io_{1};
  LegacyRedisSettings settings_;
  std::vector<std::string> commands_;

 private:
  asio::awaitable<void> serve() {
    while (true) {
      auto [error, socket] = co_await acceptor_.async_accept(kTuple);
      if (error) co_return;
      co_await serve_one(std::move(socket));
    }
  }

  asio::awaitable<void> serve_one(tcp::socket socket) {
    const std::unique_ptr<redisReader, void (*)(redisReader*)> reader(redisReaderCreate(), &redisReaderFree);
    std::array<char, 4096> block{};
    while (true) {
      void* made = nullptr;
      EXPECT_EQ(redisReaderGetReply(reader.get(), &made), REDIS_OK);
      if (made == nullptr) {
        const auto [error, got] = co_await socket.async_read_some(asio::buffer(block), kTuple);
        if (error) co_return;
        redisReaderFeed(reader.get(), block.data(), got);
        continue;
      }
      const RedisReply command(static_cast<redisReply*>(made));
      std::string line;
      const auto words = texts_of(*command);
      for (const std::string_view word : *words) line += fmt::format("{}{}", line.empty() ? "" : " ", word);
      commands_.push_back(line);
      const auto found = replies_.find(line);
      const std::string reply = found != replies_.end() ? found->second : array({});
      if (reply.empty()) co_return;
      const auto [error, size] = co_await asio::async_write(socket, asio::buffer(reply), kTuple);
      if (error) co_return;
    }
  }

  tcp::acceptor acceptor_;
  std::map<std::string, std::string> replies_;
};

TEST_F(LegacyRedisTest, ReadsGroupsStatesAndDetails) {
  put_mom();
  const auto contents = read();
  ASSERT_TRUE(contents.ok()) << contents.error().message;
  ASSERT_EQ(contents->accounts.size(), 1U);
  const LegacyRedisAccount& mom = contents->accounts.at("mom");
  EXPECT_THAT(mom.groups, ElementsAre("family"));
  EXPECT_EQ(mom.state.at("brokerage"), "11");
  EXPECT_EQ(mom.details.find("ACCESS_TOKEN")->reveal(), "not-a-real-one");
  EXPECT_TRUE(mom.faults.empty());
}

TEST_F(LegacyRedisTest, OnlyReads) {
  put_mom();
  ASSERT_TRUE(read().ok());
  for (const std::string& command : commands_) {
    const std::string verb = command.substr(0, command.find(' '));
    EXPECT_TRUE(verb == "SCAN" || verb == "SMEMBERS" || verb == "HGETALL") << command;
  }
}

TEST_F(LegacyRedisTest, AScanOfSeveralPagesGivesEachNameOnce) {
  put_mom();
  on("SCAN 0 MATCH Account:* COUNT 500", page("7", {"Account:mom", "Account:Details:dad"}));
  on("SCAN 7 MATCH Account:* COUNT 500", page("0", {"Account:mom", "Account:dad"}));
  const auto contents = read();
  ASSERT_TRUE(contents.ok());
  EXPECT_EQ(contents->accounts.size(), 2U);
  EXPECT_TRUE(contents->accounts.at("dad").state.empty());
}

TEST_F(LegacyRedisTest, AKeyOfAnotherTypeIsAFaultOfItsOwn) {
  put_mom();
  on("SCAN 0 MATCH Group:* COUNT 500", page("0", {"Group:family", "Group:odd"}));
  on("SMEMBERS Group:odd", std::string(kWrongType));
  on("HGETALL Account:mom", std::string(kWrongType));
  const auto contents = read();
  ASSERT_TRUE(contents.ok());
  ASSERT_EQ(contents->faults.size(), 1U);
  EXPECT_EQ(contents->faults[0].key, "Group:odd");
  ASSERT_EQ(contents->accounts.at("mom").faults.size(), 1U);
  EXPECT_EQ(contents->accounts.at("mom").faults[0].key, "Account:mom");
  EXPECT_FALSE(contents->accounts.at("mom").details.empty());
}

TEST_F(LegacyRedisTest, BytesThatAreNoTextComeAsTheyAre) {
  const std::string name("a\0\xFF", 3);
  on("SCAN 0 MATCH Group:* COUNT 500", page("0", {"Group:g"}));
  on("SMEMBERS Group:g", array({name}));
  const auto contents = read();
  ASSERT_TRUE(contents.ok());
  EXPECT_TRUE(contents->accounts.contains(name));
}

TEST_F(LegacyRedisTest, LogsInAndSelectsItsDatabase) {
  settings_.user = "reader";
  settings_.password = SecretString("hidden");
  settings_.database = 3;
  on("AUTH reader hidden", "+OK\r\n");
  on("SELECT 3", "+OK\r\n");
  put_mom();
  ASSERT_TRUE(read().ok());
  EXPECT_EQ(commands_[0], "AUTH reader hidden");
  EXPECT_EQ(commands_[1], "SELECT 3");
  on("SELECT 3", "-ERR DB index is out of range\r\n");
  EXPECT_EQ(failure().code, ErrorCode::invalid_argument);
}

TEST_F(LegacyRedisTest, ARefusedPasswordIsNeverQuoted) {
  settings_.password = SecretString("hidden");
  for (const std::string reply : {"-WRONGPASS invalid username-password pair or user is disabled.\r\n",
                                  "-ERR unknown command `AUTH`, with args beginning with: `hidden`, \r\n",
                                  "-ERR AUTH <password> called without any password configured for the default user. "
                                  "Are you sure your configuration is correct?\r\n"}) {
    on("AUTH hidden", reply);
    const Error error = failure();
    EXPECT_EQ(error.code, ErrorCode::unauthenticated);
    EXPECT_THAT(error.message, Not(HasSubstr("hidden")));
    EXPECT_THAT(error.message, HasSubstr("127.0.0.1"));
  }
}

TEST_F(LegacyRedisTest, WithoutPasswordOrRightItSaysSo) {
  on("SCAN 0 MATCH Group:* COUNT 500", "-NOAUTH Authentication required.\r\n");
  EXPECT_EQ(failure().code, ErrorCode::unauthenticated);
  on("SCAN 0 MATCH Group:* COUNT 500", "-NOPERM this user has no permissions to run the 'scan' command\r\n");
  EXPECT_EQ(failure().code, ErrorCode::permission_denied);
  on("SCAN 0 MATCH Group:* COUNT 500", "-LOADING Redis is loading the dataset in memory\r\n");
  const Error loading = failure();
  EXPECT_EQ(loading.code, ErrorCode::unavailable);
  EXPECT_THAT(loading.message, HasSubstr("LOADING"));
  put_mom();
  on("HGETALL Account:Details:mom", "-NOPERM no\r\n");
  EXPECT_EQ(failure().code, ErrorCode::permission_denied);
  put_mom();
  on("SMEMBERS Group:family", "-NOPERM no\r\n");
  EXPECT_EQ(failure().code, ErrorCode::permission_denied);
}

TEST_F(LegacyRedisTest, WhatDoesNotSpeakRedisIsNoRedis) {
  for (const std::string& reply :
       {std::string("HTTP/1.1 400 Bad Request\r\n\r\n"), std::string(":1\r\n"), std::string("$-1\r\n"),
        "*2\r\n" + bulk("0") + ":5\r\n", std::string("*2\r\n:0\r\n*1\r\n:1\r\n"), array({"0"}),
        std::string("*99999999999999999999\r\n")}) {
    on("SCAN 0 MATCH Group:* COUNT 500", reply);
    const Error error = failure();
    EXPECT_EQ(error.code, ErrorCode::unavailable) << reply;
    EXPECT_EQ(error.reason, "not_redis") << reply;
  }
}

TEST_F(LegacyRedisTest, ASilentServerIsNotWaitedForForEver) {
  settings_.patience = std::chrono::milliseconds(50);
  put_mom();
  on("HGETALL Account:mom", "$900");  // half an answer
  const Error error = failure();
  EXPECT_EQ(error.code, ErrorCode::unavailable);
  EXPECT_EQ(error.reason, "no_answer");
}

TEST_F(LegacyRedisTest, ACutConnectionAndNoServerAreUnavailable) {
  put_mom();
  on("HGETALL Account:mom", "");
  EXPECT_EQ(failure().reason, "no_answer");
  tcp::acceptor other(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  settings_.port = other.local_endpoint().port();
  other.close();
  const Error nobody = failure();
  EXPECT_EQ(nobody.code, ErrorCode::unavailable);
  EXPECT_EQ(nobody.reason, "connect_failed");
}

}  // namespace
}  // namespace tradeauto
