#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "domain/brokerage.h"
#include "domain/deed.h"
#include "domain/names.h"

namespace tradeauto {

namespace asio = boost::asio;

struct Group {
  GroupName name;
  Timestamp created_at;
  std::size_t accounts = 0;  // registered, also disabled ones
};

// An account as it is stored. Credentials are sealed by the caller (crypto/sealed_box.h): a store never sees them in
// clear.
struct RegisteredAccount {
  AccountRef ref;
  Brokerage brokerage = Brokerage::paper;
  bool enabled = true;
  std::vector<std::string> credential_fields;  // names of those that are set
  std::string sealed_credentials;              // bytes
  std::string login_fingerprint;               // keyed hash, bytes; empty: exempt from the check
  std::uint64_t version = 1;                   // grows with each change; the ETag
  Timestamp created_at;
  Timestamp updated_at;
};

// Groups, accounts and who serves what.
//
// Every write is on disk when its awaitable returns, and in the same transaction so is the event of what somebody did:
// both or neither. No event holds a credential. Strand: none; calls may overlap.
// Failure: not_found / unknown_group, unknown_account; conflict with the reason named at the call; internal if the disk
// fails.
class Registry {
 public:
  virtual ~Registry() = default;

  // Idempotent; `created` tells which it was.
  struct PutGroup {
    Group group;
    bool created = false;
  };
  virtual asio::awaitable<Result<PutGroup>> put_group(GroupName name, Actor by, Timestamp now) = 0;
  virtual asio::awaitable<Result<std::optional<Group>>> find_group(GroupName name) = 0;
  virtual asio::awaitable<Result<std::vector<Group>>> list_groups() = 0;
  // Conflict (group_not_empty) while it has accounts.
  virtual asio::awaitable<Result<void>> delete_group(GroupName name, Actor by, Timestamp now) = 0;

  // Adds or replaces; keeps created_at and sets version. Conflict (login_registered) if another account has the same
  // non-empty fingerprint. With `expected_version`, precondition_failed unless it is the present one (0: must not
  // exist).
  struct PutAccount {
    RegisteredAccount account;
    bool created = false;
  };
  virtual asio::awaitable<Result<PutAccount>> put_account(RegisteredAccount account,
                                                          std::optional<std::uint64_t> expected_version, Actor by) = 0;
  virtual asio::awaitable<Result<std::optional<RegisteredAccount>>> find_account(AccountRef ref) = 0;
  virtual asio::awaitable<Result<std::vector<RegisteredAccount>>> list_accounts(GroupName group) = 0;
  // Conflict (account_busy) while it has child orders that are pending, executing, submitted or in doubt.
  virtual asio::awaitable<Result<void>> delete_account(AccountRef ref, Actor by, Timestamp now) = 0;

  // The next fencing token of the group, above every one given before; remembers which worker it was for.
  virtual asio::awaitable<Result<Epoch>> assign(GroupName group, WorkerName worker, Timestamp now) = 0;
  struct Assignment {
    GroupName group;
    WorkerName worker;
    Epoch epoch;
    Timestamp at;
  };
  // The last assignment of each group that ever had one.
  virtual asio::awaitable<Result<std::vector<Assignment>>> assignments() = 0;
};

}  // namespace tradeauto
