#pragma once

#include <chrono>

#include "base/result.h"
#include "domain/credentials.h"
#include "domain/decimal.h"
#include "executors/paper/fault.h"

namespace tradeauto {

// What a paper account's credentials mean.
struct AccountSettings {
  int sub_accounts = 1;
  Money cash = Money(Decimal::from_int(100'000));  // of each sub-account at its start
  std::chrono::milliseconds fill_delay{200};
  Fault fault;
};

// Failure: unprocessable (bad_credentials) with all faulty fields.
Result<AccountSettings> parse_account_settings(const Credentials& credentials);

}  // namespace tradeauto
