#include "executors/paper/run_line.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "executors/paper/json_fields.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

void put_account(json::object& object, const AccountRef& account) {
  object["group"] = account.group.str();
  object["account"] = account.account.str();
}

Result<AccountRef> get_account(const json::object& object) {
  TRY(std::string group, text_field(object, "group"));
  TRY(std::string account, text_field(object, "account"));
  return AccountRef{.group = GroupName(std::move(group)), .account = AccountName(std::move(account))};
}

struct ToObject {
  json::object operator()(const RunLine& line) const {
    json::object object{{"event", "run"}};
    put_account(object, line.run.account);
    object["child_order_id"] = line.run.child_order.str();
    object["quantity"] = line.run.quantity.to_string();
    object["sub_accounts"] = line.run.sub_accounts;
    object["ended"] = line.run.ended;
    json::array unanswered;
    for (const int number : line.run.unanswered) unanswered.emplace_back(number);
    object["unanswered"] = std::move(unanswered);
    object["reason"] = line.run.reason;
    object["at"] = to_rfc3339(line.run.updated_at);
    return object;
  }
  json::object operator()(const ForgetLine& line) const {
    return {{"event", "forget"}, {"child_order_id", line.child_order.str()}};
  }
  json::object operator()(const FaultLine& line) const {
    json::object object{{"event", "fault"}};
    put_account(object, line.account);
    object["fault"] = std::string(to_string(line.fault.kind));
    object["sub_account"] = line.fault.sub_account.value_or(0);
    object["seconds"] = line.fault.seconds;
    return object;
  }
  json::object operator()(const UsedLine& line) const {
    json::object object{{"event", "used"}};
    put_account(object, line.account);
    object["version"] = line.version;
    object["times"] = line.times;
    return object;
  }
};

Result<MemoryLine> parse_run(const json::object& object) {
  PaperRun run;
  TRY(run.account, get_account(object));
  TRY(std::string child_order, text_field(object, "child_order_id"));
  run.child_order = ChildOrderId(std::move(child_order));
  TRY(const std::string quantity, text_field(object, "quantity"));
  TRY(const Decimal shares, Decimal::parse(quantity));
  run.quantity = Quantity(shares);
  TRY(const std::int64_t sub_accounts, int_field(object, "sub_accounts"));
  run.sub_accounts = static_cast<int>(sub_accounts);
  const json::value* ended = object.if_contains("ended");
  if (ended == nullptr || !ended->is_bool()) return corrupt_field("ended", "true or false");
  run.ended = ended->get_bool();
  const json::value* unanswered = object.if_contains("unanswered");
  if (unanswered == nullptr || !unanswered->is_array()) return corrupt_field("unanswered", "a list");
  for (const json::value& number : unanswered->get_array()) {
    if (!number.is_int64()) return corrupt_field("unanswered", "a list of whole numbers");
    run.unanswered.insert(static_cast<int>(number.get_int64()));
  }
  TRY(run.reason, text_field(object, "reason"));
  TRY(const std::string at, text_field(object, "at"));
  TRY(run.updated_at, parse_rfc3339(at));
  return MemoryLine(RunLine{std::move(run)});
}

Result<MemoryLine> parse_fault_line(const json::object& object) {
  FaultLine line;
  TRY(line.account, get_account(object));
  TRY(const std::string kind, text_field(object, "fault"));
  const auto parsed = parse_fault_kind(kind);
  if (!parsed) return corrupt_field("fault", "a fault");
  line.fault.kind = *parsed;
  TRY(const std::int64_t sub_account, int_field(object, "sub_account"));
  if (sub_account > 0) line.fault.sub_account = static_cast<int>(sub_account);
  TRY(const std::int64_t seconds, int_field(object, "seconds"));
  line.fault.seconds = static_cast<int>(seconds);
  return MemoryLine(std::move(line));
}

Result<MemoryLine> parse_used_line(const json::object& object) {
  UsedLine line;
  TRY(line.account, get_account(object));
  TRY(line.version, text_field(object, "version"));
  TRY(const std::int64_t times, int_field(object, "times"));
  line.times = static_cast<int>(times);
  return MemoryLine(std::move(line));
}

}  // namespace

std::string to_line(const MemoryLine& line) { return json::serialize(std::visit(ToObject{}, line)); }

Result<MemoryLine> parse_memory_line(std::string_view text) {
  TRY(const json::object object, parse_json_object(text));
  TRY(const std::string event, text_field(object, "event"));
  if (event == "run") return parse_run(object);
  if (event == "fault") return parse_fault_line(object);
  if (event == "used") return parse_used_line(object);
  if (event != "forget") return corrupt_field("event", "run, forget, fault or used");
  TRY(std::string child_order, text_field(object, "child_order_id"));
  return MemoryLine(ForgetLine{ChildOrderId(std::move(child_order))});
}

}  // namespace tradeauto
