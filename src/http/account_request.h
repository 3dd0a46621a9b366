#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "domain/brokerage.h"
#include "domain/credentials.h"

namespace tradeauto {

struct AccountRequest {
  Brokerage brokerage = Brokerage::paper;
  Credentials credentials;
  bool enabled = true;
};

// The body of PUT on an account. Only names of fields are ever quoted in an error. `body` is secret as a whole.
Result<AccountRequest> parse_account_request(const SecretString& body);
// The body of PATCH on an account: {"enabled": …}.
Result<bool> parse_account_patch(std::string_view body);
// {} or nothing.
Result<void> parse_empty_request(std::string_view body);

// If-Match and If-None-Match, as far as they matter to an account.
struct Preconditions {
  std::optional<std::uint64_t> version;  // must be this one; 0: must not exist
  bool must_exist = false;
};
// Error: invalid_argument (bad_precondition) for what cannot be read; precondition_failed for a tag that is none of
// ours.
Result<Preconditions> parse_preconditions(std::string_view if_match, std::string_view if_none_match);
// The ETag of a version.
std::string entity_tag(std::uint64_t version);

}  // namespace tradeauto
