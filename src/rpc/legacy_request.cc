#include "rpc/legacy_request.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "domain/legacy_credentials.h"

namespace tradeauto::legacy {
namespace {

Error refused(std::string reason, std::string message) {
  return make_error(ErrorCode::invalid_argument, std::move(reason), std::move(message));
}

void remove_all(std::string& text, std::string_view what) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what)) text.erase(at, what.size());
}

// Every spelling that Python's uuid.UUID takes: with and without dashes, in braces, as a URN.
Result<TaskId> read_task_id(const Types::BaseTask& task) {
  std::string digits = task.task_id().value();
  remove_all(digits, "urn:");
  remove_all(digits, "uuid:");
  std::erase_if(digits, [](char c) { return c == '{' || c == '}' || c == '-'; });
  const auto is_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  if (digits.size() != 32 || !std::ranges::all_of(digits, is_digit)) {
    return refused("bad_task_id", "badly formed hexadecimal UUID string");
  }
  for (char& c : digits) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  const std::string_view all = digits;
  return TaskId(fmt::format("{}-{}-{}-{}-{}", all.substr(0, 8), all.substr(8, 4), all.substr(12, 4), all.substr(16, 4),
                            all.substr(20)));
}

Result<AccountName> read_account_name(const std::string& text) {
  auto name = parse_account_name(text);
  if (!name.ok()) return refused("bad_account_name", fmt::format("account_name: {}", name.error().message));
  return name;
}

Credentials read_details(const Task::Activation::ActivationCreds& details) {
  Credentials given;
  const auto* reflection = details.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(details, &fields);
  for (const auto* field : fields) {
    std::string scratch;
    given.set(field->name(), SecretString(reflection->GetStringReference(details, field, &scratch)));
  }
  return given;
}

// Error: the first field that is missing, or all that the command line tool cannot take, by name.
Result<Credentials> read_log_in(Brokerage brokerage, const Task::Activation::ActivationCreds& details) {
  TRY(Credentials taken, take_legacy_credentials(brokerage, read_details(details)));
  CheckedCredentials checked = check_credentials(brokerage, std::move(taken));
  if (checked.faults.empty()) return std::move(checked.credentials);
  std::string message;
  for (const FieldError& fault : checked.faults) {
    const std::string_view field = std::string_view(fault.pointer).substr(fault.pointer.rfind('/') + 1);
    message += fmt::format("{}{}: {}", message.empty() ? "" : "; ", field, fault.detail);
  }
  return refused("bad_credentials", std::move(message));
}

}  // namespace

Result<ActivationRequest> read(const Task::Activation::Task& task) {
  TRY_VOID(read_task_id(task.base_task()));
  if (!Task::Activation::Brokerage_IsValid(task.brokerage())) {
    return refused("bad_brokerage", fmt::format("{} is not a valid Brokerage", static_cast<int>(task.brokerage())));
  }
  ActivationRequest request;
  TRY(request.account, read_account_name(task.account_name()));
  request.brokerage = static_cast<Brokerage>(task.brokerage());
  auto log_in = read_log_in(request.brokerage, task.account_details());
  if (log_in.ok()) {
    request.credentials = std::move(*log_in);
  } else {
    request.problem = std::move(log_in).error();
  }
  return request;
}

Result<AccountName> read(const Task::Deactivation::Task& task) {
  TRY_VOID(read_task_id(task.base_task()));
  return read_account_name(task.account_name());
}

std::string TransactionRequest::content() const {
  return fmt::format("{} {} {}", to_string(side), quantity.to_string(), symbol);
}

Result<TransactionRequest> read(const Task::Transaction::Task& task) {
  TransactionRequest request;
  TRY(request.task, read_task_id(task.base_task()));
  if (!Task::Transaction::TransactionMethod_IsValid(task.method())) {
    return refused("bad_method", fmt::format("{} is not a valid TransactionMethod", static_cast<int>(task.method())));
  }
  request.side = task.method() == Task::Transaction::Buy ? Side::buy : Side::sell;
  if (task.amount() < 1) {
    return refused("bad_amount", fmt::format("amount: {} is not 1 to 2147483647", task.amount()));
  }
  request.quantity = Quantity(Decimal::from_int(task.amount()));
  auto symbol = parse_symbol(task.ticker());
  if (!symbol.ok()) return refused("bad_ticker", fmt::format("ticker: {}", symbol.error().message));
  request.symbol = std::move(*symbol);
  return request;
}

}  // namespace tradeauto::legacy
