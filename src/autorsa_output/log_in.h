#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "autorsa_output/run_text.h"

namespace tradeauto::autorsa_output {

// The sub-accounts that the log-in listed, as the CLI masks them, in its order; two may look the same.
struct AccountListing {
  bool seen = false;  // the CLI listed some, or said that there are none
  bool sound = true;  // the listing agrees with itself
  std::vector<std::string> accounts;
};

// Some brokerages list nothing (tastytrade, BBAE, DSPAC, Fidelity, Tornado, Wells Fargo).
AccountListing read_listing(const RunText& text, Brokerage brokerage);

// "xxxxxx1234": at least one x, then four characters of the number.
bool is_masked_number(std::string_view line);

// "Tradier not found, skipping..."
bool is_without_credentials(std::string_view line, Brokerage brokerage);

// "Error with tradier: ...": the brokerage's part of the run failed.
bool is_broker_failure(std::string_view line, Brokerage brokerage);

// Why nothing was sent, if the whole text proves it for a log-in that never came to its orders: they are sent only
// after the brokerage's bar, so a finished run without one sent none; and a failed log-in with no sub-account leaves an
// empty part. One of login_failed, no_credentials, broker_failed. The caller knows that no line is missing.
std::optional<std::string_view> never_traded(const RunText& text, Brokerage brokerage, const AccountListing& listing);

// The same for a run of several brokerages that finished with no line missing: this one's name stands between no bars
// of the text, nor does a line speak of one of its accounts. A text can add such lines, but take none away.
std::optional<std::string_view> never_reached(const RunText& text, Brokerage brokerage);

}  // namespace tradeauto::autorsa_output
