#pragma once

#include <optional>
#include <string>

#include "WorkerTradingService.pb.h"
#include "base/result.h"
#include "domain/brokerage.h"
#include "domain/credentials.h"
#include "domain/names.h"
#include "domain/order.h"

// What an original main sends, checked. An error's message is for the answer's `message`: the original's words where
// it had any, else the field and what is allowed.
namespace tradeauto::legacy {

struct ActivationRequest {
  AccountName account;
  Brokerage brokerage = Brokerage::paper;
  Credentials credentials;       // with our names; only meaningful without a problem
  std::optional<Error> problem;  // why this log-in cannot trade; main has the account all the same
};
Result<ActivationRequest> read(const Task::Activation::Task& task);

Result<AccountName> read(const Task::Deactivation::Task& task);

struct TransactionRequest {
  TaskId task;  // lower case with dashes, however it was spelled: ids are compared without case
  Side side = Side::buy;
  Quantity quantity;
  Symbol symbol;

  // What it asks, for the record: the same text is the same content.
  std::string content() const;
};
Result<TransactionRequest> read(const Task::Transaction::Task& task);

}  // namespace tradeauto::legacy
