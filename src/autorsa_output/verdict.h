#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "autorsa_output/run_output.h"

namespace tradeauto::autorsa_output {

inline constexpr std::size_t kMaxMessage = 500;
inline constexpr std::size_t kMaxEvidence = 4000;

// What one sub-account answered for one symbol, as far as the text proves it.
struct Answer {
  ExecutionStatus status = ExecutionStatus::in_doubt;
  std::string_view reason =
      "no_line";  // machine word, of static storage; says something for not_sent and in_doubt only
  std::string message;
  std::string evidence;
};

// A sentence for people, for each reason that this room gives.
std::string_view sentence(std::string_view reason);

// The verdict that `answers` (one for each of `accounts`, not empty) add up to.
SymbolVerdict verdict_of(const RunOutput& run, const Symbol& symbol, const std::vector<std::string>& accounts,
                         const std::vector<Answer>& answers);

// One verdict for each symbol, the same for all: with a report for each of `accounts`, which may be unknown.
// `status` is denied, dry_run or in_doubt.
std::vector<SymbolVerdict> same_for_all(const RunOutput& run, const std::vector<std::string>& accounts,
                                        ChildOrderStatus status, std::string_view reason);

}  // namespace tradeauto::autorsa_output
