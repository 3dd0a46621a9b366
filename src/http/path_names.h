#pragma once

#include "base/result.h"
#include "domain/names.h"
#include "http/api_message.h"

namespace tradeauto {

// What the path names, if the caller may see it. A name that cannot be one is the name of nothing: unknown_group,
// unknown_account.
Result<GroupName> group_of(const ApiCall& call);
Result<AccountRef> account_of(const ApiCall& call);

}  // namespace tradeauto
