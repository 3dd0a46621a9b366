#include "rpc/wire_text.h"

#include <string>

#include <gtest/gtest.h>

#include "rpc/convert.h"
#include "rpc/dice_test.h"

namespace tradeauto {
namespace {

TEST(WireTextTest, KeepsWhatIsUtf8AndMendsWhatIsNot) {
  for (const char* good : {"", "plain", "Grüße – 你好 🙂", "\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(wire_text(good), good);
  }
  EXPECT_EQ(wire_text("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(wire_text("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");          // overlong
  EXPECT_EQ(wire_text("\xED\xA0\x80").find('\xED'), std::string::npos);  // a surrogate
  EXPECT_EQ(wire_text("cut \xE2\x82"), "cut \xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(WireTextTest, CutsBehindAWholeCharacter) {
  std::string text(kMaxWireText - 1, 'x');
  EXPECT_EQ(wire_text(text + "€").size(), kMaxWireText - 1);
  EXPECT_EQ(wire_text(text + "yz"), text + "y");
}

TEST(WireTextTest, AReportWithABrokersBytesArrives) {
  JournaledReport report{1, TaskId("t"), Dice(8).child_order_report()};
  report.report.detail = "caf\xE9";
  v1::Report parsed;
  ASSERT_TRUE(parsed.ParseFromString(to_proto(report).SerializeAsString()));
  EXPECT_EQ(parsed.report().detail(), "caf\xEF\xBF\xBD");
}

}  // namespace
}  // namespace tradeauto
