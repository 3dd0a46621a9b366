#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "domain/names.h"
#include "http/json_reader.h"
#include "ports/holdings_api.h"

namespace tradeauto {

// `group` or `accounts`, of which a request has exactly one. What we show has null for the other one: so null is none.
void read_group_or_accounts(ObjectReader& reader, std::optional<GroupName>& group, std::vector<AccountRef>& accounts);

// The body of a refresh: {"group": …} or {"accounts": […]}.
Result<HoldingsTarget> parse_refresh_request(std::string_view body);

}  // namespace tradeauto
