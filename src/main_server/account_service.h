#pragma once

#include "base/log.h"
#include "base/rng.h"
#include "crypto/crypto.h"
#include "main_server/credential_box.h"
#include "main_server/event_log.h"
#include "ports/order_api.h"

namespace tradeauto {

// Who serves groups and holds accounts now. Implemented by the Router.
class ServiceDirectory {
 public:
  virtual ~ServiceDirectory() = default;

  virtual void group_created(GroupName group) = 0;
  virtual void group_deleted(GroupName group) = 0;
  // Added, changed, enabled, disabled or deleted: the worker that serves its group is to learn of it.
  virtual void account_changed(AccountRef ref) = 0;

  struct Activation {
    std::string state;  // pending, active, failed
    std::string detail;
  };
  virtual asio::awaitable<Activation> activation(AccountRef ref) = 0;
  virtual asio::awaitable<std::optional<WorkerName>> serving(GroupName group) = 0;
};

// Who remembers something of a log-in. Implemented by the HoldingsService.
class LoginListener {
 public:
  virtual ~LoginListener() = default;
  // The account is gone, or another log-in stands under its name: what was known of it is true no more.
  virtual void login_changed(AccountRef ref) = 0;
};

// Groups and accounts: checks what clients give, seals credentials, keeps one log-in registered once. Strand: none.
class AccountService final : public AccountApi {
 public:
  struct Needs {
    Registry& registry;
    EventLog& events;
    ServiceDirectory& directory;
    LoginListener& listener;
    CredentialBox& box;
    const Clock& clock;
    Logger log;
  };
  explicit AccountService(Needs needs) : needs_(std::move(needs)) {}

  asio::awaitable<Result<PutGroup>> put_group(GroupName name, Actor by) override;
  asio::awaitable<Result<GroupView>> group(GroupName name) override;
  asio::awaitable<Result<std::vector<GroupView>>> groups() override;
  asio::awaitable<Result<void>> delete_group(GroupName name, Actor by) override;

  asio::awaitable<Result<PutAccount>> put_account(AccountRef ref, Brokerage brokerage, Credentials credentials,
                                                  bool enabled, std::optional<std::uint64_t> expected_version,
                                                  Actor by) override;
  asio::awaitable<Result<AccountView>> set_enabled(AccountRef ref, bool enabled,
                                                   std::optional<std::uint64_t> expected_version, Actor by) override;
  asio::awaitable<Result<AccountView>> account(AccountRef ref) override;
  asio::awaitable<Result<std::vector<AccountView>>> accounts(GroupName group) override;
  asio::awaitable<Result<void>> delete_account(AccountRef ref, Actor by) override;

 private:
  asio::awaitable<Result<RegisteredAccount>> find(AccountRef ref);
  asio::awaitable<Result<Group>> find_group(GroupName name);
  asio::awaitable<AccountView> view(RegisteredAccount account);
  asio::awaitable<GroupView> view(Group group);

  Needs needs_;
};

}  // namespace tradeauto
