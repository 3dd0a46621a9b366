#pragma once

#include <string_view>

#include "base/result.h"
#include "ports/order_api.h"

namespace tradeauto {

// The body of POST /v1/child_orders/{id}/resolve -> outcome and note; the rest is the caller's to fill in.
// Error: invalid_argument when it cannot be read, unprocessable when all that is wrong is a rule; every faulty field is
// in it.
Result<Resolution> parse_resolve_request(std::string_view body);

}  // namespace tradeauto
