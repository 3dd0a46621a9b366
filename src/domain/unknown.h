#pragma once

#include "base/error.h"
#include "domain/names.h"

namespace tradeauto {

// What is said of a name that nothing has; and of what a token may not see, in the same words, so that nobody can tell
// the two apart. Both not_found.
Error unknown_group(const GroupName& name);
Error unknown_account(const AccountRef& ref);

}  // namespace tradeauto
