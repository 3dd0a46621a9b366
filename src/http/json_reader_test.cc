#include "http/json_reader.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tradeauto {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> pointers(const Error& error) {
  std::vector<std::string> found;
  for (const FieldError& field : error.fields) found.push_back(field.pointer);
  return found;
}

TEST(ParseObjectTest, TakesAnObject) {
  const auto object = parse_object(R"( {"a": [1, {"b": null}], "c": "ä"} )");
  ASSERT_TRUE(object.ok());
  EXPECT_EQ(object->size(), 2U);
}

TEST(ParseObjectTest, RefusesWhatIsNoJsonObject) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("nope"), std::string("null"), std::string("[]"),
        std::string("\"x\""), std::string("{} {}"), std::string("{'a':1}"), std::string(R"({"a":1,})"),
        std::string("{\"a\":\xff}"), std::string("{\"a\":\"\xc3\x28\"}"), std::string("{\"a\":\"b\0c\"}", 11),
        std::string("\xef\xbb\xbf{}"), std::string(R"({"a":NaN})"), std::string(100'000, '['),
        std::string(R"({"a":1)")}) {
    const auto object = parse_object(text);
    ASSERT_FALSE(object.ok()) << text;
    EXPECT_EQ(object.error().code, ErrorCode::invalid_argument) << text;
  }
}

TEST(ParseObjectTest, RefusesWhatIsTooDeep) {
  std::string text = R"({"a":)" + std::string(40, '[') + "1" + std::string(40, ']') + "}";
  EXPECT_THAT(parse_object(text).error().message, HasSubstr("32 levels"));
  EXPECT_TRUE(parse_object(R"({"a":)" + std::string(20, '[') + "1" + std::string(20, ']') + "}").ok());
}

TEST(ParseObjectTest, NamesADuplicateKey) {
  EXPECT_THAT(pointers(parse_object(R"({"a":1,"b":2,"a":1})").error()), ElementsAre("/a"));
  EXPECT_THAT(pointers(parse_object(R"({"a":{"x/y":1,"b":0,"x/y":1}})").error()), ElementsAre("/a/x~1y"));
  EXPECT_THAT(pointers(parse_object("{\"a\":1,\"\\u0061\":2}").error()), ElementsAre("/a"));
  EXPECT_TRUE(parse_object(R"({"a":{"a":1},"b":{"a":1}})").ok());
}

TEST(ParseObjectTest, QuotesNoValue) {
  EXPECT_THAT(parse_object(R"({"a": s3cret})").error().message, testing::Not(HasSubstr("s3cret")));
}

TEST(ObjectReaderTest, CollectsEveryFault) {
  const auto object = parse_object(R"({"text":1,"flag":"true","number":1.5,"list":["a",1],"object":[],"other":0})");
  ASSERT_TRUE(object.ok());
  ObjectReader reader(*object);
  EXPECT_FALSE(reader.text("text"));
  EXPECT_FALSE(reader.boolean("flag"));
  EXPECT_FALSE(reader.integer("number"));
  EXPECT_FALSE(reader.texts("list"));
  EXPECT_EQ(reader.object("object"), nullptr);
  reader.require("missing");
  reader.refuse_unknown();
  const Error error = std::move(reader).error();
  EXPECT_EQ(error.code, ErrorCode::invalid_argument);
  EXPECT_THAT(pointers(error), ElementsAre("/text", "/flag", "/number", "/list", "/object", "/missing", "/other"));
  EXPECT_THAT(error.message, HasSubstr("6 more"));
}

TEST(ObjectReaderTest, ReadsWhatIsThere) {
  const auto object = parse_object(R"({"text":"a","flag":true,"number":-3,"list":["a"],"object":{}})");
  ASSERT_TRUE(object.ok());
  ObjectReader reader(*object);
  EXPECT_EQ(reader.text("text"), "a");
  EXPECT_EQ(reader.boolean("flag"), true);
  EXPECT_EQ(reader.integer("number"), -3);
  EXPECT_EQ(reader.texts("list"), std::vector<std::string>{"a"});
  EXPECT_NE(reader.object("object"), nullptr);
  EXPECT_FALSE(reader.text("absent"));
  reader.refuse_unknown();
  EXPECT_TRUE(reader.ok());
}

TEST(ObjectReaderTest, AWholeNumberMayHaveAPoint) {
  const auto object =
      parse_object(R"({"a":53169.0,"b":1e3,"c":-0.0,"d":1e300,"e":9007199254740994.0,"f":18446744073709551615})");
  ASSERT_TRUE(object.ok());
  ObjectReader reader(*object);
  EXPECT_EQ(reader.integer("a"), 53169);
  EXPECT_EQ(reader.integer("b"), 1000);
  EXPECT_EQ(reader.integer("c"), 0);
  for (const char* large : {"d", "e", "f"}) EXPECT_FALSE(reader.integer(large)) << large;
  EXPECT_THAT(pointers(std::move(reader).error()), ElementsAre("/d", "/e", "/f"));
}

TEST(ObjectReaderTest, NullIsAValueOfNoTypeUnlessItIsAskedFor) {
  const auto object = parse_object(R"({"a":null,"b":null})");
  ASSERT_TRUE(object.ok());
  ObjectReader reader(*object);
  EXPECT_FALSE(reader.text("a"));
  EXPECT_TRUE(reader.is_null("b"));
  reader.refuse_unknown();
  EXPECT_THAT(pointers(std::move(reader).error()), ElementsAre("/a"));
}

TEST(ObjectReaderTest, ABrokenRuleAloneIsNoSyntaxError) {
  const auto object = parse_object(R"({"a":"x"})");
  ASSERT_TRUE(object.ok());
  ObjectReader reader(*object);
  reader.text("a");
  reader.fault("a", "bad_a", "a is y");
  const Error error = std::move(reader).error();
  EXPECT_EQ(error.code, ErrorCode::unprocessable);
  EXPECT_EQ(error.reason, "bad_a");
}

TEST(ObjectReaderTest, HintsAtWhatWasMeant) {
  const auto object = parse_object(R"({"qty":"1"})");
  ASSERT_TRUE(object.ok());
  ObjectReader reader(*object);
  reader.refuse_unknown([](std::string_view name) { return std::string(name == "qty" ? "; quantity?" : ""); });
  EXPECT_THAT(std::move(reader).error().fields.front().detail, HasSubstr("quantity?"));
}

}  // namespace
}  // namespace tradeauto
