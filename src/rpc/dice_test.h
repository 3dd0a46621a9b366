#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "ports/worker_link.h"

namespace tradeauto {

// Values of every kind, from a seed that a failure prints.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t number(std::uint64_t most = 1'000'000) {
    return std::uniform_int_distribution<std::uint64_t>(1, most)(engine_);
  }
  bool coin() { return number(2) == 2; }
  std::string word() { return "w-" + std::to_string(number()); }
  std::string text() { return "«" + word() + "»\n\t\"" + word(); }
  template <typename Enum>
  Enum pick(Enum last) {
    return static_cast<Enum>(number(static_cast<std::uint64_t>(last) + 1) - 1);
  }
  template <typename Typed>
  Typed decimal() {
    return Typed(Decimal::from_units(static_cast<Int128>(number(1'000'000'000'000'000ULL))).value());
  }
  std::chrono::nanoseconds duration() { return std::chrono::nanoseconds(number(1ULL << 62U)); }
  Timestamp time() { return Timestamp(std::chrono::microseconds(number(1ULL << 52U))); }
  Epoch epoch() { return {.incarnation = number(), .counter = number()}; }
  AccountRef account() { return {.group = GroupName(word()), .account = AccountName(word())}; }
  Symbol symbol() { return Symbol("S" + std::to_string(number())); }
  template <typename T, typename Make>
  std::vector<T> several(Make make) {
    std::vector<T> out;
    for (std::uint64_t n = number(3); n > 0; --n) out.push_back(make());
    return out;
  }

  Error error() {
    return {.code = pick(ErrorCode::internal),
            .reason = word(),
            .message = text(),
            .effect = pick(Effect::maybe),
            .fields = several<FieldError>([this] { return FieldError{word(), word(), text()}; })};
  }
  ExecutionReport execution() {
    return {.sub_account = word(),
            .status = pick(ExecutionStatus::in_doubt),
            .broker_order_id = coin() ? std::optional(word()) : std::nullopt,
            .quantity = decimal<Quantity>(),
            .price = coin() ? std::optional(decimal<Price>()) : std::nullopt,
            .message = text(),
            .evidence = text(),
            .at = time()};
  }
  ChildOrderReport child_order_report() {
    return {.child_order = ChildOrderId(word()),
            .complete = coin(),
            .status = pick(ChildOrderStatus::expired),
            .reason = word(),
            .detail = text(),
            .executions = several<ExecutionReport>([this] { return execution(); })};
  }
  HoldingsReport holdings() {
    return {.account = account(),
            .complete = coin(),
            .sub_accounts = several<std::string>([this] { return word(); }),
            .holdings = several<Holding>([this] {
              return Holding{word(), symbol(), decimal<Quantity>(),
                             coin() ? std::optional(decimal<Price>()) : std::nullopt};
            }),
            .cash = several<std::pair<std::string, Money>>([this] { return std::pair(word(), decimal<Money>()); }),
            .as_of = time(),
            .message = text()};
  }
  WorkerHello hello() {
    return {.name = WorkerName(word()),
            .version = word(),
            .journal = {.id = JournalId(word()), .last_sequence = number(), .tail_cut = coin()},
            .executors = several<ExecutorInfo>([this] {
              return ExecutorInfo{word(), several<Brokerage>([this] { return pick(Brokerage::paper); }), coin(), word(),
                                  text()};
            }),
            .only_groups = several<GroupName>([this] { return GroupName(word()); }),
            .standings = several<TaskStanding>([this] {
              return TaskStanding{TaskId(word()), several<ChildOrderId>([this] { return ChildOrderId(word()); }),
                                  pick(TaskStanding::State::dead)};
            })};
  }
  Permit permit() {
    return {.task = TaskId(word()),
            .epoch = epoch(),
            .child_orders = several<ChildOrderId>([this] { return ChildOrderId(word()); }),
            .valid_for = duration(),
            .run_for = duration(),
            .refusal = word(),
            .retry_later = coin()};
  }
  TransactionTask task() {
    TransactionTask task{.id = TaskId(word()),
                         .epoch = epoch(),
                         .order_id = OrderId(word()),
                         .client_order_id = ClientOrderId(word()),
                         .account = account(),
                         .brokerage = pick(Brokerage::paper),
                         .side = pick(Side::sell),
                         .quantity = decimal<Quantity>(),
                         .dry_run = coin(),
                         .child_orders = {},
                         .start_within = duration(),
                         .run_for = duration()};
    for (const char* symbol : {"AAPL", "BRK.B", "X"}) {
      if (task.child_orders.empty() || coin()) task.child_orders.push_back({ChildOrderId(word()), Symbol(symbol)});
    }
    return task;
  }
  AccountActivation activation() {
    AccountActivation activation{
        .account = account(), .brokerage = pick(Brokerage::paper), .credentials = {}, .epoch = epoch()};
    activation.credentials.set("USERNAME", SecretString(word()));
    activation.credentials.set("PASSWORD", SecretString("\xFF\x01 not UTF-8 " + word()));
    return activation;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace tradeauto
