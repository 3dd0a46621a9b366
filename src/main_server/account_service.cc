#include "main_server/account_service.h"

#include <utility>

#include <fmt/format.h>

#include "domain/unknown.h"

namespace tradeauto {

asio::awaitable<Result<AccountApi::PutGroup>> AccountService::put_group(GroupName name, Actor by) {
  CO_TRY(auto put, co_await needs_.registry.put_group(name, by, needs_.clock.now()));
  if (put.created) {
    needs_.log.info("group created", {{"group", name}, {"by", by.name}});
    needs_.events.written();
    needs_.directory.group_created(name);
  }
  GroupView shown = co_await view(std::move(put.group));
  co_return PutGroup{.group = std::move(shown), .created = put.created};
}

asio::awaitable<Result<GroupView>> AccountService::group(GroupName name) {
  CO_TRY(Group found, co_await find_group(std::move(name)));
  co_return co_await view(std::move(found));
}

asio::awaitable<Result<std::vector<GroupView>>> AccountService::groups() {
  CO_TRY(auto groups, co_await needs_.registry.list_groups());
  std::vector<GroupView> views;
  for (Group& group : groups) views.push_back(co_await view(std::move(group)));
  co_return views;
}

asio::awaitable<Result<void>> AccountService::delete_group(GroupName name, Actor by) {
  CO_TRY_VOID(co_await needs_.registry.delete_group(name, by, needs_.clock.now()));
  needs_.log.info("group deleted", {{"group", name}, {"by", by.name}});
  needs_.events.written();
  needs_.directory.group_deleted(std::move(name));
  co_return Result<void>{};
}

asio::awaitable<Result<AccountApi::PutAccount>> AccountService::put_account(
    AccountRef ref, Brokerage brokerage, Credentials credentials, bool enabled,
    std::optional<std::uint64_t> expected_version, Actor by) {
  CO_TRY_VOID(co_await find_group(ref.group));
  CheckedCredentials checked = check_credentials(brokerage, std::move(credentials));
  if (!checked.faults.empty()) {
    Error error = make_error(ErrorCode::unprocessable, "bad_credentials",
                             fmt::format("the credentials are not what {} takes", to_string(brokerage)));
    error.fields = std::move(checked.faults);
    co_return error;
  }
  RegisteredAccount account;
  account.ref = ref;
  account.brokerage = brokerage;
  account.enabled = enabled;
  for (const auto& [name, value] : checked.credentials.fields()) account.credential_fields.push_back(name);
  account.sealed_credentials = needs_.box.seal(ref, checked.credentials);
  account.login_fingerprint = needs_.box.fingerprint(brokerage, checked.credentials);
  account.created_at = account.updated_at = needs_.clock.now();
  CO_TRY(auto put, co_await needs_.registry.put_account(std::move(account), expected_version, by));
  needs_.log.info(
      "account registered",
      {{"group", ref.group}, {"account", ref.account}, {"brokerage", to_string(brokerage)}, {"by", by.name}});
  needs_.events.written();
  needs_.listener.login_changed(ref);
  needs_.directory.account_changed(ref);
  AccountView shown = co_await view(std::move(put.account));
  co_return PutAccount{.account = std::move(shown), .created = put.created};
}

asio::awaitable<Result<AccountView>> AccountService::set_enabled(AccountRef ref, bool enabled,
                                                                 std::optional<std::uint64_t> expected_version,
                                                                 Actor by) {
  while (true) {
    CO_TRY(RegisteredAccount account, co_await find(ref));
    const std::uint64_t version = expected_version.value_or(account.version);
    account.enabled = enabled;
    account.updated_at = needs_.clock.now();
    auto put = co_await needs_.registry.put_account(std::move(account), version, by);
    // Without If-Match the version just read guards the credentials against a change in between: then it is read again.
    if (!put.ok() && put.error().code == ErrorCode::precondition_failed && !expected_version) continue;
    if (!put.ok()) co_return std::move(put).error();
    needs_.log.info(enabled ? "account enabled" : "account disabled",
                    {{"group", ref.group}, {"account", ref.account}, {"by", by.name}});
    needs_.events.written();
    needs_.directory.account_changed(std::move(ref));
    co_return co_await view(std::move(put->account));
  }
}

asio::awaitable<Result<AccountView>> AccountService::account(AccountRef ref) {
  CO_TRY(RegisteredAccount found, co_await find(std::move(ref)));
  co_return co_await view(std::move(found));
}

asio::awaitable<Result<std::vector<AccountView>>> AccountService::accounts(GroupName group) {
  CO_TRY_VOID(co_await find_group(group));
  CO_TRY(auto accounts, co_await needs_.registry.list_accounts(std::move(group)));
  std::vector<AccountView> views;
  for (RegisteredAccount& account : accounts) views.push_back(co_await view(std::move(account)));
  co_return views;
}

asio::awaitable<Result<void>> AccountService::delete_account(AccountRef ref, Actor by) {
  CO_TRY_VOID(co_await needs_.registry.delete_account(ref, by, needs_.clock.now()));
  needs_.log.info("account deleted", {{"group", ref.group}, {"account", ref.account}, {"by", by.name}});
  needs_.events.written();
  needs_.listener.login_changed(ref);
  needs_.directory.account_changed(std::move(ref));
  co_return Result<void>{};
}

asio::awaitable<Result<RegisteredAccount>> AccountService::find(AccountRef ref) {
  CO_TRY(auto found, co_await needs_.registry.find_account(ref));
  if (!found) co_return unknown_account(ref);
  co_return std::move(*found);
}

asio::awaitable<Result<Group>> AccountService::find_group(GroupName name) {
  CO_TRY(auto found, co_await needs_.registry.find_group(name));
  if (!found) co_return unknown_group(name);
  co_return std::move(*found);
}

asio::awaitable<AccountView> AccountService::view(RegisteredAccount account) {
  ServiceDirectory::Activation activation{.state = "disabled", .detail = {}};
  if (account.enabled) activation = co_await needs_.directory.activation(account.ref);
  co_return AccountView{.ref = std::move(account.ref),
                        .brokerage = account.brokerage,
                        .enabled = account.enabled,
                        .credential_fields = std::move(account.credential_fields),
                        .version = account.version,
                        .created_at = account.created_at,
                        .updated_at = account.updated_at,
                        .activation = std::move(activation.state),
                        .activation_detail = std::move(activation.detail)};
}

asio::awaitable<GroupView> AccountService::view(Group group) {
  auto worker = co_await needs_.directory.serving(group.name);
  std::string state = worker ? "served" : group.accounts == 0 ? "idle" : "waiting";
  co_return GroupView{.group = std::move(group), .worker = std::move(worker), .state = std::move(state)};
}

}  // namespace tradeauto
