#include "http/path_names.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "http/narrowing.h"

namespace tradeauto {
namespace {

template <typename Id>
Result<Id> existing(Result<Id> name, std::string_view what) {
  if (name.ok()) return name;
  return make_error(ErrorCode::not_found, fmt::format("unknown_{}", what), fmt::format("there is no such {}", what));
}

}  // namespace

Result<GroupName> group_of(const ApiCall& call) {
  TRY(GroupName group, existing(parse_group_name(call.param("group")), "group"));
  TRY_VOID(check_seen(call.caller, group));
  return group;
}

Result<AccountRef> account_of(const ApiCall& call) {
  TRY(GroupName group, existing(parse_group_name(call.param("group")), "group"));
  TRY(AccountName account, existing(parse_account_name(call.param("account")), "account"));
  AccountRef ref{.group = std::move(group), .account = std::move(account)};
  TRY_VOID(check_seen(call.caller, ref));
  return ref;
}

}  // namespace tradeauto
