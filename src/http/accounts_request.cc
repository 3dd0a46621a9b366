#include "http/accounts_request.h"

#include <string>
#include <utility>

#include <boost/json/object.hpp>

#include "http/field_values.h"

namespace tradeauto {
namespace {

constexpr std::size_t kMaxAccounts = 500;

std::string hint(std::string_view name) { return name == "account" ? "; did you mean accounts?" : std::string(); }

}  // namespace

void read_group_or_accounts(ObjectReader& reader, std::optional<GroupName>& group, std::vector<AccountRef>& accounts) {
  const bool no_group = reader.is_null("group");
  const bool no_accounts = reader.is_null("accounts");
  const bool has_group = !no_group && reader.has("group");
  const bool has_accounts = !no_accounts && reader.has("accounts");
  if (has_group) group = parsed<GroupName>(reader, "group", &parse_group_name);
  if (has_accounts) accounts = parsed_list<AccountRef>(reader, "accounts", kMaxAccounts, &parse_account_ref);
  if (has_group && has_accounts) {
    reader.syntax_fault("accounts", "group_and_accounts", "it is for a group or for accounts, not for both");
  } else if (!has_group && !has_accounts) {
    reader.syntax_fault("group", "required", "group or accounts is required");
  }
}

Result<HoldingsTarget> parse_refresh_request(std::string_view body) {
  TRY(const boost::json::object object, parse_object(body));
  ObjectReader reader(object);
  HoldingsTarget target;
  read_group_or_accounts(reader, target.group, target.accounts);
  reader.refuse_unknown(&hint);
  if (!reader.ok()) return std::move(reader).error();
  return target;
}

}  // namespace tradeauto
