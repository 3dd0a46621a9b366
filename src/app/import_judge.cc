#include "app/import_judge.h"

#include <utility>

#include <fmt/format.h>

#include "domain/names.h"

namespace tradeauto {
namespace {

std::string sentence_of(const std::vector<FieldError>& faults) {
  std::string text;
  for (const FieldError& fault : faults) text += (text.empty() ? "" : "; ") + fault.detail;
  return text;
}

}  // namespace

void leave(ImportAccount& account, std::string reason, std::string detail) {
  account.left = std::move(reason);
  account.detail = std::move(detail);
  account.credentials.clear();
}

void ImportJudge::judge(ImportAccount& account, Brokerage brokerage, Credentials given) {
  account.brokerage = to_string(brokerage);
  const auto group = parse_group_name(account.group);
  if (!group.ok()) return leave(account, group.error().reason, group.error().message);
  const auto name = parse_account_name(account.account);
  if (!name.ok()) return leave(account, name.error().reason, name.error().message);
  const CheckedCredentials checked = check_credentials(brokerage, std::move(given));
  if (!checked.faults.empty()) return leave(account, "bad_credentials", sentence_of(checked.faults));
  const std::string full_name = fmt::format("{}/{}", account.group, account.account);
  if (SecretString login = login_identity(brokerage, checked.credentials); !login.empty()) {
    const auto [first, is_new] = seen_[brokerage].try_emplace(std::move(login), full_name);
    if (!is_new) return leave(account, "same_login", fmt::format("it is the same log-in as {}", first->second));
  }
  for (const auto& [field, value] : checked.credentials.fields()) account.credentials.emplace_back(field, value);
}

}  // namespace tradeauto
