#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/deadline.h"
#include "base/result.h"
#include "domain/access.h"
#include "domain/task.h"

namespace tradeauto {

namespace asio = boost::asio;

// Of which accounts it is to be told what they hold. All that is given must fit.
struct HoldingsFilter {
  std::optional<GroupName> group = {};
  std::vector<AccountRef> accounts = {};  // empty: all
  std::optional<Brokerage> brokerage = {};
  Groups groups = {};  // of who asks; empty: all
};

// Which accounts are asked anew: exactly one of the two, as with an order.
struct HoldingsTarget {
  std::optional<GroupName> group = {};    // its enabled accounts
  std::vector<AccountRef> accounts = {};  // no duplicates
};

// What is known of what one account holds. Neither a report nor a failure: it was never asked, which is no proof that
// it holds nothing.
struct AccountHoldings {
  struct Failure {
    std::string reason;  // machine word: no_worker, login_failed, no_answer …
    std::string message;
    Timestamp at;
  };
  AccountRef ref;
  Brokerage brokerage = Brokerage::paper;
  bool enabled = true;
  bool refreshing = false;                    // it is being asked now
  std::optional<HoldingsReport> report = {};  // the last that came; its as_of is in main's own time
  std::optional<Failure> failure = {};        // of the last refresh, if that brought no report: `report` is stale then
};

// What accounts hold, as the gateway needs it: from memory, and asked anew on demand. Strand: none.
class HoldingsApi {
 public:
  virtual ~HoldingsApi() = default;

  // What is in memory; asks no worker. By group and account. Failure: not_found (unknown_group, unknown_account) for
  // what the filter names.
  virtual asio::awaitable<Result<std::vector<AccountHoldings>>> list(HoldingsFilter filter) = 0;
  // The same as soon as none of them is being asked, or as it is when the deadline is over.
  virtual asio::awaitable<Result<std::vector<AccountHoldings>>> wait(HoldingsFilter filter, Deadline deadline) = 0;
  // Begins to ask the accounts, all of them at once and each on its own, and answers how they stand then. One that is
  // being asked already is not asked twice. Whoever waits, or leaves, changes nothing: each ends within its own bound.
  // Failure: not_found (unknown_group, unknown_account); unprocessable (account_disabled, empty_group); unavailable
  // (no_worker) when no worker serves any of them.
  virtual asio::awaitable<Result<std::vector<AccountHoldings>>> refresh(HoldingsTarget target) = 0;
};

}  // namespace tradeauto
