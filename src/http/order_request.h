#pragma once

#include <string_view>

#include "base/result.h"
#include "ports/order_api.h"

namespace tradeauto {

// The body of POST /v1/orders (and its Idempotency-Key, empty when there is none) -> an order in the words of the
// domain. Error: invalid_argument when it cannot be read, unprocessable when all that is wrong is a rule; every faulty
// field is in it.
Result<OrderRequest> parse_order_request(std::string_view body, std::string_view idempotency_key);

// The body of POST /v1/orders/preview: the same, but it needs no client_order_id.
Result<OrderRequest> parse_preview_request(std::string_view body);

// The body of POST /v1/orders/{id}/retry (and its Idempotency-Key); the order is the caller's to fill in. Errors as
// above.
Result<RetryRequest> parse_retry_request(std::string_view body, std::string_view idempotency_key);

// The normal form of what is asked for, so that a repeat is known for one: written differently it is the same, and
// anything that would change the order changes it. The client_order_id is not in it: it is what two requests have in
// common.
std::string canonical_form(const OrderRequest& request);

}  // namespace tradeauto
