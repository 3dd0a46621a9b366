#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "autorsa_output/log_in.h"
#include "autorsa_output/ordered_part.h"

namespace tradeauto::autorsa_output {

// What one log-in of a run came to before the brokerage's bar.
struct LogIn {
  bool failed = false;
  std::vector<std::string> accounts;  // active ones, masked, in the listing's order
};

// Makes the reader of a brokerage's part; it may keep a reference to the accounts.
using MakePart = std::function<std::unique_ptr<OrderedPart>(const std::vector<std::string>& accounts,
                                                            std::vector<AnnouncedAccounts> announced)>;

// A brokerage whose log-ins list their sub-accounts, by its exact rows. The header is read already and agrees with the
// order; nothing is known of the rest.
std::vector<SymbolVerdict> read_strictly(const RunOutput& run, const RunText& text, const AccountListing& listing,
                                         const MakePart& make);

// The same for several log-ins of one run, each with its verdicts, in the tool's order. `part` is this brokerage's
// alone and no line of it is missing.
std::vector<std::vector<SymbolVerdict>> read_log_ins_strictly(const RunOutput& run, const RunText& part,
                                                              const std::vector<LogIn>& log_ins, const MakePart& make);

}  // namespace tradeauto::autorsa_output
