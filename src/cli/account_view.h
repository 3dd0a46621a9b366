#pragma once

#include <string>

#include "cli/resource.h"

namespace tradeauto {

// How accounts of `group` are shown.
Listing account_listing(const std::string& group);

}  // namespace tradeauto
