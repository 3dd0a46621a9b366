#include "executors/paper/fault.h"

#include <array>

#include <fmt/format.h>

#include "executors/paper/json_fields.h"
#include "executors/paper/small_file.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::string_view kUnreadable = "paper_faults_unreadable";
constexpr std::array kKinds = {FaultKind::none, FaultKind::reject, FaultKind::slow,
                               FaultKind::hang, FaultKind::crash,  FaultKind::accept_then_hang};

Result<std::optional<int>> bounded(const json::object& object, std::string_view name, int least, int most) {
  if (!object.contains({name.data(), name.size()})) return std::optional<int>();
  const auto number = int_field(object, name);
  if (!number.ok() || *number < least || *number > most) {
    return corrupt_field(name, fmt::format("a whole number, {} to {}", least, most));
  }
  return std::optional(static_cast<int>(*number));
}

Result<FaultEntry> parse_entry(const json::object& object) {
  FaultEntry entry;
  for (const auto& [name, value] : object) {
    if (name != "fault" && name != "sub_account" && name != "seconds" && name != "times") {
      return corrupt_field(std::string_view(name.data(), name.size()), "one of fault, sub_account, seconds, times");
    }
  }
  const auto text = text_field(object, "fault");
  const auto kind = text.ok() ? parse_fault_kind(*text) : std::nullopt;
  if (!kind) return corrupt_field("fault", "none, reject, slow, hang, crash or accept_then_hang");
  entry.fault.kind = *kind;
  TRY(entry.fault.sub_account, bounded(object, "sub_account", 1, 20));
  TRY(const auto seconds, bounded(object, "seconds", 0, 600));
  entry.fault.seconds = seconds.value_or(entry.fault.seconds);
  TRY(entry.times, bounded(object, "times", 0, 1'000'000));
  return entry;
}

}  // namespace

std::string_view to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::none: return "none";
    case FaultKind::reject: return "reject";
    case FaultKind::slow: return "slow";
    case FaultKind::hang: return "hang";
    case FaultKind::crash: return "crash";
    case FaultKind::accept_then_hang: return "accept_then_hang";
  }
  return "none";
}

std::optional<FaultKind> parse_fault_kind(std::string_view text) {
  for (const FaultKind each : kKinds) {
    if (to_string(each) == text) return each;
  }
  return std::nullopt;
}

Result<std::optional<FaultEntry>> read_fault(const std::filesystem::path& file, const AccountRef& account) {
  TRY(const auto found, read_small_file(file, kUnreadable));
  if (!found) return std::optional<FaultEntry>();
  const std::string name = fmt::format("{}/{}", account.group, account.account);
  const auto unreadable = [&](std::string_view why) {
    return make_error(ErrorCode::unavailable, std::string(kUnreadable), fmt::format("{}: {}", file.string(), why));
  };
  const auto all = parse_json_object(found->text);
  if (!all.ok()) return unreadable(all.error().message);
  const json::value* value = all->if_contains(name);
  if (value == nullptr) return std::optional<FaultEntry>();
  if (!value->is_object()) return unreadable(fmt::format("{} must be an object", name));
  auto entry = parse_entry(value->get_object());
  if (!entry.ok()) return unreadable(fmt::format("{}: {}", name, entry.error().message));
  entry->version = found->version;
  return std::optional(std::move(*entry));
}

}  // namespace tradeauto
