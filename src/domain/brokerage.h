#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"

namespace tradeauto {

// Numbers and spellings of 0–15: the legacy contract (ActivationTask.proto). `paper` is ours and never on the legacy
// wire.
enum class Brokerage : std::uint8_t {
  bbae = 0,
  chase = 1,
  dspac = 2,
  fennel = 3,
  fidelity = 4,
  firstrade = 5,
  public_ = 6,
  robinhood = 7,
  schwab = 8,
  sofi = 9,
  tornado = 10,
  tradier = 11,
  tastytrade = 12,
  webull = 13,
  vanguard = 14,
  wells_fargo = 15,
  paper = 16,
};

// What a brokerage lets us promise about duplicates (design.md, Words).
enum class Guarantee : std::uint8_t { dedupes, findable, none };

// One field of a log-in. `name` is what REST and the CLI take; `aliases` are the legacy wire's names for the same
// value.
struct CredentialField {
  std::string_view name;
  std::string_view label;
  bool secret = true;
  bool optional = false;
  std::span<const std::string_view> aliases;
  std::string_view help;
};

// What is true of a brokerage, whatever executes there. Static data.
struct BrokerageInfo {
  Brokerage brokerage;
  std::string_view name;  // the REST API's string, case-sensitive
  Guarantee guarantee;
  bool needs_browser;
  bool reports_fills;  // its executor reports `filled` after `submitted`; else `submitted` is as far as it goes
  bool whole_shares;   // a fraction is refused before anything is sent
  std::span<const CredentialField> fields;  // in the order in which the AutoRSA CLI wants them
};

std::span<const BrokerageInfo> all_brokerages();
const BrokerageInfo& info(Brokerage brokerage);
std::string_view to_string(Brokerage brokerage);
std::string_view to_string(Guarantee guarantee);

// Exact spelling. Error: reason unknown_brokerage, with the list of those allowed.
Result<Brokerage> parse_brokerage(std::string_view name);

}  // namespace tradeauto
