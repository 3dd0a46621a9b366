#pragma once

#include <optional>
#include <vector>

#include "ports/registry.h"

namespace tradeauto {

// The accounts that a request is for: those that it names, or the enabled ones of its group. Failure, each with its
// field: not_found (unknown_group, unknown_account); unprocessable (account_disabled, empty_group).
asio::awaitable<Result<std::vector<RegisteredAccount>>> target_accounts(Registry& registry,
                                                                        std::optional<GroupName> group,
                                                                        std::vector<AccountRef> accounts);

// An error of one field of a request.
Error with_field(ErrorCode code, std::string reason, std::string message, std::string pointer);

}  // namespace tradeauto
