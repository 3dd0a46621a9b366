#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/access.h"
#include "domain/order.h"
#include "ports/order_api.h"

// A token with groups sees and does only what lies in these. What it may not see is not there: the errors are those of
// what does not exist.
namespace tradeauto {

Result<void> check_seen(const Caller& caller, const GroupName& group);     // unknown_group
Result<void> check_seen(const Caller& caller, const AccountRef& account);  // unknown_account
Result<void> check_seen(const Caller& caller, const Order& order);         // unknown_order; all of it must lie there
Result<void> check_seen(const Caller& caller, const ChildOrder& child);    // unknown_child_order
// Of what is to be ordered; the error names the field.
Result<void> check_seen(const Caller& caller, const OrderRequest& request);
// The same of the group or the accounts that a body names.
Result<void> check_seen(const Caller& caller, const std::optional<GroupName>& group,
                        const std::vector<AccountRef>& accounts);

// Whose client_order_ids these are: a token's are its own, so that another's is as good as that of another order.
// Empty for the administrator.
std::string key_owner(const Caller& caller);
// The same as a part of what makes two requests the same one.
void claim_key(const Caller& caller, OrderRequest& request);

}  // namespace tradeauto
