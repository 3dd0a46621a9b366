#include "rpc/convert.h"

#include <array>
#include <set>
#include <string>

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "rpc/dice_test.h"

namespace tradeauto {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

constexpr int kSamples = 200;

// The fields of `message` and of what it holds that are set, by full name.
void collect_set(const Message& message, std::set<std::string>& seen) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    seen.insert(field->full_name());
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
    const auto* reflection = message.GetReflection();
    if (!field->is_repeated()) collect_set(reflection->GetMessage(message, field), seen);
    for (int i = 0; field->is_repeated() && i < reflection->FieldSize(message, field); ++i) {
      collect_set(reflection->GetRepeatedMessage(message, field, i), seen);
    }
  }
}

void collect_all(const google::protobuf::Descriptor* type, std::set<std::string>& all) {
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (all.insert(field->full_name()).second && field->message_type() != nullptr && !field->is_map()) {
      collect_all(field->message_type(), all);
    }
  }
}

// to_proto() fills every field there is, and to_proto(from_proto(x)) is x.
template <typename Make, typename Read>
void expect_round_trip(Make make, Read read) {
  std::array<std::uint8_t, 2> bytes{};
  SystemRng().fill(bytes);
  const std::uint64_t seed = bytes[0] * 256U + bytes[1];
  Dice dice(seed);
  std::set<std::string> seen;
  std::set<std::string> all;
  for (int i = 0; i < kSamples; ++i) {
    const auto wire = to_proto(make(dice));
    collect_set(wire, seen);
    collect_all(wire.GetDescriptor(), all);
    const auto parsed = read(wire);
    ASSERT_TRUE(parsed.ok()) << "seed " << seed << ": " << parsed.error().message;
    ASSERT_TRUE(MessageDifferencer::Equals(wire, to_proto(*parsed))) << "seed " << seed << "\n"
                                                                     << wire.ShortDebugString() << "\n"
                                                                     << to_proto(*parsed).ShortDebugString();
  }
  EXPECT_EQ(seen, all) << "seed " << seed;
}
constexpr auto kRead = [](const auto& wire) { return from_proto(wire); };

TEST(ConvertTest, HelloRoundTrips) {
  expect_round_trip([](Dice& dice) { return dice.hello(); }, kRead);
}
TEST(ConvertTest, ReportRoundTrips) {
  expect_round_trip(
      [](Dice& dice) { return JournaledReport{dice.number(), TaskId(dice.word()), dice.child_order_report()}; }, kRead);
}
TEST(ConvertTest, ActivationResultRoundTrips) {
  expect_round_trip(
      [](Dice& dice) {
        return ActivationOutcome{dice.account(), dice.epoch(),
                                 dice.coin() ? Result<void>() : Result<void>(dice.error())};
      },
      kRead);
}
TEST(ConvertTest, RefusalRoundTrips) {
  expect_round_trip([](Dice& dice) { return TaskRefusal{TaskId(dice.word()), dice.error()}; }, kRead);
}
TEST(ConvertTest, HoldingsRoundTrip) {
  expect_round_trip([](Dice& dice) { return dice.holdings(); }, kRead);
}
TEST(ConvertTest, PermitRoundTrips) {
  expect_round_trip([](Dice& dice) { return dice.permit(); }, kRead);
}
TEST(ConvertTest, OfferRoundTrips) {
  expect_round_trip([](Dice& dice) { return dice.task(); }, kRead);
}
TEST(ConvertTest, ActivationRoundTripsWithTheExactBytesOfALogIn) {
  expect_round_trip([](Dice& dice) { return dice.activation(); },
                    [](v1::Activate wire) { return from_proto(std::move(wire)); });
}

TEST(ConvertTest, FieldsStandWhereTheContractHasThem) {
  const auto account = to_proto(AccountRef{GroupName("family"), AccountName("mom")});
  EXPECT_EQ(account.group(), "family");
  EXPECT_EQ(account.account(), "mom");
  const auto epoch = to_proto(Epoch{.incarnation = 3, .counter = 7});
  EXPECT_EQ(epoch.incarnation(), 3U);
  EXPECT_EQ(epoch.counter(), 7U);
  const auto welcome = to_proto(WorkerSessions::Opened{nullptr, LedgerId("l"), 4, std::chrono::seconds(2)});
  const auto opened = from_proto(welcome);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->ledger, LedgerId("l"));
  EXPECT_EQ(opened->incarnation, 4U);
  EXPECT_EQ(opened->lease, std::chrono::seconds(2));
}

// "wells_fargo", "Wells Fargo" and BROKERAGE_WELLS_FARGO are one word.
std::string letters(std::string_view word) {
  std::string out;
  for (const char c : word) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) out += static_cast<char>(std::tolower(c));
  }
  return out;
}

template <typename Domain, typename Name>
void expect_same_words(Domain last, int wire_max, std::string_view prefix, Name name) {
  EXPECT_EQ(static_cast<int>(last) + 1, wire_max);
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    EXPECT_EQ(letters(name(i + 1)), letters(prefix) + letters(to_string(static_cast<Domain>(i))));
  }
}

TEST(ConvertTest, EveryEnumHasTheDomainsWords) {
  expect_same_words(Brokerage::paper, v1::Brokerage_MAX, "BROKERAGE",
                    [](int i) { return v1::Brokerage_Name(static_cast<v1::Brokerage>(i)); });
  expect_same_words(Side::sell, v1::Side_MAX, "SIDE", [](int i) { return v1::Side_Name(static_cast<v1::Side>(i)); });
  expect_same_words(ChildOrderStatus::expired, v1::ChildOrderStatus_MAX, "CHILD_ORDER_STATUS",
                    [](int i) { return v1::ChildOrderStatus_Name(static_cast<v1::ChildOrderStatus>(i)); });
  expect_same_words(ExecutionStatus::in_doubt, v1::ExecutionStatus_MAX, "EXECUTION_STATUS",
                    [](int i) { return v1::ExecutionStatus_Name(static_cast<v1::ExecutionStatus>(i)); });
  expect_same_words(ErrorCode::internal, v1::ErrorCode_MAX, "ERROR_CODE",
                    [](int i) { return v1::ErrorCode_Name(static_cast<v1::ErrorCode>(i)); });
  expect_same_words(Effect::maybe, v1::Effect_MAX, "EFFECT",
                    [](int i) { return v1::Effect_Name(static_cast<v1::Effect>(i)); });
  EXPECT_EQ(v1::TaskStanding_State_STATE_RUNNING, static_cast<int>(TaskStanding::State::running) + 1);
  EXPECT_EQ(v1::TaskStanding_State_STATE_FINISHED, static_cast<int>(TaskStanding::State::finished) + 1);
  EXPECT_EQ(v1::TaskStanding_State_STATE_DEAD, static_cast<int>(TaskStanding::State::dead) + 1);
}
TEST(ConvertTest, AnErrorOfANewerPeerIsStillAnError) {
  v1::Error wire;
  wire.set_code(static_cast<v1::ErrorCode>(99));
  wire.set_reason("new_word");
  const Error error = from_proto(wire);
  EXPECT_EQ(error.code, ErrorCode::internal);
  EXPECT_EQ(error.effect, Effect::maybe);  // no proof of `none`
  EXPECT_EQ(error.reason, "new_word");
}

TEST(ConvertTest, TimeThatIsOverTravelsAsNothingLeft) {
  TransactionTask task = Dice(6).task();
  task.start_within = std::chrono::seconds(-3);
  EXPECT_EQ(to_proto(task).start_within_nanos(), 0);
}

TEST(ConvertTest, ALogInLeavesNoBytesInTheMessage) {
  v1::Activate wire = to_proto(Dice(7).activation());
  wipe(wire);
  for (const auto& [field, value] : wire.credentials()) EXPECT_TRUE(value.empty()) << field;
  const auto* credentials = v1::Activate::descriptor()->FindFieldByName("credentials");
  EXPECT_TRUE(credentials->options().GetExtension(v1::secret));
}

}  // namespace
}  // namespace tradeauto
