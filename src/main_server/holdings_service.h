#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/strand.hpp>

#include "base/log.h"
#include "main_server/account_service.h"
#include "net/signal.h"
#include "net/task_group.h"
#include "ports/holdings_api.h"

namespace tradeauto {

// Asks the worker that serves an account's group. Implemented by the Router.
class HoldingsSource {
 public:
  virtual ~HoldingsSource() = default;
  // As a WorkerLink's. Failure: no_worker; what the worker answers; not later than the deadline.
  virtual asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Deadline deadline,
                                                           std::chrono::nanoseconds run_for) = 0;
};

// Nobody can be asked.
Error no_worker(const GroupName& group);

struct HoldingsServiceSettings {
  std::chrono::nanoseconds turn_within = std::chrono::seconds(900);      // ORDER_DEADLINE_SECONDS
  std::chrono::nanoseconds ask_for = std::chrono::seconds(300);          // EXECUTION_SECONDS
  std::chrono::nanoseconds browser_ask_for = std::chrono::seconds(600);  // for brokerages that need a browser
};

// What each account held when its worker was last asked, and how the last question ended. In memory only: after a
// restart nothing is known until somebody asks. Strand: its own; public functions may be called from any thread.
// stop() before destruction.
class HoldingsService final : public HoldingsApi, public LoginListener {
 public:
  struct Needs {
    Registry& registry;
    ServiceDirectory& directory;
    HoldingsSource& source;
    const Clock& clock;
    Logger log;
    asio::any_io_executor executor;
  };
  // What `needs` refers to outlives the service.
  HoldingsService(HoldingsServiceSettings settings, Needs needs);

  asio::awaitable<void> stop();

  asio::awaitable<Result<std::vector<AccountHoldings>>> list(HoldingsFilter filter) override;
  asio::awaitable<Result<std::vector<AccountHoldings>>> wait(HoldingsFilter filter, Deadline deadline) override;
  asio::awaitable<Result<std::vector<AccountHoldings>>> refresh(HoldingsTarget target) override;
  void login_changed(AccountRef ref) override;

 private:
  using Views = std::vector<AccountHoldings>;
  struct Entry {
    std::optional<HoldingsReport> report;
    std::optional<AccountHoldings::Failure> failure;
    std::uint64_t question = 0;  // the one under way; 0: none
  };

  asio::awaitable<Result<std::vector<RegisteredAccount>>> chosen_accounts(HoldingsFilter filter);
  asio::awaitable<Result<std::vector<RegisteredAccount>>> accounts_of(HoldingsFilter filter);
  asio::awaitable<Result<std::vector<RegisteredAccount>>> named_accounts(std::vector<AccountRef> refs);
  // All of these: strand.
  asio::awaitable<Result<Views>> do_list(HoldingsFilter filter);
  asio::awaitable<Result<Views>> do_wait(HoldingsFilter filter, Deadline deadline);
  asio::awaitable<Result<Views>> do_refresh(HoldingsTarget target);
  asio::awaitable<void> ask(AccountRef ref, std::uint64_t question, std::chrono::nanoseconds ask_for);
  void begin(const RegisteredAccount& account, Entry& entry);
  void fail(const AccountRef& ref, Entry& entry, const Error& error);
  bool is_asked(const AccountRef& ref) const;
  AccountHoldings view(const RegisteredAccount& account) const;

  const HoldingsServiceSettings settings_;
  Needs needs_;
  asio::strand<asio::any_io_executor> strand_;
  std::map<AccountRef, Entry> entries_;
  std::uint64_t questions_ = 0;
  Signal changed_;  // a question has ended
  TaskGroup tasks_;
};

}  // namespace tradeauto
