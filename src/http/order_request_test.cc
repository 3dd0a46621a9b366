#include "http/order_request.h"

#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tradeauto {
namespace {

namespace json = boost::json;
using testing::Contains;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

json::object order() {
  return {{"client_order_id", "c-1"},
          {"group", "family"},
          {"side", "buy"},
          {"quantity", "1"},
          {"symbols", json::array{"AAPL"}}};
}

Result<OrderRequest> parse(const json::object& body, std::string_view key = {}) {
  return parse_order_request(json::serialize(body), key);
}

// The order with this field set to a piece of JSON, or left out when it is empty.
json::object with(const std::string& field, const std::string& value) {
  json::object body = order();
  body.erase(field);
  if (!value.empty()) body[field] = json::parse(value);
  return body;
}

std::vector<std::string> pointers(const Error& error) {
  std::vector<std::string> found;
  for (const FieldError& field : error.fields) found.push_back(field.pointer);
  return found;
}

TEST(OrderRequestTest, ReadsAnOrderInFull) {
  json::object body = order();
  body["symbols"] = json::array{"aapl", "brk.b"};
  body["quantity"] = "1.50";
  body["dry_run"] = true;
  body["type"] = "market";
  body["time_in_force"] = "day";
  body["deadline"] = "2026-01-02T03:04:05+01:00";
  body["override"] = json::array{"in_doubt_open", "dance", "dance"};
  body["accounts"] = nullptr;
  const auto request = parse(body);
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(request->client_order_id.str(), "c-1");
  EXPECT_EQ(request->group, GroupName("family"));
  EXPECT_TRUE(request->accounts.empty());
  EXPECT_EQ(request->side, Side::buy);
  EXPECT_EQ(request->quantity.to_string(), "1.5");
  EXPECT_EQ(request->symbols, (std::vector{Symbol("AAPL"), Symbol("BRK.B")}));
  EXPECT_TRUE(request->dry_run);
  EXPECT_EQ(request->overrides, (std::vector<std::string>{"dance", "in_doubt_open"}));
  EXPECT_EQ(to_rfc3339(request->deadline.value()), "2026-01-02T02:04:05.000000Z");
  EXPECT_FALSE(request->deadline_within);
}

TEST(OrderRequestTest, ReadsAccountsAndSeconds) {
  json::object body = order();
  body.erase("group");
  body["accounts"] = json::array{"family/mom", "work/it"};
  body["side"] = "sell";
  body["deadline_seconds"] = 60;
  const auto request = parse(body);
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_FALSE(request->group);
  ASSERT_EQ(request->accounts.size(), 2U);
  EXPECT_EQ(request->accounts[1], (AccountRef{GroupName("work"), AccountName("it")}));
  EXPECT_EQ(request->side, Side::sell);
  EXPECT_EQ(request->deadline_within, std::chrono::seconds(60));
}

TEST(OrderRequestTest, NamesTheFieldOfEachWrongValue) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> wrong = {
      {"side", {"", "1", "null", "\"\"", "\"BUY \"", "\"hold\"", "[\"buy\"]", "true"}},
      {"quantity",
       {"", "1", "1.5", "true", "null", "\"\"", "\"0\"", "\"-1\"", "\"+1\"", "\" 1\"", "\"1e3\"", "\"nan\"", "\"1,0\"",
        "\".5\"", "\"1.\"", "\"0.0000000001\"", "\"1111111111111111111\"", "\"１\""}},
      {"symbols",
       {"", "\"AAPL\"", "[]", "[1]", "[\"\"]", "[null]", "[\"A APL\"]", "[\"-A\"]", "[\"AÄ\"]", "[[\"AAPL\"]]",
        "[\"AAPL\",\"aapl\"]", "[\"AAAAAAAAAAAAAAAAA\"]"}},
      {"group", {"1", "\"\"", "\" family\"", "\"fam/ily\"", "\"a\\nb\"", "[]", "{}", "", "null"}},
      {"client_order_id", {"", "1", "\"\"", "\"a b\"", "\"ä\"", "\"a\\n\"", "null", "{}"}},
      {"dry_run", {"\"true\"", "1", "null", "[]"}},
      {"deadline_seconds", {"0", "-1", "\"10\"", "1.5", "1000000000000", "1e30"}},
      {"deadline", {"\"tomorrow\"", "1", "\"2020-01-01T00:00:00\""}},
      {"type", {"\"limit\"", "\"stop\"", "1"}},
      {"limit_price", {"\"1\""}},
      {"time_in_force", {"\"gtc\"", "1"}},
      {"override", {"\"dance\"", "[\"everything\"]", "[1]"}},
      {"colour", {"\"red\""}},
  };
  for (const auto& [field, values] : wrong) {
    for (const std::string& value : values) {
      const auto request = parse(with(field, value));
      ASSERT_FALSE(request.ok()) << field << " " << value;
      EXPECT_THAT(pointers(request.error()), Contains(testing::StartsWith("/" + field))) << value;
      EXPECT_EQ(request.error().effect, Effect::none);
    }
  }
}

TEST(OrderRequestTest, BoundsListsAndIds) {
  json::array symbols;
  for (int i = 0; i < 50; ++i) symbols.emplace_back("S" + std::to_string(i));
  json::object body = order();
  body["symbols"] = symbols;
  EXPECT_TRUE(parse(body).ok());
  symbols.emplace_back("S50");
  body["symbols"] = symbols;
  EXPECT_THAT(pointers(parse(body).error()), UnorderedElementsAre("/symbols"));
  body = order();
  body["client_order_id"] = std::string(64, 'a');
  EXPECT_TRUE(parse(body).ok());
  body["client_order_id"] = std::string(65, 'a');
  EXPECT_FALSE(parse(body).ok());
}

TEST(OrderRequestTest, TellsAllFaultsAtOnce) {
  json::object body = order();
  body["side"] = "hold";
  body["quantity"] = "-1";
  body["symbols"] = json::array{};
  body["qty"] = "1";
  const Error error = parse(body).error();
  EXPECT_EQ(error.code, ErrorCode::invalid_argument);
  EXPECT_THAT(pointers(error), UnorderedElementsAre("/side", "/quantity", "/symbols", "/qty"));
  EXPECT_THAT(error.fields.back().detail, HasSubstr("quantity"));
}

TEST(OrderRequestTest, IsForAGroupOrForAccounts) {
  json::object both = order();
  both["accounts"] = json::array{"family/mom"};
  EXPECT_THAT(pointers(parse(both).error()), UnorderedElementsAre("/accounts"));
  EXPECT_EQ(parse(both).error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(pointers(parse(with("group", "")).error()), UnorderedElementsAre("/group"));
}

TEST(OrderRequestTest, RefusesAnAccountThatStandsTwice) {
  json::object body = order();
  body.erase("group");
  body["accounts"] = json::array{"family/mom", "family/mom"};
  EXPECT_EQ(parse(body).error().code, ErrorCode::unprocessable);
  EXPECT_THAT(pointers(parse(body).error()), UnorderedElementsAre("/accounts/1"));
}

TEST(OrderRequestTest, RefusesTwoDeadlines) {
  json::object body = order();
  body["deadline"] = "2026-01-02T03:04:05Z";
  body["deadline_seconds"] = 5;
  EXPECT_THAT(pointers(parse(body).error()), UnorderedElementsAre("/deadline_seconds"));
}

TEST(OrderRequestTest, TakesTheIdempotencyKeyForTheClientOrderId) {
  const auto request = parse(with("client_order_id", ""), "key-1");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->client_order_id.str(), "key-1");
  EXPECT_TRUE(parse(order(), "c-1").ok());
  const Error conflict = parse(order(), "c-2").error();
  EXPECT_EQ(conflict.code, ErrorCode::invalid_argument);
  EXPECT_THAT(pointers(conflict), UnorderedElementsAre("/client_order_id"));
  EXPECT_FALSE(parse(with("client_order_id", ""), "a b").ok());
}

TEST(CanonicalFormTest, IsTheSameHoweverItIsWritten) {
  const auto plain = parse_order_request(
      R"({"client_order_id":"c","group":"g","side":"buy","quantity":"1","symbols":["AAPL"],"deadline":"2026-01-02T00:00:00Z"})",
      {});
  const auto other = parse_order_request(
      R"( {"deadline":"2026-01-02T01:00:00.000+01:00", "symbols":["aapl"], "quantity":"1.0", "type":"market", "override":[],
           "dry_run":false, "accounts":null, "side":"buy", "time_in_force":"day", "group":"g", "client_order_id":"d"} )",
      {});
  ASSERT_TRUE(plain.ok());
  ASSERT_TRUE(other.ok()) << other.error().message;
  EXPECT_EQ(plain->canonical, other->canonical);
}

TEST(CanonicalFormTest, DiffersWithEverythingThatMatters) {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"group", "\"other\""},      {"side", "\"sell\""},       {"quantity", "\"2\""},
      {"symbols", "[\"MSFT\"]"},   {"dry_run", "true"},        {"deadline", "\"2026-01-02T00:00:00Z\""},
      {"deadline_seconds", "900"}, {"override", "[\"dance\"]"}};
  std::vector<std::string> forms = {parse(order())->canonical};
  for (const auto& [field, value] : changes) {
    const auto request = parse(with(field, value));
    ASSERT_TRUE(request.ok()) << field;
    EXPECT_THAT(forms, testing::Not(Contains(request->canonical))) << field;
    forms.push_back(request->canonical);
  }
}

TEST(RetryRequestTest, TakesItsKeyAndWhetherRejectedOnesAreIncluded) {
  const auto plain = parse_retry_request(R"({"client_order_id":"c-2"})", {});
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->client_order_id, ClientOrderId("c-2"));
  EXPECT_FALSE(plain->include_rejected);
  const auto keyed = parse_retry_request(R"({"include_rejected":true})", "k-1");
  ASSERT_TRUE(keyed.ok());
  EXPECT_EQ(keyed->client_order_id, ClientOrderId("k-1"));
  EXPECT_TRUE(keyed->include_rejected);
  EXPECT_EQ(parse_retry_request("{}", {}).error().fields.at(0).code, "required");
  EXPECT_EQ(parse_retry_request(R"({"client_order_id":"a b"})", {}).error().code, ErrorCode::unprocessable);
  EXPECT_EQ(parse_retry_request(R"({"client_order_id":"c","include_rejected":1})", {}).error().code,
            ErrorCode::invalid_argument);
  EXPECT_EQ(parse_retry_request(R"({"client_order_id":"c","symbols":["AAPL"]})", {}).error().fields.at(0).code,
            "unknown_field");
}

TEST(PreviewRequestTest, NeedsNoClientOrderIdAndIsElseAnOrder) {
  EXPECT_TRUE(parse_preview_request(R"({"group":"family","side":"buy","quantity":"1","symbols":["AAPL"]})").ok());
  const auto keyed = parse_preview_request(
      R"({"client_order_id":"c-1","group":"family","side":"buy","quantity":"1","symbols":["A"]})");
  ASSERT_TRUE(keyed.ok());
  EXPECT_EQ(keyed->client_order_id, ClientOrderId("c-1"));
  const auto faults = parse_preview_request(R"({"client_order_id":"a b","group":"family","qty":"1","symbols":["A"]})");
  ASSERT_FALSE(faults.ok());
  EXPECT_EQ(faults.error().fields.size(), 4U) << "the id, side, quantity, qty";
}

}  // namespace
}  // namespace tradeauto
