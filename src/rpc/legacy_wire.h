#pragma once

#include <set>
#include <string>
#include <vector>

#include <grpcpp/support/status.h>

#include "WorkerTradingService.pb.h"
#include "base/result.h"
#include "domain/task.h"

namespace tradeauto::legacy {

// The message for an original worker. Error (unprocessable, legacy_link): Paper, which that wire does not know, or a
// field that the original demands and the log-in does not have. It must not be sent then: one activation without a
// field makes an original worker fail every later one. The message holds the log-in in clear: wipe() it after use.
Result<Task::Activation::Task> to_proto(const AccountActivation& activation, const TaskId& id);

void wipe(Task::Activation::Task& task);

// Error (unprocessable, legacy_link): what an original worker cannot do: dry runs, fractions, more than 2147483647.
Result<Task::Transaction::Task> to_proto(const TransactionTask& task);

// What became of the child orders of one Transaction that was sent, one task for each account that the worker holds,
// those of one brokerage in the order in which the worker has them: in doubt unless the answer proves something else.
// Of the brokerages in `unplaced` that order is not known.
std::vector<ChildOrderReport> read_answer(const std::vector<TransactionTask>& tasks,
                                          const std::set<Brokerage>& unplaced, const grpc::Status& status,
                                          const Task::Transaction::Response& answer, Timestamp now);

}  // namespace tradeauto::legacy
