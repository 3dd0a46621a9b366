#include "cli/exit_code.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "cli/json_text.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

enum class Verdict { good, failed, working, doubt };

Verdict verdict_of(std::string_view status) {
  constexpr std::array<std::string_view, 3> kGood = {"submitted", "filled", "dry_run"};
  constexpr std::array<std::string_view, 6> kFailed = {"rejected", "denied", "expired", "canceled", "closed", "mixed"};
  constexpr std::array<std::string_view, 2> kWorking = {"pending", "executing"};
  const auto among = [status](const auto& words) { return std::ranges::find(words, status) != words.end(); };
  if (among(kGood)) return Verdict::good;
  if (among(kFailed)) return Verdict::failed;
  if (among(kWorking)) return Verdict::working;
  return Verdict::doubt;
}

}  // namespace

ExitCode exit_code_of_order(const json::object& order) {
  Verdict worst = text_of(order, "status") == "working" ? Verdict::working : Verdict::good;
  bool maybe_sent = false;
  const json::array children = array_of(order, "child_orders");
  for (const json::value& item : children) {
    const json::object* child = item.if_object();
    worst = std::max(worst, child == nullptr ? Verdict::doubt : verdict_of(text_of(*child, "status")));
    if (child != nullptr && text_of(*child, "sent") != "no") maybe_sent = true;
  }
  if (children.empty()) worst = Verdict::doubt;
  switch (worst) {
    case Verdict::doubt: return ExitCode::in_doubt;
    case Verdict::working: return ExitCode::still_working;
    case Verdict::failed: return maybe_sent ? ExitCode::failed : ExitCode::failed_unsent;
    case Verdict::good: return ExitCode::good;
  }
  return ExitCode::in_doubt;
}

ExitCode exit_code_of(const Error& error) {
  if (error.effect == Effect::maybe) return ExitCode::in_doubt;
  switch (error.code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::too_large: return ExitCode::usage;
    // With faulty fields it was asked wrongly; without, a rule forbids it now.
    case ErrorCode::unprocessable: return error.fields.empty() ? ExitCode::failed_unsent : ExitCode::usage;
    case ErrorCode::unauthenticated:
    case ErrorCode::permission_denied: return ExitCode::not_allowed;
    case ErrorCode::not_found: return ExitCode::not_found;
    case ErrorCode::unavailable: return ExitCode::unreachable;
    case ErrorCode::canceled: return ExitCode::interrupted;
    case ErrorCode::deadline_exceeded: return ExitCode::still_working;
    case ErrorCode::conflict:
    case ErrorCode::precondition_failed:
    case ErrorCode::resource_exhausted:
    case ErrorCode::internal: return ExitCode::failed_unsent;
  }
  return ExitCode::failed_unsent;
}

}  // namespace tradeauto
