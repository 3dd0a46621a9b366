#include "main_server/target_accounts.h"

#include <utility>

#include <fmt/format.h>

#include "domain/unknown.h"

namespace tradeauto {
namespace {

asio::awaitable<Result<std::vector<RegisteredAccount>>> accounts_of_group(Registry& registry, GroupName group) {
  auto found = co_await registry.list_accounts(group);
  if (!found.ok()) {
    Error error = std::move(found).error();
    if (error.reason != "unknown_group") co_return error;
    co_return with_field(error.code, error.reason, error.message, "/group");
  }
  std::vector<RegisteredAccount> accounts = std::move(found).value();
  std::erase_if(accounts, [](const RegisteredAccount& account) { return !account.enabled; });
  if (accounts.empty()) {
    co_return with_field(ErrorCode::unprocessable, "empty_group",
                         fmt::format("the group \"{}\" has no enabled account", group), "/group");
  }
  co_return accounts;
}

}  // namespace

asio::awaitable<Result<std::vector<RegisteredAccount>>> target_accounts(Registry& registry,
                                                                        std::optional<GroupName> group,
                                                                        std::vector<AccountRef> accounts) {
  if (group) co_return co_await accounts_of_group(registry, std::move(*group));
  std::vector<RegisteredAccount> found_accounts;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    const AccountRef& ref = accounts[i];
    const std::string pointer = fmt::format("/accounts/{}", i);
    CO_TRY(auto found, co_await registry.find_account(ref));
    if (!found) {
      const Error error = unknown_account(ref);
      co_return with_field(error.code, error.reason, error.message, pointer);
    }
    if (!found->enabled) {
      co_return with_field(ErrorCode::unprocessable, "account_disabled",
                           fmt::format("the account \"{}/{}\" is disabled", ref.group, ref.account), pointer);
    }
    found_accounts.push_back(std::move(*found));
  }
  co_return found_accounts;
}

Error with_field(ErrorCode code, std::string reason, std::string message, std::string pointer) {
  Error error = make_error(code, reason, message);
  error.fields.push_back({.pointer = std::move(pointer), .code = std::move(reason), .detail = std::move(message)});
  return error;
}

}  // namespace tradeauto
