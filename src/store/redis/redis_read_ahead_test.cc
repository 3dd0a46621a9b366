#include "store/redis/redis_read_ahead.h"

#include <gmock/gmock.h>

#include "testing/redis_server.h"

namespace tradeauto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;

class ReadAheadTest : public ::testing::Test {
 protected:
  ReadAheadTest() {
    for (const char* command : {"SET a 1", "SET b 2", "ZADD index 0 m1 0 m2 0 m3", "CONFIG RESETSTAT"}) {
      server_.command(command);
    }
  }
  static RedisSettings settings(std::uint16_t port) {
    RedisSettings made;
    made.host = "127.0.0.1";
    made.port = port;
    return made;
  }
  std::string asked() const { return server_.command("INFO commandstats"); }

  RedisServer server_;
  RedisClient client_{settings(server_.port()), [](RedisConnection&) { return Result<void>{}; }};
  ReadAheadView view_{client_};
};

TEST_F(ReadAheadTest, AllThatIsWishedForComesWithOneQuestion) {
  view_.wish({.keys = {"a", "none"}, .ranges = {{.index = "index"}}});
  view_.wish({.keys = {"b", "a"}, .ranges = {{.index = "empty", .limit = 1}}});
  EXPECT_THAT(view_.get_all({"b", "none", "a"}).value(),
              ElementsAre(Optional(std::string("2")), std::nullopt, Optional(std::string("1"))));
  EXPECT_THAT(view_.range({.index = "index"}).value(), ElementsAre("m1", "m2", "m3"));
  EXPECT_THAT(view_.range({.index = "empty", .limit = 5}).value(), IsEmpty()) << "there is no more than was asked for";
  EXPECT_THAT(asked(), HasSubstr("cmdstat_eval:calls=1,"));
  EXPECT_THAT(asked(), Not(HasSubstr("cmdstat_mget")));
}

TEST_F(ReadAheadTest, WhatWasForgottenIsAskedForOnce) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(view_.get("a").value(), Optional(std::string("1")));
    EXPECT_THAT(view_.range({.index = "index", .limit = 2}).value(), ElementsAre("m1", "m2"));
  }
  EXPECT_THAT(asked(), HasSubstr("cmdstat_mget:calls=1,"));
  EXPECT_THAT(asked(), HasSubstr("cmdstat_zrange:calls=1,"));
}

TEST_F(ReadAheadTest, ARangeIsNotAnsweredWithAnother) {
  view_.wish({.keys = {}, .ranges = {{.index = "index", .limit = 2}}});
  EXPECT_THAT(view_.range({.index = "index", .limit = 1}).value(), ElementsAre("m1"));
  EXPECT_THAT(view_.range({.index = "index", .limit = 3}).value(), ElementsAre("m1", "m2", "m3"));
  EXPECT_THAT(view_.range({.index = "index", .newest_first = true, .limit = 1}).value(), ElementsAre("m3"));
  EXPECT_THAT(view_.range({.index = "index", .from = "(m1", .to = "[m2"}).value(), ElementsAre("m2"));
}

TEST_F(ReadAheadTest, AWishedRangeMayBeTheNewestFirst) {
  view_.wish({.keys = {}, .ranges = {{.index = "index", .from = "[m2", .newest_first = true}}});
  EXPECT_THAT(view_.range({.index = "index", .from = "[m2", .newest_first = true}).value(), ElementsAre("m3", "m2"));
  EXPECT_THAT(asked(), HasSubstr("cmdstat_eval:calls=1,"));
}

TEST_F(ReadAheadTest, NothingIsKeptBeyondItsBatch) {
  EXPECT_THAT(view_.get("a").value(), Optional(std::string("1")));
  server_.command("SET a 3");
  view_.wish({.keys = {"b"}, .ranges = {}});
  view_.clear();
  EXPECT_THAT(view_.get("a").value(), Optional(std::string("3")));
  EXPECT_THAT(asked(), Not(HasSubstr("cmdstat_eval:"))) << "a wish of the batch before is no wish any more";
}

TEST_F(ReadAheadTest, AnotherKindOfValueIsAnError) {
  view_.wish({.keys = {"index"}, .ranges = {}});
  EXPECT_FALSE(view_.get("index").ok());
}

}  // namespace
}  // namespace tradeauto
