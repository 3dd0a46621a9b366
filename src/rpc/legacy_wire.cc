#include "rpc/legacy_wire.h"

#include <string.h>  // explicit_bzero

#include <array>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "autorsa_output/run_output.h"
#include "rpc/wire_text.h"

namespace tradeauto::legacy {
namespace {

constexpr std::array<std::string_view, 2> kUserPassword = {"USERNAME", "PASSWORD"};
constexpr std::array<std::string_view, 4> kPhoneDebug = {"USERNAME", "PASSWORD", "PHONE_LAST_FOUR", "DEBUG"};
constexpr std::array<std::string_view, 3> kPhone = {"USERNAME", "PASSWORD", "PHONE_LAST_FOUR"};
constexpr std::array<std::string_view, 1> kEmail = {"EMAIL"};
constexpr std::array<std::string_view, 3> kTotpSecretOrNa = {"USERNAME", "PASSWORD", "TOTP_SECRET_OR_NA"};
constexpr std::array<std::string_view, 3> kTotpOrNa = {"USERNAME", "PASSWORD", "TOTP_OR_NA"};
constexpr std::array<std::string_view, 3> kTotp = {"USERNAME", "PASSWORD", "TOTP_SECRET"};
constexpr std::array<std::string_view, 3> kOtp = {"USERNAME", "PASSWORD", "OTP"};
constexpr std::array<std::string_view, 2> kEmailPassword = {"EMAIL", "PASSWORD"};
constexpr std::array<std::string_view, 1> kToken = {"ACCESS_TOKEN"};
constexpr std::array<std::string_view, 4> kWebull = {"USERNAME", "PASSWORD", "DID", "TRADING_PIN"};

// What the original demands for each brokerage.
std::span<const std::string_view> demanded(Brokerage brokerage) {
  switch (brokerage) {
    case Brokerage::chase:
    case Brokerage::vanguard: return kPhoneDebug;
    case Brokerage::fennel: return kEmail;
    case Brokerage::fidelity:
    case Brokerage::schwab: return kTotpSecretOrNa;
    case Brokerage::firstrade: return kOtp;
    case Brokerage::robinhood: return kTotpOrNa;
    case Brokerage::sofi: return kTotp;
    case Brokerage::tornado: return kEmailPassword;
    case Brokerage::tradier: return kToken;
    case Brokerage::webull: return kWebull;
    case Brokerage::wells_fargo: return kPhone;
    default: return kUserPassword;
  }
}

Error legacy_link(std::string message) {
  return make_error(ErrorCode::unprocessable, "legacy_link", std::move(message));
}

// Our field name or the original's: both name the same value on that wire.
const SecretString* find_value(const AccountActivation& activation, std::string_view wire_name) {
  if (const SecretString* value = activation.credentials.find(wire_name)) return value;
  for (const CredentialField& field : info(activation.brokerage).fields) {
    for (const std::string_view alias : field.aliases) {
      if (alias == wire_name) return activation.credentials.find(field.name);
    }
  }
  return nullptr;
}

struct Verdict {
  ChildOrderStatus status = ChildOrderStatus::in_doubt;
  std::string reason;
  std::string detail;
};

ChildOrderReport report_of(const TransactionTask& task, const Verdict& verdict) {
  ChildOrderReport report;
  report.child_order = task.child_orders.front().id;
  report.complete = true;
  report.status = verdict.status;
  report.reason = verdict.reason;
  report.detail = wire_text(verdict.detail);
  return report;
}

std::vector<ChildOrderReport> same_for_all(const std::vector<TransactionTask>& tasks, const Verdict& verdict) {
  std::vector<ChildOrderReport> reports;
  for (const TransactionTask& task : tasks) reports.push_back(report_of(task, verdict));
  return reports;
}

// The original's words for a Transaction that it took apart and did not run.
bool never_ran(std::string_view message) {
  return message.starts_with("Internal Error: ") || message == "badly formed hexadecimal UUID string";
}

// The original runs the CLI once for all its log-ins.
std::vector<ChildOrderReport> read_output(const std::vector<TransactionTask>& tasks,
                                          const std::set<Brokerage>& unplaced, const std::string& message,
                                          Timestamp now) {
  RunOutput run;
  run.side = tasks.front().side;
  run.quantity = tasks.front().quantity;
  run.symbols = {tasks.front().child_orders.front().symbol};
  run.out = message;
  run.exit_code = 0;  // the original answers Success for no other
  run.at = now;
  std::vector<SharedLogIn> log_ins;
  for (const TransactionTask& task : tasks) {
    log_ins.push_back({.brokerage = task.brokerage, .placed = !unplaced.contains(task.brokerage)});
  }
  auto verdicts = read_shared_run(run, log_ins);
  std::vector<ChildOrderReport> reports;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    SymbolVerdict& verdict = verdicts[i].front();
    reports.push_back(
        report_of(tasks[i], {.status = verdict.status, .reason = verdict.reason, .detail = verdict.detail}));
    reports.back().executions = std::move(verdict.executions);
  }
  return reports;
}

}  // namespace

Result<Task::Activation::Task> to_proto(const AccountActivation& activation, const TaskId& id) {
  if (activation.brokerage == Brokerage::paper) return legacy_link("an original worker does not know Paper");
  Task::Activation::Task task;
  task.mutable_base_task()->mutable_task_id()->set_value(id.str());
  task.set_account_name(activation.account.account.str());
  task.set_brokerage(static_cast<Task::Activation::Brokerage>(activation.brokerage));
  auto* details = task.mutable_account_details();
  for (const std::string_view name : demanded(activation.brokerage)) {
    const SecretString* value = find_value(activation, name);
    const bool may_be_na = name.ends_with("_OR_NA");
    if ((value == nullptr || value->empty()) && !may_be_na) {
      return legacy_link(fmt::format("an original worker demands {} for {}", name, to_string(activation.brokerage)));
    }
    const auto* field = details->GetDescriptor()->FindFieldByName(std::string(name));
    details->GetReflection()->SetString(details, field,
                                        value == nullptr || value->empty() ? "NA" : std::string(value->reveal()));
  }
  return task;
}

void wipe(Task::Activation::Task& task) {
  auto* details = task.mutable_account_details();
  const auto* reflection = details->GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(*details, &fields);
  for (const auto* field : fields) {
    std::string scratch;
    const std::string& value = reflection->GetStringReference(*details, field, &scratch);
    explicit_bzero(const_cast<char*>(value.data()), value.size());  // the message's own bytes
  }
  details->Clear();
}

Result<Task::Transaction::Task> to_proto(const TransactionTask& task) {
  const Decimal quantity = task.quantity.decimal();
  constexpr auto kMost = std::numeric_limits<std::int32_t>::max();
  if (task.dry_run) return legacy_link("an original worker cannot rehearse: it would place the order");
  if (!quantity.is_whole()) return legacy_link("an original worker takes whole shares only");
  if (!quantity.is_positive() || quantity > Decimal::from_int(kMost)) {
    return legacy_link(fmt::format("an original worker takes 1 to {} shares", kMost));
  }
  Task::Transaction::Task out;
  out.mutable_base_task()->mutable_task_id()->set_value(task.id.str());
  out.set_method(task.side == Side::buy ? Task::Transaction::Buy : Task::Transaction::Sell);
  out.set_amount(static_cast<std::int32_t>(quantity.units() / Decimal::kScale));
  out.set_ticker(task.child_orders.front().symbol.str());
  return out;
}

std::vector<ChildOrderReport> read_answer(const std::vector<TransactionTask>& tasks,
                                          const std::set<Brokerage>& unplaced, const grpc::Status& status,
                                          const Task::Transaction::Response& answer, Timestamp now) {
  if (!status.ok()) {
    return same_for_all(tasks,
                        {.reason = "link_lost",
                         .detail = "the order was handed to the worker and no answer came; it may have been sent"});
  }
  if (answer.status() == Types::Failure && never_ran(answer.message())) {
    return same_for_all(tasks,
                        {.status = ChildOrderStatus::denied, .reason = "worker_refused", .detail = answer.message()});
  }
  if (answer.status() != Types::Success) {
    return same_for_all(tasks, {.reason = "worker_failed", .detail = answer.message()});
  }
  return read_output(tasks, unplaced, answer.message(), now);
}

}  // namespace tradeauto::legacy
