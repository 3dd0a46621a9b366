#pragma once

#include <string>
#include <vector>

#include "http/order_filter.h"
#include "ports/holdings_api.h"

namespace tradeauto {

// A page of holdings by account, sub-account and symbol, and how each account stands: without that an empty list could
// be taken for "holds nothing".
std::string render_holdings(const std::vector<AccountHoldings>& accounts, const HoldingsQuery& query, Timestamp now);
// How each account stands, alone.
std::string render_refresh(const std::vector<AccountHoldings>& accounts, Timestamp now);
// Of one of them, whether its log-in works: nothing is known of that while it is being asked.
std::string render_check(const AccountHoldings& account, Timestamp now);

}  // namespace tradeauto
