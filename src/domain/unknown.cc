#include "domain/unknown.h"

#include <fmt/format.h>

namespace tradeauto {

Error unknown_group(const GroupName& name) {
  return make_error(ErrorCode::not_found, "unknown_group", fmt::format("there is no group \"{}\"", name));
}

Error unknown_account(const AccountRef& ref) {
  return make_error(ErrorCode::not_found, "unknown_account",
                    fmt::format("there is no account \"{}/{}\"", ref.group, ref.account));
}

}  // namespace tradeauto
