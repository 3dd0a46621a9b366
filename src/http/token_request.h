#pragma once

#include <string_view>

#include "base/result.h"
#include "ports/access.h"

namespace tradeauto {

// The body of POST /v1/tokens. `now` is what expires_in_seconds counts from.
Result<TokenRequest> parse_token_request(std::string_view body, Timestamp now);

}  // namespace tradeauto
