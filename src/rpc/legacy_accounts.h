#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "domain/credentials.h"
#include "domain/task.h"

namespace tradeauto {

// In which order the worker's process was given its accounts: an original appends each to what its CLI reads, and takes
// no notice of a second activation of one. Keeps every order that may be so, and knows one only if all agree.
class ActivationOrder {
 public:
  void landed(const AccountRef& account);           // it answered Success
  void may_have_landed(const AccountRef& account);  // sent, and not answered so
  void process_may_be_new();                        // what may hold nothing is given all anew
  // As far as it is about `accounts`; nothing if it is not known.
  std::optional<std::vector<AccountRef>> of(const std::set<AccountRef>& accounts) const;

 private:
  std::set<std::vector<AccountRef>> orders_{{}};  // each may be what the process holds now
  bool lost_ = false;                             // there were too many
};

// What the worker was sent for one account.
struct LegacyHeld {
  Brokerage brokerage = Brokerage::paper;
  Credentials credentials;
  bool by_this_connection = false;  // so not even a process that has just begun can be without it
};

// Every account that the worker's process may hold: its deactivation does not work and a second activation changes
// nothing, so only a new process holds less. Outlives a connection.
struct LegacyAccounts {
  std::map<AccountRef, LegacyHeld> held;
  ActivationOrder order;

  // The connection is lost, and perhaps the process is.
  void forget_connection();
  // What a process that has just begun may have been given by this connection.
  LegacyAccounts of_new_process() const;
};

bool same_credentials(const Credentials& a, const Credentials& b);

// Puts the tasks of one brokerage into the order in which the worker's CLI has their log-ins. Returns the brokerages
// for which that is not known: by the activations, or by values that the CLI may not read as one log-in each.
std::set<Brokerage> place(std::vector<TransactionTask>& tasks, const LegacyAccounts& accounts);

}  // namespace tradeauto
