#pragma once

#include <chrono>
#include <optional>

#include "base/result.h"
#include "ports/main_link.h"
#include "ports/worker_link.h"
#include "tradeauto/v1/worker.pb.h"

// Wire (tradeauto.v1) ↔ domain. to_proto() cannot fail: it mends and cuts text (rpc/wire_text.h). from_proto() checks
// everything that the proto files promise; its Error is invalid_argument (protocol_error), and its one FieldError names
// the field by its path in the message ("journal.id").
namespace tradeauto {

v1::Epoch to_proto(Epoch epoch);
v1::AccountRef to_proto(const AccountRef& account);
v1::Error to_proto(const Error& error);
v1::ChildOrderReport to_proto(const ChildOrderReport& report);
v1::HoldingsReport to_proto(const HoldingsReport& report);
Result<Epoch> from_proto(const v1::Epoch& epoch);
Result<AccountRef> from_proto(const v1::AccountRef& account);
// Never fails: a code that a newer peer knows is `internal`, an unknown effect is `maybe`.
Error from_proto(const v1::Error& error);
Result<ChildOrderReport> from_proto(const v1::ChildOrderReport& report);
Result<HoldingsReport> from_proto(const v1::HoldingsReport& report);

// Worker to main.
struct PermitQuestion {
  TaskId task;
  Epoch epoch;
};
struct ActivationOutcome {
  AccountRef account;
  Epoch epoch;
  Result<void> result;
};
struct TaskRefusal {
  TaskId task;
  Error error;
};
v1::Hello to_proto(const WorkerHello& hello);
v1::Report to_proto(const JournaledReport& report);
v1::ActivationResult to_proto(const ActivationOutcome& outcome);
v1::Refusal to_proto(const TaskRefusal& refusal);
Result<WorkerHello> from_proto(const v1::Hello& hello);
Result<PermitQuestion> from_proto(const v1::PermitRequest& request);
Result<JournaledReport> from_proto(const v1::Report& report);
Result<ActivationOutcome> from_proto(const v1::ActivationResult& result);
Result<TaskRefusal> from_proto(const v1::Refusal& refusal);

// Main to worker.
struct Assignment {
  GroupName group;
  Epoch epoch;
};
struct Deactivation {
  AccountRef account;
  Epoch epoch;
};
struct HoldingsQuestion {
  AccountRef account;
  std::chrono::nanoseconds left{};
  std::chrono::nanoseconds run_for{};
};
v1::Welcome to_proto(const WorkerSessions::Opened& opened);
v1::Permit to_proto(const Permit& permit);
// The message holds the log-in in clear: wipe() it after use.
v1::Activate to_proto(const AccountActivation& activation);
v1::Offer to_proto(const TransactionTask& task);
Result<OpenedSession> from_proto(const v1::Welcome& welcome);  // without a link
Result<std::chrono::nanoseconds> from_proto(const v1::HeartbeatAck& ack);
Result<Permit> from_proto(const v1::Permit& permit);
Result<Assignment> from_proto(const v1::Assign& assign);
Result<GroupName> from_proto(const v1::Release& release);
// Moves the log-in out of the message and wipes what is left there.
Result<AccountActivation> from_proto(v1::Activate&& activate);
Result<Deactivation> from_proto(const v1::Deactivate& deactivate);
Result<TransactionTask> from_proto(const v1::Offer& offer);
Result<TaskId> from_proto(const v1::Withdraw& withdraw);
Result<HoldingsQuestion> from_proto(const v1::HoldingsRequest& request);

// Overwrites the secrets of a message that has been sent.
void wipe(v1::Activate& activate);

// The message has no kind that this version knows.
Error unknown_kind();

}  // namespace tradeauto
