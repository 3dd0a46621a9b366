#include "cli/rest_client.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "cli/cli_bench_test.h"

namespace tradeauto {
namespace {

using ::testing::HasSubstr;

TEST(RestClientTest, AServerIsAHostAndAPort) {
  const auto parsed = [](std::string_view text) {
    const auto server = parse_server(text);
    return server.ok() ? fmt::format("{} {}{}", server->host, server->port, server->tls ? " tls" : "")
                       : server.error().message;
  };
  EXPECT_EQ(parsed("127.0.0.1:1"), "127.0.0.1 1");
  EXPECT_EQ(parsed("http://main.example:65535/"), "main.example 65535");
  EXPECT_EQ(parsed("localhost"), "localhost 8000");
  EXPECT_EQ(parsed("[::1]:9000"), "::1 9000");
  EXPECT_EQ(parsed("[::1]"), "::1 8000");
  EXPECT_EQ(parsed("https://main.example"), "main.example 8000 tls");
  EXPECT_EQ(parsed("https://[::1]:9000/"), "::1 9000 tls");
  for (const std::string bad :
       {"", ":1", "h:", "h:0", "h:65536", "h:1x", "http://u@h", "h/path", "https://", "https://http://h", "ftp://h"}) {
    EXPECT_THAT(parsed(bad), HasSubstr("--server \"" + bad + "\""));
  }
}

TEST(RestClientTest, PathsAndQueriesAreEncoded) {
  EXPECT_EQ(path_of({"groups", "a b/ä?"}), "/v1/groups/a%20b%2F%C3%A4%3F");
  EXPECT_EQ(query_of({{"a", ""}, {"b", "x&y"}, {"c", "1"}}), "?b=x%26y&c=1");
  EXPECT_EQ(query_of({}), "");
}

TEST(RestClientTest, AProblemBecomesAnErrorWithItsEffect) {
  const Error refused =
      error_of_answer(422, problem_json(422, "rule", "no", R"([{"pointer":"/a","code":"c","detail":"d"},7])"), false);
  EXPECT_EQ(refused.code, ErrorCode::unprocessable);
  EXPECT_EQ(refused.reason, "rule");
  EXPECT_EQ(refused.message, "Refused: because of rule");
  EXPECT_EQ(refused.effect, Effect::none);
  EXPECT_EQ(refused.fields, (std::vector<FieldError>{{.pointer = "/a", .code = "c", .detail = "d"}}));
  EXPECT_EQ(error_of_answer(503, problem_json(503, "x", "no"), false).effect, Effect::none);
  EXPECT_EQ(error_of_answer(400, problem_json(400, "x", "yes"), false).effect, Effect::maybe);
  EXPECT_EQ(error_of_answer(500, R"({"title":"t"})", false).effect, Effect::maybe);
}

TEST(RestClientTest, WithoutAProblemAServersFailureIsDoubtUnlessItOnlyRead) {
  for (const std::string body : {"", "<html>", "[]", "{}", "{\"title\""}) {
    EXPECT_EQ(error_of_answer(500, body, false).effect, Effect::maybe);
    EXPECT_EQ(error_of_answer(500, body, true).effect, Effect::none);
    EXPECT_EQ(error_of_answer(404, body, false).effect, Effect::none);
  }
}

class RestPagesTest : public CliBench {};

TEST_F(RestPagesTest, AServerThatGivesTheSamePageForEverIsLeft) {
  on("GET /v1/groups", 200, R"({"items":[{"name":"a"}],"next_cursor":"same"})");
  const Outcome done = run({"group", "list", "-o", "name"});
  EXPECT_EQ(done.out, "a\na\n");
  EXPECT_EQ(requests().size(), 2U);
}

TEST_F(RestPagesTest, BeyondThisMachineItWarnsThatTheTokenTravelsInClear) {
  on("GET /v1/groups", 200, R"({"items":[],"next_cursor":null})");
  EXPECT_THAT(run({"group", "list", "--server", "0.0.0.0:" + address().substr(address().find(':') + 1)}).err,
              HasSubstr("in clear"));
  EXPECT_EQ(run({"group", "list"}).err, "");
}

}  // namespace
}  // namespace tradeauto
