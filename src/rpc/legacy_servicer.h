#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "WorkerTradingService.grpc.pb.h"
#include "base/log.h"
#include "base/rng.h"
#include "net/task_group.h"
#include "ports/main_link.h"
#include "rpc/legacy_transactions.h"
#include "rpc/unary_call.h"

namespace tradeauto {

// What an original main asks of this worker. Its calls become tasks; the answer to a Transaction is recorded, so that
// one that is sent again is answered and not run. gRPC's calls post to the strand; everything else runs on it.
class LegacyServicer final : public TradingService::WorkerTradingService::CallbackService {
 public:
  struct Needs {
    Journal& journal;
    const Clock& clock;
    Rng& rng;
    Logger log;
    asio::any_io_executor strand;
    TaskGroup& tasks;
    std::chrono::nanoseconds start_within;                       // how long a part may wait for its start
    std::function<std::chrono::nanoseconds(Brokerage)> run_for;  // bound of a run
  };
  explicit LegacyServicer(Needs needs);

  // A ping is about to be sent: the accounts that are activated from now on are the set. `standings`: what the worker
  // says of what it was permitted before.
  void open(TaskSink& sink, Epoch epoch, const std::vector<TaskStanding>& standings);
  // Main has answered the ping: Transactions may come.
  void ready() { ready_ = true; }
  void close();
  // The process ends: whoever still waits is answered.
  void abandon() { transactions_.abandon(); }

  // From the worker.
  Permit permit(const TaskId& task, Epoch epoch);
  void report(const JournaledReport& report);
  void unsent(const TaskId& task, std::string reason, std::string detail) {
    transactions_.unsent(task, std::move(reason), std::move(detail));
  }

  // Calls whose answers are not on their way yet. Any thread.
  std::size_t calls() const { return calls_; }

  grpc::ServerUnaryReactor* Activation(grpc::CallbackServerContext* context, const Task::Activation::Task* task,
                                       Task::Activation::Response* response) override;
  grpc::ServerUnaryReactor* Deactivation(grpc::CallbackServerContext* context, const Task::Deactivation::Task* task,
                                         Task::Deactivation::Response* response) override;
  grpc::ServerUnaryReactor* Transaction(grpc::CallbackServerContext* context, const Task::Transaction::Task* task,
                                        Task::Transaction::Response* response) override;

 private:
  // By brokerage and name: the wire has no groups, and one name at two brokerages is two accounts.
  struct Account {
    SecretString login;            // its identity: the same log-in twice would trade twice
    std::optional<Error> problem;  // why it cannot trade; it is told with each Transaction
  };
  using Key = std::pair<Brokerage, AccountName>;

  UnaryCall* begin_call();
  asio::awaitable<Result<void>> activate(legacy::ActivationRequest request);
  asio::awaitable<Result<void>> deactivate(AccountName name);
  asio::awaitable<void> transact(legacy::TransactionRequest request, legacy::Transaction::Caller caller);
  RecordedTask to_be_recorded(const legacy::TransactionRequest& request, const legacy::Answer& answer) const;
  void offer(const legacy::Transaction& transaction);
  // The answer to a task that was seen before; nothing for a new one.
  std::optional<legacy::Answer> answer_again(const legacy::TransactionRequest& request) const;
  legacy::Transaction split(legacy::TransactionRequest request) const;
  // Records the answer, then gives it.
  asio::awaitable<void> conclude(TaskId task);
  const AccountName* holder_of(const Key& key, const SecretString& login) const;

  Needs needs_;
  std::atomic<std::size_t> calls_ = 0;

  // Strand.
  TaskSink* sink_ = nullptr;  // while a session is being opened or stands
  Epoch epoch_;
  bool ready_ = false;
  std::map<Key, Account> accounts_;
  std::set<Brokerage> assigned_;
  legacy::Transactions transactions_;
};

}  // namespace tradeauto
