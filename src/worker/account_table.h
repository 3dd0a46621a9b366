#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "domain/task.h"
#include "net/semaphore.h"

namespace tradeauto {

// The accounts that main has activated here, with their credentials, in memory only. Strand: worker.
class AccountTable {
 public:
  struct Account {
    AccountActivation activation;
    std::optional<Error> problem;  // why it cannot trade here, from the executor's check
  };

  // A new assignment of the group: its accounts are those that are activated from now on.
  void open_group(const GroupName& group, Epoch epoch);
  void close_group(const GroupName& group);
  void close_all();
  // False when the epoch is not the group's: the message belongs to another assignment.
  bool put(AccountActivation activation, std::optional<Error> problem);
  void remove(const AccountRef& ref, Epoch epoch);

  // nullptr when it is not active under this epoch.
  const Account* find(const AccountRef& ref, Epoch epoch) const;
  const Account* find(const AccountRef& ref) const;
  bool holds(const GroupName& group, Epoch epoch) const;

  // One account never runs two tasks at once, also across assignments: whoever runs one holds this.
  std::shared_ptr<Semaphore> lock_of(const AccountRef& ref);

 private:
  std::map<GroupName, Epoch> groups_;
  std::map<AccountRef, Account> accounts_;
  std::map<AccountRef, std::weak_ptr<Semaphore>> locks_;
};

}  // namespace tradeauto
