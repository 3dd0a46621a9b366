#pragma once

#include "worker/account_table.h"
#include "worker/executors.h"

namespace tradeauto {

// The use case "holdings query": asks the brokerage what one log-in holds. Waits for a run of the same account to end;
// orders go before questions that wait. Strand: worker.
class Holdings {
 public:
  struct Needs {
    AccountTable& accounts;
    Executors& executors;
    const Clock& clock;
  };
  explicit Holdings(Needs needs) : needs_(needs) {}

  asio::awaitable<Result<HoldingsReport>> run(AccountRef ref, Deadline deadline, std::chrono::nanoseconds run_for);

 private:
  struct LogIn {
    Executor* executor = nullptr;
    Brokerage brokerage = Brokerage::paper;
    Credentials credentials;
  };
  // As it is active now.
  Result<LogIn> find(const AccountRef& ref) const;

  Needs needs_;
};

}  // namespace tradeauto
