#pragma once

#include "main_server/account_service.h"
#include "ports/order_api.h"

namespace tradeauto {

// What a person should know before they place `order`, account by account. Reads only.
asio::awaitable<Result<std::vector<OrderPreview::Warning>>> warnings_of(const Order& order, Ledger& ledger,
                                                                        ServiceDirectory& directory);

}  // namespace tradeauto
