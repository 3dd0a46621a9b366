#include "http/token_request.h"

#include <gtest/gtest.h>

#include "http/fake_values_test.h"

namespace tradeauto {
namespace {

Result<TokenRequest> parse(std::string_view body) { return parse_token_request(body, kFakeNow); }

std::string faults(std::string_view body) {
  const auto request = parse(body);
  if (request.ok()) return "ok";
  std::string text;
  for (const FieldError& field : request.error().fields) text += field.pointer + " " + field.code + ";";
  return text;
}

TEST(TokenRequestTest, ReadsAllOfIt) {
  const auto request = parse(
      R"({"name":"bot","scopes":["orders:read","orders:write"],"groups":["family","club","family"],
          "expires_at":"2027-01-02T00:00:00Z"})");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->name.str(), "bot");
  EXPECT_EQ(request->scopes, ScopeSet({Scope::orders_read, Scope::orders_write}));
  EXPECT_EQ(request->groups, (Groups{GroupName("family"), GroupName("club")}));
  EXPECT_EQ(request->expires_at, kFakeNow + std::chrono::days(365));
}

TEST(TokenRequestTest, AllGroupsAndNoExpiryUnlessTheyAreNamed) {
  for (const char* body : {R"({"name":"bot","scopes":["admin"]})",
                           R"({"name":"bot","scopes":["admin"],"groups":null,"expires_at":null})"}) {
    const auto request = parse(body);
    ASSERT_TRUE(request.ok()) << body;
    EXPECT_TRUE(request->groups.empty());
    EXPECT_EQ(request->expires_at, std::nullopt);
  }
}

TEST(TokenRequestTest, CountsTheSecondsFromNow) {
  EXPECT_EQ(parse(R"({"name":"b","scopes":["admin"],"expires_in_seconds":60})")->expires_at,
            kFakeNow + std::chrono::minutes(1));
}

TEST(TokenRequestTest, TellsOfEveryFault) {
  EXPECT_EQ(faults("{}"), "/name required;/scopes required;");
  EXPECT_EQ(faults(R"({"name":" ","scopes":[],"groups":[]})"),
            "/name bad_name;/scopes out_of_range;/groups out_of_range;");
  EXPECT_EQ(faults(R"({"name":"b","scopes":["admin","orders"],"groups":["a/b"]})"),
            "/scopes/1 unknown_scope;/groups/0 bad_name;");
  EXPECT_EQ(faults(R"({"name":"b","scopes":["admin"],"expires_in_seconds":0})"), "/expires_in_seconds out_of_range;");
  EXPECT_EQ(faults(R"({"name":"b","scopes":["admin"],"expires_in_seconds":9,"expires_at":"2027-01-02T00:00:00Z"})"),
            "/expires_in_seconds two_expiries;");
  EXPECT_EQ(faults(R"({"name":"b","scopes":["admin"],"scope":"admin"})"), "/scope unknown_field;");
  EXPECT_EQ(faults(R"({"name":"b","scopes":["admin"],"expires_at":"tomorrow"})").substr(0, 12), "/expires_at ");
}

}  // namespace
}  // namespace tradeauto
