#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <grpcpp/channel.h>

#include "base/log.h"
#include "base/rng.h"
#include "net/signal.h"
#include "ports/worker_link.h"
#include "rpc/legacy_accounts.h"
#include "rpc/legacy_call.h"

namespace tradeauto {

// Main's end of one connection to a worker that pinged (the original, or ours in its place).
//
// One thing at a time, as the worker does it: activations first, then Transactions. A Transaction trades every account
// that the worker holds, so one is sent only for an order that names exactly these, each with the credentials that it
// has now, when all of their start permits are given and the channel is READY. What the link refuses before the send is
// `denied`; after it the answer must prove what is not to be in doubt. Strand: `strand`; WorkerLink's functions may be
// called from any thread.
class LegacyLink final : public WorkerLink, public std::enable_shared_from_this<LegacyLink> {
 public:
  struct Needs {
    std::shared_ptr<grpc::Channel> channel;
    std::shared_ptr<LegacyAccounts> accounts;  // strand
    const Clock& clock;
    Rng& rng;
    Logger log;
    asio::any_io_executor strand;
    std::chrono::nanoseconds call_timeout;
  };
  explicit LegacyLink(Needs needs);

  void assign(GroupName group, Epoch epoch) override;
  void release(GroupName group) override;
  void activate(AccountActivation activation) override;
  void deactivate(AccountRef account, Epoch epoch) override;
  void offer(TransactionTask task) override;
  void withdraw(TaskId task) override;
  asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Deadline deadline,
                                                   std::chrono::nanoseconds run_for) override;
  void close(std::string reason) override;

  // All of these: strand.
  // Works until end(), and until what was sent has been answered; then calls WorkerSession::closed().
  static asio::awaitable<void> work(std::shared_ptr<LegacyLink> self, std::shared_ptr<WorkerSession> session);
  void end(std::string reason);
  // Looks again at what a failing store kept waiting.
  void look_again();
  bool ended() const { return reason_.has_value(); }
  bool ready() const;

 private:
  using Key = std::pair<OrderId, Symbol>;
  using Tasks = std::map<AccountRef, TransactionTask>;
  struct Granted {
    std::vector<TransactionTask> tasks;
    Tasks unasked;  // behind one that was refused
    bool all = false;
    std::chrono::nanoseconds run_for{};
    Deadline start_before = Deadline::never();
  };
  // The session hears of its end exactly once, and last.
  struct Farewell {
    ~Farewell();
    LegacyLink& link;
  };
  enum class Fit : std::uint8_t { waits, differs, fits };

  template <typename Step>
  void post(Step step);
  void take_offer(TransactionTask task);
  void turn_all();
  asio::awaitable<void> step();
  asio::awaitable<void> activate_next();
  asio::awaitable<Result<void>> send_activation(AccountActivation activation);
  asio::awaitable<void> consider(Key key);
  Fit fit(const Order& order, const Key& key) const;
  bool holds_exactly(const std::set<AccountRef>& accounts) const;
  asio::awaitable<void> refuse_all(Key key, Error error);
  asio::awaitable<void> trade(Key key);
  asio::awaitable<Granted> ask_permits(Tasks tasks);
  asio::awaitable<void> report(const std::vector<TransactionTask>& tasks, std::vector<ChildOrderReport> reports);
  static std::vector<ChildOrderReport> not_sent(const std::vector<TransactionTask>& tasks, std::string detail);

  Needs needs_;

  // Strand.
  std::shared_ptr<WorkerSession> session_;
  std::deque<AccountActivation> activations_;
  std::set<AccountRef> active_;  // held by the worker as they are now, and answered Success on this connection
  std::set<AccountRef> told_;    // of which main has said what they are now
  std::map<Key, Tasks> offers_;
  std::deque<Key> turns_;
  std::uint64_t sequence_ = 0;
  bool retry_ = false;
  std::optional<std::string> reason_;
  Signal news_;
};

}  // namespace tradeauto
