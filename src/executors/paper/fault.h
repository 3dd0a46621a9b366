#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/names.h"

namespace tradeauto {

// How an account's broker misbehaves; README.md says what each means.
enum class FaultKind : std::uint8_t { none, reject, slow, hang, crash, accept_then_hang };

std::string_view to_string(FaultKind kind);
std::optional<FaultKind> parse_fault_kind(std::string_view text);

struct Fault {
  FaultKind kind = FaultKind::none;
  std::optional<int> sub_account = std::nullopt;  // all if empty
  int seconds = 5;

  bool hits(int number) const { return kind != FaultKind::none && (!sub_account || *sub_account == number); }
  // The sub-account's broker answers no question at all, not even what became of an order.
  bool silences(int number) const {
    return (kind == FaultKind::hang || kind == FaultKind::accept_then_hang) && hits(number);
  }
  bool operator==(const Fault&) const = default;
};

// An account's entry in faults.json.
struct FaultEntry {
  Fault fault;
  std::optional<int> times;  // child orders; for ever if empty
  std::string version;       // of the file: a new one counts anew
};

// Nothing if the file or the entry is missing. Failure: unavailable (paper_faults_unreadable) that names file and
// field.
Result<std::optional<FaultEntry>> read_fault(const std::filesystem::path& file, const AccountRef& account);

}  // namespace tradeauto
