#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ports/main_link.h"
#include "rpc/legacy_request.h"

namespace tradeauto::legacy {

// What an original main is answered with a Transaction.
struct Answer {
  bool good = false;
  std::string message;
};

// One Transaction under way: the part of each account, and who waits for the answer.
struct Transaction {
  // A part is a task with one child order; both have the same id.
  struct Part {
    ChildOrder child;
    bool permitted = false;
    bool settled = false;
  };
  struct Caller {
    std::function<void(const Answer&)> reply;  // once
    std::function<bool()> waits;               // has it not hung up?
  };
  TransactionRequest request;
  std::vector<Part> parts;
  std::vector<Caller> callers;         // the second and later ones sent the same task again
  std::vector<std::uint64_t> reports;  // of its parts, by their number in the journal

  Answer answer() const;
  // What it comes to if this process ends now: what is not settled may have been sent.
  Answer answer_if_dead() const;
  void reply() const;
  bool wanted() const;
};

// The Transactions that this worker is at. A part whose start was permitted ends with the worker's report; every other
// one ends here, provably unsent. Strand: the owner's.
class Transactions {
 public:
  // `done` is called once for each Transaction, when all its parts are settled. It stays until it is taken.
  explicit Transactions(std::function<void(const TaskId&)> done) : done_(std::move(done)) {}

  // nullptr when it is not under way.
  Transaction* find(const TaskId& task);
  const Transaction* find(const TaskId& task) const;
  void begin(Transaction transaction);
  Transaction take(const TaskId& task);

  // The part, if it may start: never twice, and not if nobody waits any more. nullptr: it may not.
  const Transaction::Part* permit(const TaskId& part);
  // A report; one that belongs to nothing that is under way is not taken.
  bool report(const JournaledReport& report);
  // Nothing of the part was sent, because of `reason`.
  void unsent(const TaskId& part, std::string reason, std::string detail);

  // The session is over: what waits for a permit gets none.
  void session_over();
  // What was permitted and neither runs nor ran, by the worker's own word before its next session, never started.
  void reconcile(const std::vector<TaskStanding>& standings);
  // The process ends: whoever waits hears how it stands now.
  void abandon();

  bool empty() const { return all_.empty(); }

 private:
  struct Place {
    TaskId transaction;
    std::size_t part = 0;
  };
  Transaction::Part* find_part(const TaskId& part);
  void settle(const TaskId& part);

  std::function<void(const TaskId&)> done_;
  std::map<TaskId, Transaction> all_;
  std::map<TaskId, Place> parts_;  // not settled
};

}  // namespace tradeauto::legacy
