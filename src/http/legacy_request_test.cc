#include "http/legacy_request.h"

#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tradeauto {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kGood =
    R"({"group_name":"g","account_name":"a","brokerage":"Tradier","cred":{"ACCESS_TOKEN":"s3cret"},"more":1})";

// The list of faults of a body, or null when it has none.
json::value faults_of(std::string body, std::string_view content_type = "application/json") {
  LegacyFaults faults;
  const auto parsed = parse_legacy_activation(SecretString(std::move(body)), content_type, faults);
  EXPECT_EQ(parsed.has_value(), faults.empty());
  return faults.empty() ? json::value() : json::parse(faults.reply().body).at("detail");
}

json::value transaction_faults(const NameValues& query, bool default_order = false) {
  LegacyFaults faults;
  const auto parsed = parse_legacy_transaction(query, default_order, faults);
  EXPECT_EQ(parsed.has_value(), faults.empty());
  return faults.empty() ? json::value() : json::parse(faults.reply().body).at("detail");
}

NameValues order(std::string method, std::string amount, std::string ticker) {
  return {
      {"group_name", "g"}, {"method", std::move(method)}, {"amount", std::move(amount)}, {"ticker", std::move(ticker)}};
}

TEST(LegacyRequestTest, ReadsAnActivation) {
  LegacyFaults faults;
  const auto parsed = parse_legacy_activation(SecretString(kGood), "", faults);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->account, (AccountRef{.group = GroupName("g"), .account = AccountName("a")}));
  EXPECT_EQ(parsed->brokerage, Brokerage::tradier);
  EXPECT_EQ(parsed->credentials.find("ACCESS_TOKEN")->reveal(), "s3cret");
  EXPECT_TRUE(faults_of(kGood, "Application/JSON; charset=utf-8").is_null());
  EXPECT_TRUE(faults_of(kGood, "application/vnd.api+json").is_null());
}

TEST(LegacyRequestTest, TellsOfEveryMissingField) {
  EXPECT_EQ(faults_of(R"({"brokerage":"Tradier","creds":{"PASSWORD":"s3cret"}})"), json::parse(R"([
    {"type":"missing","loc":["body","group_name"],"msg":"Field required","input":{"brokerage":"Tradier","creds":"**********"}},
    {"type":"missing","loc":["body","account_name"],"msg":"Field required","input":{"brokerage":"Tradier","creds":"**********"}},
    {"type":"missing","loc":["body","cred"],"msg":"Field required","input":{"brokerage":"Tradier","creds":"**********"}}])"));
  EXPECT_EQ(faults_of(""), json::parse(R"([{"type":"missing","loc":["body"],"msg":"Field required","input":null}])"));
}

TEST(LegacyRequestTest, TellsOfEveryWrongField) {
  const json::value faults =
      faults_of(R"({"group_name":7,"account_name":{"x":"s3cret"},"brokerage":"tradier","cred":{"PASSWORD":1234}})");
  ASSERT_EQ(faults.as_array().size(), 4U);
  EXPECT_EQ(faults.at(0), json::parse(R"({"type":"string_type","loc":["body","group_name"],
    "msg":"Input should be a valid string","input":7})"));
  EXPECT_EQ(faults.at(1).at("input"), "**********");
  EXPECT_EQ(faults.at(2).at("type"), "enum");
  EXPECT_EQ(faults.at(2).at("input"), "tradier");
  EXPECT_THAT(std::string(faults.at(2).at("msg").as_string()), HasSubstr("Input should be 'BBAE', 'Chase', "));
  EXPECT_THAT(std::string(faults.at(2).at_pointer("/ctx/expected").as_string()), HasSubstr("'WellsFargo' or 'Paper'"));
  EXPECT_EQ(faults.at(3), json::parse(R"({"type":"string_type","loc":["body","cred","PASSWORD"],
    "msg":"Input should be a valid string","input":"**********"})"));
}

TEST(LegacyRequestTest, NamesHaveAGrammar) {
  const json::value faults = faults_of(R"({"group_name":"","account_name":"a/b","brokerage":3,"cred":"s3cret"})");
  EXPECT_EQ(faults.at(0).at("type"), "value_error");
  EXPECT_EQ(faults.at(0).at("loc"), json::parse(R"(["body","group_name"])"));
  EXPECT_EQ(faults.at(1).at("input"), "a/b");
  EXPECT_EQ(faults.at(2).at("type"), "enum");
  EXPECT_EQ(faults.at(3).at("type"), "dict_type");
  EXPECT_THAT(json::serialize(faults), Not(HasSubstr("s3cret")));
}

TEST(LegacyRequestTest, TellsWhatIsNoJsonAndWhatIsNoObject) {
  for (const char* body : {"{", "{\"a\":s3cret}", "{} {}", "{'group_name':'g'}", "\xff"}) {
    const json::value faults = faults_of(body);
    ASSERT_EQ(faults.as_array().size(), 1U) << body;
    EXPECT_EQ(faults.at(0).at("type"), "json_invalid") << body;
    EXPECT_EQ(faults.at(0).at("msg"), "JSON decode error");
    EXPECT_EQ(faults.at(0).at_pointer("/loc/0"), "body");
    EXPECT_TRUE(faults.at(0).at_pointer("/loc/1").is_number());
    EXPECT_THAT(json::serialize(faults), Not(HasSubstr("s3cret")));
  }
  for (const char* body : {"[]", "null", "\"s3cret\"", "1"}) {
    EXPECT_EQ(faults_of(body).at(0).at("type"), "model_attributes_type") << body;
    EXPECT_EQ(faults_of(body).at(0).at("loc"), json::parse(R"(["body"])"));
    EXPECT_THAT(json::serialize(faults_of(body)), Not(HasSubstr("s3cret")));
  }
  EXPECT_EQ(faults_of(kGood, "text/plain").at(0).at("type"), "model_attributes_type");
}

TEST(LegacyRequestTest, ReadsATransaction) {
  LegacyFaults faults;
  NameValues query = order("Sell", "2.5", "aapl");
  query.emplace_back("dry", "True");
  const auto parsed = parse_legacy_transaction(query, false, faults);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->group, GroupName("g"));
  EXPECT_EQ(parsed->side, Side::sell);
  EXPECT_EQ(parsed->quantity.to_string(), "2.5");
  EXPECT_EQ(parsed->symbol, Symbol("AAPL"));
  EXPECT_TRUE(parsed->dry_run);
}

TEST(LegacyRequestTest, ATransactionNamesItsOrder) {
  EXPECT_EQ(transaction_faults({}), json::parse(R"([
    {"type":"missing","loc":["query","group_name"],"msg":"Field required","input":null},
    {"type":"missing","loc":["query","method"],"msg":"Field required","input":null},
    {"type":"missing","loc":["query","amount"],"msg":"Field required","input":null},
    {"type":"missing","loc":["query","ticker"],"msg":"Field required","input":null}])"));
  EXPECT_EQ(transaction_faults(order("buy", "1", "AAPL")), json::parse(R"([
    {"type":"enum","loc":["query","method"],"msg":"Input should be 'Sell' or 'Buy'","input":"buy",
     "ctx":{"expected":"'Sell' or 'Buy'"}}])"));
  EXPECT_EQ(transaction_faults(order("Buy", "one", "AAPL")).at(0).at("type"), "decimal_parsing");
  EXPECT_EQ(transaction_faults(order("Buy", "0", "AAPL")).at(0).at("type"), "greater_than");
  EXPECT_EQ(transaction_faults(order("Buy", "-1", "AAPL")).at(0).at("type"), "greater_than");
  EXPECT_EQ(transaction_faults(order("Buy", "1", "")).at(0).at("type"), "value_error");
  EXPECT_EQ(transaction_faults(order("Buy", "1", "A;B")).at(0).at("loc"), json::parse(R"(["query","ticker"])"));
}

TEST(LegacyRequestTest, NothingThatWouldMakeItAnotherOrderIsPassedOver) {
  NameValues query = order("Buy", "1", "AAPL");
  query.emplace_back("dry_run", "true");
  EXPECT_EQ(transaction_faults(query).at(0).at("type"), "extra_forbidden");
  query = order("Buy", "1", "AAPL");
  query.emplace_back("amount", "5");
  EXPECT_EQ(transaction_faults(query).at(0).at("loc"), json::parse(R"(["query","amount"])"));
  query = order("Buy", "1", "AAPL");
  query.emplace_back("dry", "maybe");
  EXPECT_EQ(transaction_faults(query).at(0).at("type"), "bool_parsing");
}

TEST(LegacyRequestTest, TheOriginalsOrderOnlyWhereItIsAllowedAndNothingIsNamed) {
  LegacyFaults faults;
  const auto parsed = parse_legacy_transaction({{"group_name", "g"}, {"dry", "0"}}, true, faults);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->side, Side::buy);
  EXPECT_EQ(parsed->quantity.to_string(), "1");
  EXPECT_EQ(parsed->symbol, Symbol("AAPL"));
  EXPECT_FALSE(parsed->dry_run);
  EXPECT_EQ(transaction_faults({{"group_name", "g"}, {"ticker", "MSFT"}}, true).as_array().size(), 2U);
}

TEST(LegacyRequestTest, ReadsAnAccount) {
  LegacyFaults faults;
  EXPECT_EQ(parse_legacy_account({{"group_name", "g"}, {"account_name", "a"}, {"x", "y"}}, faults),
            (AccountRef{.group = GroupName("g"), .account = AccountName("a")}));
  EXPECT_FALSE(parse_legacy_account({}, faults));
  EXPECT_EQ(json::parse(faults.reply().body).at("detail").as_array().size(), 2U);
}

}  // namespace
}  // namespace tradeauto
