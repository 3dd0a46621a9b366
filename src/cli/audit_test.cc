#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/cli_bench_test.h"

namespace tradeauto {
namespace {

using testing::HasSubstr;

class AuditTest : public CliBench {
 protected:
  AuditTest() {
    on("GET /v1/audit", 200,
       R"({"items":[
         {"sequence":9,"at":"2026-01-02T00:00:01Z","type":"account_added","actor":{"kind":"legacy","name":"bot"},
          "order_id":null,"child_order_id":null,"group":"demo","account":"ann","token":null,"worker":null,
          "detail":"Paper, enabled, credentials: none"},
         {"sequence":8,"at":"2026-01-02T00:00:00Z","type":"token_created","actor":{"kind":"token","name":"admin"},
          "order_id":null,"child_order_id":null,"group":null,"account":null,"token":"reader","worker":null,
          "detail":"scopes: orders:read"}],
        "next_cursor":"a38"})");
    on("GET /v1/audit", 200, R"({"items":[],"next_cursor":null})");
  }
};

TEST_F(AuditTest, TellsWhoDidWhat) {
  const Outcome done = run({"audit", "list"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.out,
            "AT                    WHO           TYPE           GROUP  WHAT    DETAIL\n"
            "2026-01-02T00:00:01Z  bot (legacy)  account_added  demo   ann     Paper, enabled, credentials: none\n"
            "2026-01-02T00:00:00Z  admin         token_created         reader  scopes: orders:read\n");
}

TEST_F(AuditTest, HandsItsFiltersOn) {
  const Outcome done =
      run({"audit", "list", "--actor", "AUTH off", "--type", "token_created", "--group", "demo", "--since",
           "2026-01-02T00:00:00Z", "--until", "2026-01-03T00:00:00Z", "--limit", "2", "-o", "name"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.out, "9\n8\n");
  EXPECT_THAT(done.err, HasSubstr("there are more"));
  EXPECT_EQ(requests().front().target,
            "/v1/audit?actor=AUTH%20off&type=token_created&group=demo&since=2026-01-02T00%3A00%3A00Z"
            "&until=2026-01-03T00%3A00%3A00Z&limit=2");
}

TEST_F(AuditTest, HasEveryForm) {
  EXPECT_THAT(run({"audit", "list", "--limit", "2", "-o", "json"}).out, HasSubstr(R"("kind": "legacy")"));
  EXPECT_THAT(run({"audit", "list", "--help"}).out, HasSubstr("tradeauto audit list --actor bot"));
  EXPECT_EQ(run({"audit", "list", "--limit", "-1"}).code, 2);
}

TEST_F(AuditTest, SaysThatTheTokenMayNot) {
  on("GET /v1/audit", 403,
     R"({"type":"/problems/missing_scope","title":"t","status":403,"detail":"this needs a token with the scope audit:read",
         "code":"missing_scope","sent":"no"})");
  run({"audit", "list"});
  EXPECT_EQ(run({"audit", "list"}).code, 4);
}

}  // namespace
}  // namespace tradeauto
