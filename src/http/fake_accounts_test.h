#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/fake_values_test.h"
#include "ports/order_api.h"

namespace tradeauto {

// Keeps groups and accounts; versions grow with each change. What `answer` says, the worker answers to an activation as
// soon as somebody looks again. Strand: one caller at a time.
class FakeAccounts final : public AccountApi {
 public:
  asio::awaitable<Result<PutGroup>> put_group(GroupName name, Actor by) override {
    actors.push_back(std::move(by));
    const bool created = groups_.emplace(name, Accounts{}).second;
    co_return PutGroup{.group = view(name), .created = created};
  }
  asio::awaitable<Result<GroupView>> group(GroupName name) override {
    if (!groups_.contains(name)) co_return unknown("group");
    co_return view(name);
  }
  asio::awaitable<Result<std::vector<GroupView>>> groups() override {
    std::vector<GroupView> views;
    for (const auto& [name, accounts] : groups_) views.push_back(view(name));
    co_return views;
  }
  asio::awaitable<Result<void>> delete_group(GroupName name, Actor by) override {
    actors.push_back(std::move(by));
    if (!groups_.contains(name)) co_return unknown("group");
    if (!groups_.at(name).empty()) {
      co_return make_error(ErrorCode::conflict, "group_not_empty", "the group has accounts");
    }
    groups_.erase(name);
    co_return Result<void>{};
  }
  asio::awaitable<Result<PutAccount>> put_account(AccountRef ref, Brokerage brokerage, Credentials credentials,
                                                  bool enabled, std::optional<std::uint64_t> expected_version,
                                                  Actor by) override {
    actors.push_back(std::move(by));
    if (!groups_.contains(ref.group)) co_return unknown("group");
    auto checked = check_credentials(brokerage, std::move(credentials));
    if (!checked.faults.empty()) {
      Error error = make_error(ErrorCode::unprocessable, "bad_credentials", "the credentials are not what it takes");
      error.fields = std::move(checked.faults);
      co_return error;
    }
    const bool created = !groups_.at(ref.group).contains(ref.account);
    if (failure) co_return *failure;
    AccountView& account = groups_.at(ref.group)[ref.account];
    const std::uint64_t present = created ? 0 : account.version;
    if (expected_version && *expected_version != present) {
      if (created) groups_.at(ref.group).erase(ref.account);
      co_return make_error(ErrorCode::precondition_failed, "version_changed", "this is not the present version");
    }
    std::vector<std::string> fields;
    for (const auto& [name, value] : checked.credentials.fields()) fields.push_back(name);
    account = {.ref = ref,
               .brokerage = brokerage,
               .enabled = enabled,
               .credential_fields = std::move(fields),
               .version = present + 1,
               .created_at = kFakeNow,
               .updated_at = kFakeNow,
               .activation = enabled ? "pending" : "disabled",
               .activation_detail = {}};
    last_credentials = std::move(checked.credentials);
    co_return PutAccount{.account = account, .created = created};
  }
  asio::awaitable<Result<AccountView>> set_enabled(AccountRef ref, bool enabled,
                                                   std::optional<std::uint64_t> expected_version, Actor by) override {
    actors.push_back(std::move(by));
    AccountView* found = find(ref);
    if (found == nullptr) co_return unknown("account");
    if (expected_version && *expected_version != found->version) {
      co_return make_error(ErrorCode::precondition_failed, "version_changed", "this is not the present version");
    }
    found->enabled = enabled;
    found->activation = enabled ? "pending" : "disabled";
    ++found->version;
    co_return *found;
  }
  asio::awaitable<Result<AccountView>> account(AccountRef ref) override {
    AccountView* found = find(ref);
    if (found == nullptr) co_return unknown("account");
    if (found->activation == "pending" && answer) {
      found->activation = answer->first;
      found->activation_detail = answer->second;
    }
    if (changed_meanwhile) ++found->version;
    co_return *found;
  }
  asio::awaitable<Result<std::vector<AccountView>>> accounts(GroupName group) override {
    if (!groups_.contains(group)) co_return unknown("group");
    std::vector<AccountView> views;
    for (const auto& [name, account] : groups_.at(group)) views.push_back(account);
    co_return views;
  }
  asio::awaitable<Result<void>> delete_account(AccountRef ref, Actor by) override {
    actors.push_back(std::move(by));
    if (find(ref) == nullptr) co_return unknown("account");
    if (delete_failure) co_return *delete_failure;
    groups_.at(ref.group).erase(ref.account);
    co_return Result<void>{};
  }

  std::vector<Actor> actors;  // of each change
  Credentials last_credentials;
  std::optional<std::pair<std::string, std::string>> answer;  // activation and its detail
  bool served = true;                                         // a worker serves the groups
  bool changed_meanwhile = false;                             // somebody else changes an account before each look at it
  std::optional<Error> failure;                               // of put_account
  std::optional<Error> delete_failure;

 private:
  using Accounts = std::map<AccountName, AccountView>;

  static Error unknown(const std::string& what) {
    return make_error(ErrorCode::not_found, "unknown_" + what, "there is no such " + what);
  }
  GroupView view(const GroupName& name) const {
    return {.group = {.name = name, .created_at = kFakeNow, .accounts = groups_.at(name).size()},
            .worker = served ? std::optional(WorkerName("w1")) : std::nullopt,
            .state = served ? "served" : "waiting"};
  }
  AccountView* find(const AccountRef& ref) {
    const auto group = groups_.find(ref.group);
    if (group == groups_.end()) return nullptr;
    const auto account = group->second.find(ref.account);
    return account == group->second.end() ? nullptr : &account->second;
  }

  std::map<GroupName, Accounts> groups_;
};

}  // namespace tradeauto
