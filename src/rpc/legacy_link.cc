#include "rpc/legacy_link.h"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/uuid.h"
#include "rpc/legacy_wire.h"

namespace tradeauto {
namespace {

using ActivationCall = legacy::Call<Task::Activation::Task, grpc::ByteBuffer>;
using TransactionCall = legacy::Call<Task::Transaction::Task, grpc::ByteBuffer>;

Error accounts_differ() {
  return make_error(
      ErrorCode::unprocessable, "legacy_accounts_differ",
      "an original worker trades every account that it was ever given; this order, or what the accounts are "
      "now, differs from that. Restart that worker to give it the accounts anew");
}

}  // namespace

LegacyLink::LegacyLink(Needs needs) : needs_(std::move(needs)) {}

bool LegacyLink::ready() const { return needs_.channel->GetState(false) == GRPC_CHANNEL_READY; }

template <typename Step>
void LegacyLink::post(Step step) {
  asio::post(needs_.strand, [self = shared_from_this(), step = std::move(step)]() mutable {
    if (self->ended()) return;
    step(*self);
    self->news_.notify();
  });
}

void LegacyLink::assign(GroupName /*group*/, Epoch /*epoch*/) {}  // the wire knows no groups; tasks carry the epoch

// What it holds is of use to no other group: it comes back as a worker of this one only.
void LegacyLink::release(GroupName /*group*/) { close("released"); }

void LegacyLink::activate(AccountActivation activation) {
  post([activation = std::move(activation)](LegacyLink& self) mutable {
    self.active_.erase(activation.account);
    self.told_.insert(activation.account);
    self.activations_.push_back(std::move(activation));
  });
}

void LegacyLink::deactivate(AccountRef account, Epoch /*epoch*/) {
  post([account = std::move(account)](LegacyLink& self) {
    std::erase_if(self.activations_, [&](const AccountActivation& each) { return each.account == account; });
    self.active_.erase(account);
    self.told_.insert(account);
    self.turn_all();
  });
}

void LegacyLink::offer(TransactionTask task) {
  post([task = std::move(task)](LegacyLink& self) mutable { self.take_offer(std::move(task)); });
}

void LegacyLink::take_offer(TransactionTask task) {
  Key key(task.order_id, task.child_orders.front().symbol);
  offers_[key].insert_or_assign(task.account, std::move(task));
  if (std::ranges::find(turns_, key) == turns_.end()) turns_.push_back(std::move(key));
}

void LegacyLink::withdraw(TaskId task) {
  post([task = std::move(task)](LegacyLink& self) {
    for (auto& [key, tasks] : self.offers_) {
      std::erase_if(tasks, [&](const auto& entry) { return entry.second.id == task; });
    }
    std::erase_if(self.offers_, [](const auto& entry) { return entry.second.empty(); });
  });
}

asio::awaitable<Result<HoldingsReport>> LegacyLink::holdings(AccountRef /*account*/, Deadline /*deadline*/,
                                                             std::chrono::nanoseconds /*run_for*/) {
  co_return make_error(ErrorCode::unprocessable, "legacy_link", "an original worker cannot tell holdings");
}

void LegacyLink::close(std::string reason) {
  post([reason = std::move(reason)](LegacyLink& self) { self.end(reason); });
}

void LegacyLink::end(std::string reason) {
  if (reason_) return;
  reason_ = std::move(reason);
  news_.notify();
}

void LegacyLink::look_again() {
  if (std::exchange(retry_, false)) turn_all();
}

void LegacyLink::turn_all() {
  for (const auto& [key, tasks] : offers_) {
    if (std::ranges::find(turns_, key) == turns_.end()) turns_.push_back(key);
  }
  news_.notify();
}

asio::awaitable<void> LegacyLink::work(std::shared_ptr<LegacyLink> self, std::shared_ptr<WorkerSession> session) {
  self->session_ = std::move(session);
  const Farewell farewell{*self};
  while (!self->ended()) {
    const std::uint64_t seen = self->news_.version();
    if (self->activations_.empty() && self->turns_.empty()) {
      co_await self->news_.wait(seen, self->needs_.clock, Deadline::never());
    } else {
      co_await self->step();
    }
  }
}

LegacyLink::Farewell::~Farewell() {
  link.end("shutting_down");  // if it was cancelled
  std::exchange(link.session_, nullptr)->closed(*link.reason_);
}

asio::awaitable<void> LegacyLink::step() {
  if (!activations_.empty()) {
    co_await activate_next();
    co_return;
  }
  Key key = std::move(turns_.front());
  turns_.pop_front();
  if (offers_.contains(key)) co_await consider(std::move(key));
}

// ---- activations ----

asio::awaitable<void> LegacyLink::activate_next() {
  AccountActivation activation = std::move(activations_.front());
  activations_.pop_front();
  const AccountRef account = activation.account;
  const Epoch epoch = activation.epoch;
  auto outcome = co_await send_activation(std::move(activation));
  const bool changed_since =
      std::ranges::any_of(activations_, [&](const AccountActivation& each) { return each.account == account; });
  if (outcome.ok() && !ended() && !changed_since) active_.insert(account);
  turn_all();
  co_await session_->activated(account, epoch, std::move(outcome));
}

asio::awaitable<Result<void>> LegacyLink::send_activation(AccountActivation activation) {
  LegacyAccounts& accounts = *needs_.accounts;
  const AccountRef account = activation.account;
  const auto held = accounts.held.find(account);
  if (held != accounts.held.end() && (held->second.brokerage != activation.brokerage ||
                                      !same_credentials(held->second.credentials, activation.credentials))) {
    co_return accounts_differ();
  }
  auto call = std::make_shared<ActivationCall>();
  CO_TRY(call->request, legacy::to_proto(activation, TaskId(make_uuid_v7(needs_.clock, needs_.rng))));
  call->context.set_deadline(legacy::wall_deadline(needs_.clock, needs_.call_timeout));
  accounts.held.insert_or_assign(account, LegacyHeld{.brokerage = activation.brokerage,
                                                     .credentials = std::move(activation.credentials),
                                                     .by_this_connection = true});
  accounts.order.may_have_landed(account);
  const auto answer = co_await legacy::send_and_read<Task::Activation::Response>(needs_.channel, "Activation", call);
  legacy::wipe(call->request);
  if (!call->status.ok()) {
    co_return make_error(ErrorCode::unavailable, "link_lost", "the worker did not answer the activation");
  }
  if (answer.status() != Types::Success) {
    co_return make_error(ErrorCode::unprocessable, "worker_refused", "the worker refused the account");
  }
  accounts.order.landed(account);
  co_return Result<void>{};
}

// ---- transactions ----

bool LegacyLink::holds_exactly(const std::set<AccountRef>& accounts) const {
  if (!activations_.empty() || accounts != active_ || accounts.size() != needs_.accounts->held.size()) return false;
  return std::ranges::all_of(accounts, [&](const AccountRef& each) { return needs_.accounts->held.contains(each); });
}

LegacyLink::Fit LegacyLink::fit(const Order& order, const Key& key) const {
  const Tasks& offered = offers_.at(key);
  std::set<AccountRef> accounts;
  bool all_offered = true;
  for (const ChildOrder& child : order.child_orders) {
    if (child.symbol != key.second || child.account.group != offered.begin()->first.group) continue;
    if (child.status != ChildOrderStatus::pending) return Fit::differs;
    accounts.insert(child.account);
    all_offered = all_offered && offered.contains(child.account);
  }
  // Main is about to say what a new account is.
  if (!std::ranges::includes(told_, accounts)) return Fit::waits;
  if (!holds_exactly(accounts)) return Fit::differs;
  return all_offered ? Fit::fits : Fit::waits;
}

asio::awaitable<void> LegacyLink::consider(Key key) {
  if (const auto can = legacy::to_proto(offers_.at(key).begin()->second); !can.ok()) {
    co_await refuse_all(std::move(key), can.error());
    co_return;
  }
  const auto order = co_await session_->order(key.first);
  if (!order.ok()) {
    retry_ = true;
    co_return;
  }
  // What arrived meanwhile comes first, and then its turn again.
  if (ended() || !offers_.contains(key)) co_return;
  if (!activations_.empty()) {
    turns_.push_front(std::move(key));
    co_return;
  }
  switch (fit(*order, key)) {
    case Fit::waits: co_return;  // the next offer brings us back
    case Fit::differs: co_await refuse_all(std::move(key), accounts_differ()); co_return;
    case Fit::fits: co_await trade(std::move(key)); co_return;
  }
}

asio::awaitable<void> LegacyLink::refuse_all(Key key, Error error) {
  auto tasks = offers_.extract(key);
  for (const auto& [account, task] : tasks.mapped()) co_await session_->refused(task.id, error);
}

// The permits of all accounts, one after the other; none more once one is refused.
asio::awaitable<LegacyLink::Granted> LegacyLink::ask_permits(Tasks tasks) {
  Granted granted;
  while (!tasks.empty()) {
    TransactionTask task = std::move(tasks.extract(tasks.begin()).mapped());
    const BootTime asked = needs_.clock.boot_now();
    const auto permit = co_await session_->permit(task.id, task.epoch);
    if (!permit.ok() || permit->child_orders.empty()) {
      granted.unasked = std::move(tasks);
      co_return granted;
    }
    granted.start_before = std::min(granted.start_before, Deadline::at(asked + permit->valid_for));
    granted.run_for = granted.tasks.empty() ? permit->run_for : std::max(granted.run_for, permit->run_for);
    granted.tasks.push_back(std::move(task));
  }
  granted.all = true;
  co_return granted;
}

asio::awaitable<void> LegacyLink::trade(Key key) {
  if (!ready()) {  // it stays pending; the connection's end follows
    retry_ = true;
    co_return;
  }
  Tasks tasks = std::move(offers_.extract(key).mapped());
  std::set<AccountRef> accounts;
  for (const auto& [account, task] : tasks) accounts.insert(account);
  Granted granted = co_await ask_permits(std::move(tasks));
  // The refused one comes again if main so wishes, and these with it.
  for (auto& [account, task] : granted.unasked) take_offer(std::move(task));
  if (granted.tasks.empty()) co_return;
  std::string why;
  if (!granted.all) {
    why = "the worker trades all of its accounts at once, and one of them may not start; nothing was sent";
  } else if (ended() || !ready()) {
    why = "the worker was gone before the order was sent";
  } else if (!holds_exactly(accounts)) {
    why = "an account changed before the order was sent";
  } else if (granted.start_before.over(needs_.clock)) {
    why = "the permit was over before the order was sent";
  }
  auto request = legacy::to_proto(granted.tasks.front());
  // From here on the answer is reported even if this is cancelled: it is evidence.
  co_await asio::this_coro::throw_if_cancelled(false);
  if (!why.empty() || !request.ok()) {
    co_await report(granted.tasks, not_sent(granted.tasks, why));
    co_await asio::this_coro::throw_if_cancelled(true);
    co_return;
  }
  // As they are when it is sent: what the connection's loss makes of them later was not so then.
  const std::set<Brokerage> unplaced = place(granted.tasks, *needs_.accounts);
  auto call = std::make_shared<TransactionCall>();
  call->request = std::move(*request);
  call->context.set_deadline(legacy::wall_deadline(needs_.clock, granted.run_for));
  const auto answer = co_await legacy::send_and_read<Task::Transaction::Response>(needs_.channel, "Transaction", call);
  co_await report(granted.tasks,
                  legacy::read_answer(granted.tasks, unplaced, call->status, answer, needs_.clock.now()));
  co_await asio::this_coro::throw_if_cancelled(true);
}

std::vector<ChildOrderReport> LegacyLink::not_sent(const std::vector<TransactionTask>& tasks, std::string detail) {
  std::vector<ChildOrderReport> reports;
  for (const TransactionTask& task : tasks) {
    ChildOrderReport report;
    report.child_order = task.child_orders.front().id;
    report.complete = true;
    report.status = ChildOrderStatus::denied;
    report.reason = "not_sent";
    report.detail = detail;
    reports.push_back(std::move(report));
  }
  return reports;
}

asio::awaitable<void> LegacyLink::report(const std::vector<TransactionTask>& tasks,
                                         std::vector<ChildOrderReport> reports) {
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const auto taken =
        co_await session_->report({.sequence = ++sequence_, .task = tasks[i].id, .report = std::move(reports[i])});
    // The store did not take it: the child order stays executing, and is in doubt once this session is over.
    if (!taken.ok()) end("report_not_taken");
  }
}

}  // namespace tradeauto
