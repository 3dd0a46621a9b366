#include "rpc/convert.h"

#include <array>
#include <functional>
#include <random>
#include <set>
#include <string>

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "rpc/wire_text.h"

namespace tradeauto {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

constexpr int kSamples = 200;

// Values of every kind, from a seed that a failure prints.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t number(std::uint64_t most = 1'000'000) {
    return std::uniform_int_distribution<std::uint64_t>(1, most)(engine_);
  }
  bool coin() { return number(2) == 2; }
  std::string word() { return "w-" + std::to_string(number()); }
  std::string text() { return "«" + word() + "»\n\t\"" + word(); }
  template <typename Enum>
  Enum pick(Enum last) {
    return static_cast<Enum>(number(static_cast<std::uint64_t>(last) + 1) - 1);
  }
  template <typename Typed>
  Typed decimal() {
    return Typed(Decimal::from_units(static_cast<Int128>(number(1'000'000'000'000'000ULL))).value());
  }
  std::chrono::nanoseconds duration() { return std::chrono::nanoseconds(number(1ULL << 62U)); }
  Timestamp time() { return Timestamp(std::chrono::microseconds(number(1ULL << 52U))); }
  Epoch epoch() { return {.incarnation = number(), .counter = number()}; }
  AccountRef account() { return {.group = GroupName(word()), .account = AccountName(word())}; }
  Symbol symbol() { return Symbol("S" + std::to_string(number())); }
  template <typename T, typename Make>
  std::vector<T> several(Make make) {
    std::vector<T> out;
    for (std::uint64_t n = number(3); n > 0; --n) out.push_back(make());
    return out;
  }

  Error error() {
    return {.code = pick(ErrorCode::internal),
            .reason = word(),
            .message = text(),
            .effect = pick(Effect::maybe),
            .fields = several<FieldError>([this] { return FieldError{word(), word(), text()}; })};
  }
  ExecutionReport execution() {
    return {.sub_account = word(),
            .status = pick(ExecutionStatus::in_doubt),
            .broker_order_id = coin() ? std::optional(word()) : std::nullopt,
            .quantity = decimal<Quantity>(),
            .price = coin() ? std::optional(decimal<Price>()) : std::nullopt,
            .message = text(),
            .evidence = text(),
            .at = time()};
  }
  ChildOrderReport child_order_report() {
    return {.child_order = ChildOrderId(word()),
            .complete = coin(),
            .status = pick(ChildOrderStatus::expired),
            .reason = word(),
            .detail = text(),
            .executions = several<ExecutionReport>([this] { return execution(); })};
  }
  HoldingsReport holdings() {
    return {.account = account(),
            .complete = coin(),
            .sub_accounts = several<std::string>([this] { return word(); }),
            .holdings = several<Holding>([this] {
              return Holding{word(), symbol(), decimal<Quantity>(),
                             coin() ? std::optional(decimal<Price>()) : std::nullopt};
            }),
            .cash = several<std::pair<std::string, Money>>([this] { return std::pair(word(), decimal<Money>()); }),
            .as_of = time(),
            .message = text()};
  }
  WorkerHello hello() {
    return {.name = WorkerName(word()),
            .version = word(),
            .journal = {.id = JournalId(word()), .last_sequence = number(), .tail_cut = coin()},
            .executors = several<ExecutorInfo>([this] {
              return ExecutorInfo{word(), several<Brokerage>([this] { return pick(Brokerage::paper); }), coin(), word(),
                                  text()};
            }),
            .only_groups = several<GroupName>([this] { return GroupName(word()); }),
            .standings = several<TaskStanding>([this] {
              return TaskStanding{TaskId(word()), several<ChildOrderId>([this] { return ChildOrderId(word()); }),
                                  pick(TaskStanding::State::dead)};
            })};
  }
  Permit permit() {
    return {.task = TaskId(word()),
            .epoch = epoch(),
            .child_orders = several<ChildOrderId>([this] { return ChildOrderId(word()); }),
            .valid_for = duration(),
            .run_for = duration(),
            .refusal = word(),
            .retry_later = coin()};
  }
  TransactionTask task() {
    TransactionTask task{.id = TaskId(word()),
                         .epoch = epoch(),
                         .order_id = OrderId(word()),
                         .client_order_id = ClientOrderId(word()),
                         .account = account(),
                         .brokerage = pick(Brokerage::paper),
                         .side = pick(Side::sell),
                         .quantity = decimal<Quantity>(),
                         .dry_run = coin(),
                         .child_orders = {},
                         .start_within = duration(),
                         .run_for = duration()};
    for (const char* symbol : {"AAPL", "BRK.B", "X"}) {
      if (task.child_orders.empty() || coin()) task.child_orders.push_back({ChildOrderId(word()), Symbol(symbol)});
    }
    return task;
  }
  AccountActivation activation() {
    AccountActivation activation{
        .account = account(), .brokerage = pick(Brokerage::paper), .credentials = {}, .epoch = epoch()};
    activation.credentials.set("USERNAME", SecretString(word()));
    activation.credentials.set("PASSWORD", SecretString("\xFF\x01 not UTF-8 " + word()));
    return activation;
  }

 private:
  std::mt19937_64 engine_;
};

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

template <typename Wire>
struct Broken {
  std::string field;
  std::function<void(Wire&)> breaks;
};

template <typename Wire>
void expect_refusals(const Wire& good, const std::vector<Broken<Wire>>& cases) {
  for (const Broken<Wire>& broken : cases) {
    Wire wire = good;
    broken.breaks(wire);
    const auto parsed = from_proto(std::move(wire));
    ASSERT_FALSE(parsed.ok()) << broken.field;
    EXPECT_EQ(parsed.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(parsed.error().reason, "protocol_error");
    ASSERT_EQ(parsed.error().fields.size(), 1U);
    EXPECT_EQ(parsed.error().fields[0].pointer, broken.field);
    EXPECT_TRUE(parsed.error().message.starts_with(broken.field + ": ")) << parsed.error().message;
  }
}

TEST(ConvertTest, ABadHelloIsRefusedByFieldName) {
  Dice dice(1);
  expect_refusals<v1::Hello>(
      to_proto(dice.hello()),
      {{"name", [](auto& m) { m.clear_name(); }},
       {"name", [](auto& m) { m.set_name("no/slash"); }},
       {"journal", [](auto& m) { m.clear_journal(); }},
       {"journal.id", [](auto& m) { m.mutable_journal()->clear_id(); }},
       {"journal.id", [](auto& m) { m.mutable_journal()->set_id(std::string(129, 'x')); }},
       {"executors[0].name", [](auto& m) { m.mutable_executors(0)->clear_name(); }},
       {"executors[0].brokerages[0].value",
        [](auto& m) { m.mutable_executors(0)->set_brokerages(0, v1::BROKERAGE_UNSPECIFIED); }},
       {"only_groups[0].name", [](auto& m) { m.set_only_groups(0, " g"); }},
       {"standings[0].child_orders[0].id", [](auto& m) { m.mutable_standings(0)->set_child_orders(0, "a b"); }},
       {"standings[0].state",
        [](auto& m) { m.mutable_standings(0)->set_state(static_cast<v1::TaskStanding_State>(99)); }}});
}

TEST(ConvertTest, ABadOfferIsRefusedByFieldName) {
  Dice dice(2);
  expect_refusals<v1::Offer>(to_proto(dice.task()),
                             {{"task", [](auto& m) { m.clear_task(); }},
                              {"epoch", [](auto& m) { m.clear_epoch(); }},
                              {"order", [](auto& m) { m.clear_order(); }},
                              {"client_order_id", [](auto& m) { m.set_client_order_id("two words"); }},
                              {"account", [](auto& m) { m.clear_account(); }},
                              {"account.group", [](auto& m) { m.mutable_account()->clear_group(); }},
                              {"account.account", [](auto& m) { m.mutable_account()->set_account("a/b"); }},
                              {"brokerage", [](auto& m) { m.set_brokerage(static_cast<v1::Brokerage>(18)); }},
                              {"side", [](auto& m) { m.clear_side(); }},
                              {"quantity", [](auto& m) { m.set_quantity("1e5"); }},
                              {"quantity", [](auto& m) { m.set_quantity("0"); }},
                              {"quantity", [](auto& m) { m.set_quantity("-1"); }},
                              {"child_orders", [](auto& m) { m.clear_child_orders(); }},
                              {"child_orders", [](auto& m) { *m.add_child_orders() = m.child_orders(0); }},
                              {"child_orders[0].id", [](auto& m) { m.mutable_child_orders(0)->clear_id(); }},
                              {"child_orders[0].symbol", [](auto& m) { m.mutable_child_orders(0)->set_symbol("A;B"); }},
                              {"start_within_nanos", [](auto& m) { m.set_start_within_nanos(-1); }},
                              {"run_for_nanos", [](auto& m) { m.set_run_for_nanos(-1); }}});
}

TEST(ConvertTest, ABadReportIsRefusedByFieldName) {
  Dice dice(3);
  JournaledReport report{1, TaskId("t"), dice.child_order_report()};
  report.report.executions = {dice.execution()};
  using Wire = v1::Report;
  const auto execution = [](Wire& m) { return m.mutable_report()->mutable_executions(0); };
  expect_refusals<Wire>(to_proto(report),
                        {{"sequence", [](auto& m) { m.clear_sequence(); }},
                         {"task", [](auto& m) { m.set_task("a\nb"); }},
                         {"report", [](auto& m) { m.clear_report(); }},
                         {"report.child_order", [](auto& m) { m.mutable_report()->clear_child_order(); }},
                         {"report.status", [](auto& m) { m.mutable_report()->clear_status(); }},
                         {"report.executions[0].status", [&](auto& m) { execution(m)->clear_status(); }},
                         {"report.executions[0].quantity", [&](auto& m) { execution(m)->set_quantity("many"); }},
                         {"report.executions[0].price", [&](auto& m) { execution(m)->set_price(""); }}});
}

TEST(ConvertTest, OtherBadMessagesAreRefusedByFieldName) {
  Dice dice(4);
  expect_refusals<v1::Permit>(to_proto(dice.permit()),
                              {{"task", [](auto& m) { m.clear_task(); }},
                               {"epoch", [](auto& m) { m.clear_epoch(); }},
                               {"child_orders[0].id", [](auto& m) { m.set_child_orders(0, ""); }},
                               {"valid_for_nanos", [](auto& m) { m.set_valid_for_nanos(-5); }},
                               {"run_for_nanos", [](auto& m) { m.set_run_for_nanos(-5); }}});
  expect_refusals<v1::Activate>(to_proto(dice.activation()),
                                {{"account", [](auto& m) { m.clear_account(); }},
                                 {"brokerage", [](auto& m) { m.clear_brokerage(); }},
                                 {"epoch", [](auto& m) { m.clear_epoch(); }},
                                 {"credentials", [](auto& m) { (*m.mutable_credentials())["pass word"] = "x"; }}});
  expect_refusals<v1::HoldingsReport>(
      to_proto(dice.holdings()), {{"account", [](auto& m) { m.clear_account(); }},
                                  {"holdings[0].symbol", [](auto& m) { m.mutable_holdings(0)->clear_symbol(); }},
                                  {"holdings[0].quantity", [](auto& m) { m.mutable_holdings(0)->set_quantity("."); }},
                                  {"holdings[0].price", [](auto& m) { m.mutable_holdings(0)->set_price("$1"); }},
                                  {"cash[0].amount", [](auto& m) { m.mutable_cash(0)->clear_amount(); }}});
  expect_refusals<v1::PermitRequest>({}, {{"task", [](auto&) {}}, {"epoch", [](auto& m) { m.set_task("t"); }}});
  expect_refusals<v1::Assign>({}, {{"group", [](auto&) {}}, {"epoch", [](auto& m) { m.set_group("g"); }}});
  expect_refusals<v1::Deactivate>(
      {}, {{"account", [](auto&) {}}, {"epoch", [](auto& m) { *m.mutable_account() = to_proto(Dice(5).account()); }}});
  expect_refusals<v1::ActivationResult>({}, {{"account", [](auto&) {}}});
  expect_refusals<v1::Refusal>({}, {{"task", [](auto&) {}}, {"error", [](auto& m) { m.set_task("t"); }}});
  expect_refusals<v1::Welcome>({}, {{"ledger", [](auto&) {}}});
  expect_refusals<v1::Release>({}, {{"group", [](auto&) {}}});
  expect_refusals<v1::Withdraw>({}, {{"task", [](auto&) {}}});
  expect_refusals<v1::HoldingsRequest>({}, {{"account", [](auto&) {}}, {"run_nanos", [](auto& m) {
                                                                          *m.mutable_account() =
                                                                              to_proto(Dice(5).account());
                                                                          m.set_run_nanos(-1);
                                                                        }}});
  expect_refusals<v1::HeartbeatAck>({}, {{"lease_nanos", [](auto& m) { m.set_lease_nanos(-1); }}});
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
