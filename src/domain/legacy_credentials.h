#pragma once

#include <string>

#include "base/result.h"
#include "domain/brokerage.h"
#include "domain/credentials.h"

namespace tradeauto {

// The log-in of a legacy activation, with the fields that this brokerage takes: empty values and names that belong to
// other brokerages are left out, as the original never sent them.
// Error (unprocessable, missing_field), in the original's words, for the first field that it demands and that has no
// value, under the legacy name or ours. What AutoRSA made optional since is demanded here as it was there.
Result<Credentials> take_legacy_credentials(Brokerage brokerage, Credentials given);

}  // namespace tradeauto
