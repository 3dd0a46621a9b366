#include "rpc/legacy_servicer.h"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "base/uuid.h"
#include "rpc/legacy_wire.h"
#include "rpc/wire_text.h"

namespace tradeauto {
namespace {

constexpr std::chrono::seconds kPermitValid{30};

// A group of our own making for each brokerage: the wire has none, and names need to be unique within a group only.
AccountRef ref_of(Brokerage brokerage, const AccountName& name) {
  return {.group = GroupName(fmt::format("original-main.{}", to_string(brokerage))), .account = name};
}

// A handler failed before it ran anything, in the original's words: a main of either kind reads it so.
constexpr std::string_view kUnrun = "Internal Error: ";

legacy::Answer nothing_ran(std::string_view message) {
  return {.good = false, .message = wire_text(fmt::format("{}{}", kUnrun, message))};
}

std::string to_record(const legacy::Answer& answer) { return (answer.good ? "+" : "-") + answer.message; }
legacy::Answer from_record(const std::string& text) {
  return {.good = text.starts_with('+'), .message = text.substr(std::min<std::size_t>(1, text.size()))};
}

template <typename Answer>
void give(Answer& answer, const Result<void>& result, std::string_view success, std::string_view failure_prefix) {
  answer.give(result.ok(), result.ok() ? std::string(success)
                                       : wire_text(fmt::format("{}{}", failure_prefix, result.error().message)));
}

Error no_session() {
  return make_error(ErrorCode::unavailable, "no_session", "this worker waits for the main server's answer to its ping");
}

}  // namespace

LegacyServicer::LegacyServicer(Needs needs)
    : needs_(std::move(needs)),
      transactions_([this](const TaskId& task) { needs_.tasks.spawn_on(needs_.strand, conclude(task)); }) {}

void LegacyServicer::open(TaskSink& sink, Epoch epoch, const std::vector<TaskStanding>& standings) {
  transactions_.reconcile(standings);
  sink_ = &sink;
  epoch_ = epoch;
  ready_ = false;
  accounts_.clear();
  assigned_.clear();
}

void LegacyServicer::close() {
  sink_ = nullptr;
  ready_ = false;
  accounts_.clear();
  transactions_.session_over();
}

Permit LegacyServicer::permit(const TaskId& task, Epoch epoch) {
  Permit permit{.task = task,
                .epoch = epoch,
                .child_orders = {},
                .valid_for = kPermitValid,
                .run_for = {},
                .refusal = "not_wanted",
                .retry_later = false};
  if (!ready_ || epoch != epoch_) return permit;
  if (const legacy::Transaction::Part* part = transactions_.permit(task)) {
    permit.child_orders = {part->child.id};
    permit.run_for = needs_.run_for(part->child.brokerage);
    permit.refusal.clear();
  }
  return permit;
}

void LegacyServicer::report(const JournaledReport& report) {
  if (transactions_.report(report)) return;  // confirmed once the whole answer is recorded
  needs_.log.info(
      "a report that came after the answer",
      {{"task", report.task}, {"child_order", report.report.child_order}, {"status", to_string(report.report.status)}});
  if (sink_ != nullptr) sink_->confirmed(report.sequence);
}

UnaryCall* LegacyServicer::begin_call() {
  ++calls_;
  return new UnaryCall([this] { --calls_; });
}

grpc::ServerUnaryReactor* LegacyServicer::Activation(grpc::CallbackServerContext* /*context*/,
                                                     const Task::Activation::Task* task,
                                                     Task::Activation::Response* response) {
  UnaryCall* call = begin_call();
  auto request = legacy::read(*task);
  // The message is ours alone until the call is done.
  legacy::wipe(const_cast<Task::Activation::Task&>(*task));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  auto answer = std::make_shared<UnaryAnswer<Task::Activation::Response>>(call, response);
  if (request.ok()) {
    needs_.tasks.spawn_on(
        needs_.strand, [](LegacyServicer& self, legacy::ActivationRequest wanted, auto owed) -> asio::awaitable<void> {
          give(*owed, co_await self.activate(std::move(wanted)), "Account activated", "");
        }(*this, std::move(*request), std::move(answer)));
  } else {
    give(*answer, request.error(), "", "");
  }
  return call;
}

asio::awaitable<Result<void>> LegacyServicer::activate(legacy::ActivationRequest request) {
  TaskSink* const sink = sink_;
  const Epoch epoch = epoch_;
  if (sink == nullptr) co_return no_session();
  const Key key{request.brokerage, request.account};
  const AccountRef ref = ref_of(request.brokerage, request.account);
  SecretString login;
  if (!request.problem) {
    login = login_identity(request.brokerage, request.credentials);
    if (const AccountName* holder = holder_of(key, login)) {
      request.problem = make_error(ErrorCode::conflict, "login_registered",
                                   fmt::format("this log-in is active as the account {} already", *holder));
    }
  }
  // One that cannot trade holds no log-in: the account that has it may be activated again.
  accounts_.insert_or_assign(key,
                             Account{.login = request.problem ? SecretString() : login, .problem = request.problem});
  if (request.problem) {
    co_await sink->deactivate(ref, epoch);
    co_return std::move(*request.problem);
  }
  if (assigned_.insert(request.brokerage).second) co_await sink->assigned(ref.group, epoch);
  auto activated = co_await sink->activate(
      {.account = ref, .brokerage = request.brokerage, .credentials = std::move(request.credentials), .epoch = epoch});
  if (epoch != epoch_ || sink_ == nullptr) co_return no_session();
  if (const auto account = accounts_.find(key); !activated.ok() && account != accounts_.end()) {
    account->second.problem = activated.error();
  }
  co_return activated;
}

const AccountName* LegacyServicer::holder_of(const Key& key, const SecretString& login) const {
  for (const auto& [other, account] : accounts_) {
    if (other != key && other.first == key.first && account.login.reveal() == login.reveal()) return &other.second;
  }
  return nullptr;
}

grpc::ServerUnaryReactor* LegacyServicer::Deactivation(grpc::CallbackServerContext* /*context*/,
                                                       const Task::Deactivation::Task* task,
                                                       Task::Deactivation::Response* response) {
  UnaryCall* call = begin_call();
  const auto name = legacy::read(*task);
  auto answer = std::make_shared<UnaryAnswer<Task::Deactivation::Response>>(call, response);
  if (name.ok()) {
    needs_.tasks.spawn_on(needs_.strand,
                          [](LegacyServicer& self, AccountName account, auto owed) -> asio::awaitable<void> {
                            give(*owed, co_await self.deactivate(std::move(account)), "Account deactivated", kUnrun);
                          }(*this, *name, std::move(answer)));
  } else {
    give(*answer, name.error(), "", kUnrun);
  }
  return call;
}

asio::awaitable<Result<void>> LegacyServicer::deactivate(AccountName name) {
  TaskSink* const sink = sink_;
  const Epoch epoch = epoch_;
  if (sink == nullptr) co_return no_session();
  std::vector<Brokerage> brokerages;
  for (const auto& [key, account] : accounts_) {
    if (key.second == name) brokerages.push_back(key.first);
  }
  if (brokerages.empty()) {
    co_return make_error(ErrorCode::not_found, "unknown_account", fmt::format("no account {} is active here", name));
  }
  for (const Brokerage brokerage : brokerages) accounts_.erase({brokerage, name});
  for (const Brokerage brokerage : brokerages) co_await sink->deactivate(ref_of(brokerage, name), epoch);
  co_return Result<void>{};
}

grpc::ServerUnaryReactor* LegacyServicer::Transaction(grpc::CallbackServerContext* /*context*/,
                                                      const Task::Transaction::Task* task,
                                                      Task::Transaction::Response* response) {
  UnaryCall* call = begin_call();
  const auto answer = std::make_shared<UnaryAnswer<Task::Transaction::Response>>(call, response);
  auto request = legacy::read(*task);
  if (request.ok()) {
    legacy::Transaction::Caller caller{
        .reply = [answer](const legacy::Answer& told) { answer->give(told.good, told.message); },
        .waits = [answer] { return answer->wanted(); }};
    needs_.tasks.spawn_on(needs_.strand, transact(std::move(*request), std::move(caller)));
  } else {
    answer->give(false, nothing_ran(request.error().message).message);
  }
  return call;
}

asio::awaitable<void> LegacyServicer::transact(legacy::TransactionRequest request, legacy::Transaction::Caller caller) {
  if (const auto again = answer_again(request)) co_return caller.reply(*again);
  if (legacy::Transaction* running = transactions_.find(request.task)) {
    running->callers.push_back(std::move(caller));
    co_return;
  }
  if (!ready_) co_return caller.reply(nothing_ran(no_session().message));
  if (accounts_.empty()) co_return caller.reply(nothing_ran("no account is active here"));
  const TaskId id = request.task;
  legacy::Transaction made = split(std::move(request));
  made.callers.push_back(std::move(caller));
  const bool anything = !std::ranges::all_of(made.parts, &legacy::Transaction::Part::settled);
  // Ahead of its starts in the journal, which are what waits for the disk.
  if (anything) needs_.journal.record(to_be_recorded(made.request, made.answer_if_dead()));
  transactions_.begin(std::move(made));
  if (anything) offer(*transactions_.find(id));
}

RecordedTask LegacyServicer::to_be_recorded(const legacy::TransactionRequest& request,
                                            const legacy::Answer& answer) const {
  return {.id = request.task, .request = request.content(), .answer = to_record(answer), .at = needs_.clock.now()};
}

std::optional<legacy::Answer> LegacyServicer::answer_again(const legacy::TransactionRequest& request) const {
  const auto other_content = [] { return nothing_ran("task_id: another transaction had this id; nothing was run"); };
  if (const legacy::Transaction* running = transactions_.find(request.task)) {
    if (running->request.content() != request.content()) return other_content();
    return std::nullopt;
  }
  const auto recorded = needs_.journal.recorded(request.task);
  if (!recorded) return std::nullopt;
  if (recorded->request != request.content()) return other_content();
  return from_record(recorded->answer);
}

legacy::Transaction LegacyServicer::split(legacy::TransactionRequest request) const {
  legacy::Transaction made;
  for (const auto& [key, account] : accounts_) {
    legacy::Transaction::Part part;
    part.child.id = ChildOrderId(make_uuid_v7(needs_.clock, needs_.rng));
    part.child.account = ref_of(key.first, key.second);
    part.child.brokerage = key.first;
    part.child.symbol = request.symbol;
    if (account.problem) {
      part.settled = true;
      part.child.status = ChildOrderStatus::denied;
      part.child.reason = account.problem->reason;
      part.child.detail = account.problem->message;
    }
    made.parts.push_back(std::move(part));
  }
  made.request = std::move(request);
  return made;
}

void LegacyServicer::offer(const legacy::Transaction& transaction) {
  for (const legacy::Transaction::Part& part : transaction.parts) {
    if (part.settled) continue;
    TransactionTask task;
    task.id = TaskId(part.child.id.str());
    task.epoch = epoch_;
    task.order_id = OrderId(transaction.request.task.str());
    task.client_order_id = ClientOrderId(transaction.request.task.str());
    task.account = part.child.account;
    task.brokerage = part.child.brokerage;
    task.side = transaction.request.side;
    task.quantity = transaction.request.quantity;
    task.child_orders = {{.id = part.child.id, .symbol = part.child.symbol}};
    task.start_within = needs_.start_within;
    task.run_for = needs_.run_for(part.child.brokerage);
    sink_->offered(std::move(task));
  }
}

asio::awaitable<void> LegacyServicer::conclude(TaskId task) {
  const legacy::Transaction* ended = transactions_.find(task);
  if (ended == nullptr) co_return;
  const auto recorded = co_await needs_.journal.record_answer(to_be_recorded(ended->request, ended->answer()));
  if (!recorded.ok()) needs_.log.error("an answer could not be recorded", {{"task", task}});
  if (transactions_.find(task) == nullptr) co_return;
  const legacy::Transaction answered = transactions_.take(task);
  answered.reply();
  if (!recorded.ok()) co_return;
  for (const std::uint64_t sequence : answered.reports) {
    if (sink_ != nullptr) sink_->confirmed(sequence);
  }
}

}  // namespace tradeauto
