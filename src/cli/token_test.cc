#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include "cli/cli_bench_test.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kMade =
    R"({"name":"bot","scopes":["orders:read","orders:write"],"groups":["family"],"expires_at":null,
        "created_at":"2026-01-02T00:00:00.000000Z","last_used_at":null,"token":"ta_value"})";
constexpr const char* kShown =
    R"({"name":"bot","scopes":["orders:read","orders:write"],"groups":null,"expires_at":"2027-01-02T00:00:00.000000Z",
        "created_at":"2026-01-02T00:00:00.000000Z","last_used_at":null})";

class TokenTest : public CliBench {};

TEST_F(TokenTest, TheValueAloneIsData) {
  on("POST /v1/tokens", 201, kMade);
  const Outcome made = run({"token", "create", "bot", "--scope", "orders:read,orders:write", "--group", "family",
                            "--group", "club", "--expires-in", "90d"});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(made.out, "ta_value\n");
  EXPECT_THAT(made.err, HasSubstr("not shown again"));
  EXPECT_THAT(made.err, Not(HasSubstr("ta_value")));
  EXPECT_EQ(json::parse(requests().back().body),
            json::parse(R"({"name":"bot","scopes":["orders:read","orders:write"],"groups":["family","club"],
                            "expires_in_seconds":7776000})"));
}

TEST_F(TokenTest, OtherFormatsHoldTheValueToo) {
  for (const char* format : {"json", "yaml", "csv", "name"}) {
    on("POST /v1/tokens", 201, kMade);
    EXPECT_THAT(run({"token", "create", "bot", "--scope", "admin", "-o", format}).out, HasSubstr("ta_value")) << format;
  }
}

TEST_F(TokenTest, ADurationHasItsUnit) {
  for (const char* bad : {"90", "d", "0d", "-1d", "90y", "1d2h", "999999999w"}) {
    const Outcome done = run({"token", "create", "bot", "--scope", "admin", std::string("--expires-in=") + bad});
    EXPECT_EQ(done.code, 2) << bad;
    EXPECT_THAT(done.err, HasSubstr("--expires-in")) << bad;
  }
  EXPECT_EQ(run({"token", "create", "bot"}).code, 2) << "a scope is needed";
  EXPECT_TRUE(requests().empty());
}

TEST_F(TokenTest, TokensAreListedShownAndRevoked) {
  on("GET /v1/tokens", 200, std::string(R"({"items":[)") + kShown + R"(],"next_cursor":null})");
  on("GET /v1/tokens/my%20bot", 200, kShown);
  on("DELETE /v1/tokens/my%20bot", 204, "");
  const Outcome list = run({"tokens", "list"});
  EXPECT_THAT(list.out, HasSubstr("bot   orders:read,orders:write  all     2027-01-02T00:00:00Z"));
  EXPECT_EQ(run({"token", "list", "-o", "name"}).out, "bot\n");
  EXPECT_THAT(run({"token", "show", "my bot"}).out, HasSubstr("orders:write"));
  EXPECT_EQ(run({"token", "revoke", "my bot"}).code, 2) << "it asks first";
  EXPECT_EQ(run({"token", "revoke", "my bot", "-y"}).code, 0);
  EXPECT_EQ(requests().back().method, "DELETE");
}

TEST_F(TokenTest, MeIsWhoAsks) {
  on("GET /v1/me", 200, R"({"name":"bot","scopes":["admin"],"groups":null,"expires_at":null})");
  EXPECT_THAT(run({"token", "me"}).out, HasSubstr("bot   admin   all"));
}

TEST_F(TokenTest, AMissingScopeIsForbidden) {
  on("GET /v1/tokens", 403, problem_json(403, "missing_scope", "no"));
  const Outcome done = run({"token", "list"});
  EXPECT_EQ(done.code, 4);
  EXPECT_THAT(done.err, HasSubstr("missing_scope"));
}

}  // namespace
}  // namespace tradeauto
