#include "http/account_request.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tradeauto {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<AccountRequest> parse(std::string body) { return parse_account_request(SecretString(std::move(body))); }

TEST(AccountRequestTest, ReadsAnAccount) {
  const auto request = parse(R"({"brokerage":"Tradier","credentials":{"ACCESS_TOKEN":"s3cret"},"enabled":false})");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->brokerage, Brokerage::tradier);
  EXPECT_FALSE(request->enabled);
  EXPECT_EQ(request->credentials.find("ACCESS_TOKEN")->reveal(), "s3cret");
}

TEST(AccountRequestTest, CredentialsAndEnabledHaveDefaults) {
  const auto request = parse(R"({"brokerage":"Paper"})");
  ASSERT_TRUE(request.ok());
  EXPECT_TRUE(request->enabled);
  EXPECT_TRUE(request->credentials.empty());
}

TEST(AccountRequestTest, NamesWhatIsWrongAndQuotesNoValue) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {R"({})", "/brokerage"},
      {R"({"brokerage":"tradier","credentials":{"A":"s3cret"}})", "/brokerage"},
      {R"({"brokerage":1})", "/brokerage"},
      {R"({"brokerage":"Paper","credentials":"s3cret"})", "/credentials"},
      {R"({"brokerage":"Paper","credentials":null})", "/credentials"},
      {R"({"brokerage":"Paper","credentials":{"A/B":["s3cret"]}})", "/credentials/A~1B"},
      {R"({"brokerage":"Paper","enabled":"yes"})", "/enabled"},
      {R"({"brokerage":"Paper","credentials":{"A":"s3cret","A":"s3cret"}})", "/credentials/A"},
      {R"({"brokerage":"Paper","broker":"s3cret"})", "/broker"},
  };
  for (const auto& [body, pointer] : wrong) {
    const auto request = parse(body);
    ASSERT_FALSE(request.ok()) << body;
    ASSERT_EQ(request.error().fields.size(), 1U) << body;
    EXPECT_EQ(request.error().fields.front().pointer, pointer);
    EXPECT_THAT(request.error().message + request.error().fields.front().detail, Not(HasSubstr("s3cret")));
  }
  EXPECT_THAT(parse(R"({"brokerage": s3cret})").error().message, Not(HasSubstr("s3cret")));
}

TEST(AccountRequestTest, APatchSaysEnabledOnly) {
  EXPECT_EQ(parse_account_patch(R"({"enabled":false})").value(), false);
  for (const char* body :
       {"", "{}", R"({"enabled":1})", R"({"enabled":null})", R"({"enabled":true,"brokerage":"x"})"}) {
    EXPECT_FALSE(parse_account_patch(body).ok()) << body;
  }
}

TEST(AccountRequestTest, AnEmptyRequestIsEmpty) {
  EXPECT_TRUE(parse_empty_request("").ok());
  EXPECT_TRUE(parse_empty_request("{}").ok());
  EXPECT_FALSE(parse_empty_request(R"({"name":"x"})").ok());
  EXPECT_FALSE(parse_empty_request("[]").ok());
}

TEST(PreconditionsTest, ReadsEntityTags) {
  EXPECT_EQ(parse_preconditions(entity_tag(7), "")->version, 7U);
  EXPECT_TRUE(parse_preconditions("*", "")->must_exist);
  EXPECT_FALSE(parse_preconditions("*", "")->version);
  EXPECT_EQ(parse_preconditions("", "*")->version, 0U);
  EXPECT_FALSE(parse_preconditions("", "")->version);
}

TEST(PreconditionsTest, RefusesWhatItCannotHold) {
  EXPECT_EQ(parse_preconditions("\"abc\"", "").error().code, ErrorCode::precondition_failed);
  EXPECT_EQ(parse_preconditions("\"0\"", "").error().code, ErrorCode::precondition_failed);
  for (const char* tag : {"7", "\"", "W/\"7\"", "\"1\", \"2\""}) {
    EXPECT_EQ(parse_preconditions(tag, "").error().code, ErrorCode::invalid_argument) << tag;
  }
  EXPECT_EQ(parse_preconditions("", "\"1\"").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(parse_preconditions("*", "*").error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace tradeauto
