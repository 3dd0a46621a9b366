#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "cli/import_source.h"

namespace tradeauto {

// The log-ins of an AutoRSA .env as accounts of `group`, named by brokerage and place: tradier-1, tradier-2. Variables
// that are no log-in are told in a note; those that look like a misspelt brokerage are left. Where the file keeps a
// brokerage to some sub-accounts (SCHWAB_ACCOUNT_NUMBERS), which we cannot, its accounts come disabled. Pure.
// Error: invalid_argument for a group name that cannot be.
Result<ImportContents> import_of_autorsa_env(const SecretString& text, const std::string& group);

}  // namespace tradeauto
