#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "net/signal.h"
#include "ports/event_api.h"
#include "ports/order_api.h"

namespace tradeauto {

inline constexpr Timestamp kFakeNow{std::chrono::sys_days(std::chrono::year(2026) / 1 / 2)};

inline std::string fake_uuid(std::size_t number) {
  std::string digits = std::to_string(number);
  return "00000000-0000-7000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

// Accepts orders for any group but "nobody": one child order, pending. Thread-safe.
class FakeOrders final : public OrderApi {
 public:
  asio::awaitable<Result<Ledger::Accepted>> create(OrderRequest request) override {
    const std::scoped_lock lock(mutex_);
    requests.push_back(request);
    if (failure) co_return *failure;
    for (const auto& [order, canonical] : orders_) {
      if (order.client_order_id != request.client_order_id) continue;
      if (canonical != request.canonical) {
        co_return make_error(ErrorCode::unprocessable, "client_order_id_reused", "it belongs to another order");
      }
      co_return Ledger::Accepted{.order = order, .created = false};
    }
    if (request.group == GroupName("nobody")) {
      co_return make_error(ErrorCode::not_found, "unknown_group", "there is no group \"nobody\"");
    }
    orders_.emplace_back(order_of(request), request.canonical);
    if (settle_at_once) orders_.back().first.child_orders.front().status = *settle_at_once;
    co_return Ledger::Accepted{.order = orders_.back().first, .created = true};
  }

  asio::awaitable<Result<Order>> get(OrderId id) override { co_return find(id); }

  asio::awaitable<Result<std::vector<Order>>> list(OrderFilter filter) override {
    const std::scoped_lock lock(mutex_);
    filters.push_back(filter);
    std::vector<Order> found;
    for (auto it = orders_.rbegin(); it != orders_.rend() && found.size() < filter.limit; ++it) {
      if (!filter.before || it->first.id < *filter.before) found.push_back(it->first);
    }
    co_return found;
  }

  asio::awaitable<Result<Order>> wait(OrderId id, Deadline deadline) override {
    const Waiting counted(*this);
    while (true) {
      const auto seen = changed_.version();
      CO_TRY(Order order, find(id));
      if (derive_status(order.child_orders) != OrderStatus::working) co_return order;
      if (!co_await changed_.wait(seen, clock_, deadline)) co_return order;
    }
  }

  asio::awaitable<Result<ChildOrder>> child_order(ChildOrderId id) override {
    const std::scoped_lock lock(mutex_);
    for (const auto& [order, canonical] : orders_) {
      if (order.child_orders.front().id == id) co_return order.child_orders.front();
    }
    co_return make_error(ErrorCode::not_found, "unknown_child_order", "there is no such child order");
  }

  asio::awaitable<Result<Order>> cancel(OrderId id, Actor by) override {
    actors.push_back(std::move(by));
    const std::scoped_lock lock(mutex_);
    for (auto& [order, canonical] : orders_) {
      if (order.id != id) continue;
      ChildOrderStatus& status = order.child_orders.front().status;
      if (status != ChildOrderStatus::pending) {
        co_return make_error(ErrorCode::conflict, "nothing_to_cancel", "nothing of it is pending");
      }
      status = ChildOrderStatus::canceled;
      co_return order;
    }
    co_return make_error(ErrorCode::not_found, "unknown_order", "there is no such order");
  }

  asio::awaitable<Result<OrderPreview>> preview(OrderRequest request) override {
    if (failure) co_return *failure;
    OrderPreview preview{.order = order_of(request), .warnings = {}};
    preview.warnings.push_back({.code = "not_active",
                                .detail = "no worker serves the group yet",
                                .account = preview.order.child_orders.front().account,
                                .symbol = std::nullopt});
    co_return preview;
  }

  asio::awaitable<Result<Ledger::Accepted>> retry(RetryRequest request) override {
    CO_TRY(const Order first, find(request.order));
    if (first.child_orders.front().status != ChildOrderStatus::denied) {
      co_return make_error(ErrorCode::conflict, "nothing_to_retry", "nothing of it may be ordered again");
    }
    OrderRequest again;
    again.client_order_id = request.client_order_id;
    again.symbols = first.symbols;
    again.by = request.by;
    again.canonical = request.include_rejected ? "rejected too" : "unsent";
    co_return co_await create(std::move(again));
  }

  asio::awaitable<Result<ChildOrder>> resolve(Resolution resolution) override {
    const std::scoped_lock lock(mutex_);
    resolutions.push_back(resolution);
    for (auto& [order, canonical] : orders_) {
      ChildOrder& child = order.child_orders.front();
      if (child.id != resolution.child_order) continue;
      if (child.status != ChildOrderStatus::in_doubt) {
        co_return make_error(ErrorCode::conflict, "not_in_doubt", "only a doubt can be resolved");
      }
      if (resolution.if_updated_at && *resolution.if_updated_at != child.updated_at) {
        co_return make_error(ErrorCode::precondition_failed, "version_changed", "it has changed since");
      }
      child.status = ChildOrderStatus::denied;
      co_return child;
    }
    co_return make_error(ErrorCode::not_found, "unknown_child_order", "there is no such child order");
  }

  void settle(ChildOrderStatus status) {
    {
      const std::scoped_lock lock(mutex_);
      for (auto& [order, canonical] : orders_) order.child_orders.front().status = status;
    }
    changed_.notify();
  }
  // Every child order gets this one.
  void report(const ExecutionReport& report) {
    const std::scoped_lock lock(mutex_);
    for (auto& [order, canonical] : orders_) order.child_orders.front().executions.push_back(report);
  }
  // Returns once so many wait(); false if it takes too long.
  bool await_waiting(std::size_t count) {
    std::unique_lock lock(mutex_);
    return waiting_changed_.wait_for(lock, std::chrono::seconds(20), [&] { return waiting_ == count; });
  }

  std::vector<OrderRequest> requests;
  std::vector<OrderFilter> filters;
  std::vector<Resolution> resolutions;
  std::vector<Actor> actors;  // who canceled
  std::optional<Error> failure;
  std::optional<ChildOrderStatus> settle_at_once;

 private:
  struct Waiting {
    explicit Waiting(FakeOrders& its_owner) : owner(its_owner) { owner.count(1); }
    ~Waiting() { owner.count(-1); }
    FakeOrders& owner;
  };
  void count(int by) {
    const std::scoped_lock lock(mutex_);
    waiting_ += static_cast<std::size_t>(by);
    waiting_changed_.notify_all();
  }

  Result<Order> find(const OrderId& id) {
    const std::scoped_lock lock(mutex_);
    for (const auto& [order, canonical] : orders_) {
      if (order.id == id) return order;
    }
    return make_error(ErrorCode::not_found, "unknown_order", "there is no such order");
  }

  Order order_of(const OrderRequest& request) const {
    Order order;
    order.id = OrderId(fake_uuid(2 * orders_.size() + 1));
    order.client_order_id = request.client_order_id;
    order.group = request.group;
    order.accounts = request.accounts;
    order.side = request.side;
    order.quantity = request.quantity;
    order.symbols = request.symbols;
    order.dry_run = request.dry_run;
    order.created_at = kFakeNow;
    order.deadline = kFakeNow + std::chrono::minutes(15);
    ChildOrder child;
    child.id = ChildOrderId(fake_uuid(2 * orders_.size() + 2));
    child.order_id = order.id;
    child.account = {.group = request.group.value_or(GroupName("family")), .account = AccountName("mom")};
    child.symbol = request.symbols.front();
    child.updated_at = kFakeNow;
    order.child_orders.push_back(std::move(child));
    return order;
  }

  const SystemClock clock_;
  Signal changed_;
  std::mutex mutex_;
  std::condition_variable waiting_changed_;
  std::size_t waiting_ = 0;
  std::vector<std::pair<Order, std::string>> orders_;  // with the canonical form
};

// Keeps groups and accounts; versions grow with each change. What `answer` says, the worker answers to an activation as
// soon as somebody looks again. Strand: one caller at a time.
class FakeAccounts final : public AccountApi {
 public:
  asio::awaitable<Result<PutGroup>> put_group(GroupName name, Actor by) override {
    actors.push_back(std::move(by));
    const bool created = groups_.emplace(name, Accounts{}).second;
    co_return PutGroup{.group = view(name), .created = created};
  }
  asio::awaitable<Result<GroupView>> group(GroupName name) override {
    if (!groups_.contains(name)) co_return unknown("group");
    co_return view(name);
  }
  asio::awaitable<Result<std::vector<GroupView>>> groups() override {
    std::vector<GroupView> views;
    for (const auto& [name, accounts] : groups_) views.push_back(view(name));
    co_return views;
  }
  asio::awaitable<Result<void>> delete_group(GroupName name, Actor by) override {
    actors.push_back(std::move(by));
    if (!groups_.contains(name)) co_return unknown("group");
    if (!groups_.at(name).empty()) {
      co_return make_error(ErrorCode::conflict, "group_not_empty", "the group has accounts");
    }
    groups_.erase(name);
    co_return Result<void>{};
  }
  asio::awaitable<Result<PutAccount>> put_account(AccountRef ref, Brokerage brokerage, Credentials credentials,
                                                  bool enabled, std::optional<std::uint64_t> expected_version,
                                                  Actor by) override {
    actors.push_back(std::move(by));
    if (!groups_.contains(ref.group)) co_return unknown("group");
    auto checked = check_credentials(brokerage, std::move(credentials));
    if (!checked.faults.empty()) {
      Error error = make_error(ErrorCode::unprocessable, "bad_credentials", "the credentials are not what it takes");
      error.fields = std::move(checked.faults);
      co_return error;
    }
    const bool created = !groups_.at(ref.group).contains(ref.account);
    if (failure) co_return *failure;
    AccountView& account = groups_.at(ref.group)[ref.account];
    const std::uint64_t present = created ? 0 : account.version;
    if (expected_version && *expected_version != present) {
      if (created) groups_.at(ref.group).erase(ref.account);
      co_return make_error(ErrorCode::precondition_failed, "version_changed", "this is not the present version");
    }
    std::vector<std::string> fields;
    for (const auto& [name, value] : checked.credentials.fields()) fields.push_back(name);
    account = {.ref = ref,
               .brokerage = brokerage,
               .enabled = enabled,
               .credential_fields = std::move(fields),
               .version = present + 1,
               .created_at = kFakeNow,
               .updated_at = kFakeNow,
               .activation = enabled ? "pending" : "disabled",
               .activation_detail = {}};
    last_credentials = std::move(checked.credentials);
    co_return PutAccount{.account = account, .created = created};
  }
  asio::awaitable<Result<AccountView>> set_enabled(AccountRef ref, bool enabled,
                                                   std::optional<std::uint64_t> expected_version, Actor by) override {
    actors.push_back(std::move(by));
    AccountView* found = find(ref);
    if (found == nullptr) co_return unknown("account");
    if (expected_version && *expected_version != found->version) {
      co_return make_error(ErrorCode::precondition_failed, "version_changed", "this is not the present version");
    }
    found->enabled = enabled;
    found->activation = enabled ? "pending" : "disabled";
    ++found->version;
    co_return *found;
  }
  asio::awaitable<Result<AccountView>> account(AccountRef ref) override {
    AccountView* found = find(ref);
    if (found == nullptr) co_return unknown("account");
    if (found->activation == "pending" && answer) {
      found->activation = answer->first;
      found->activation_detail = answer->second;
    }
    if (changed_meanwhile) ++found->version;
    co_return *found;
  }
  asio::awaitable<Result<std::vector<AccountView>>> accounts(GroupName group) override {
    if (!groups_.contains(group)) co_return unknown("group");
    std::vector<AccountView> views;
    for (const auto& [name, account] : groups_.at(group)) views.push_back(account);
    co_return views;
  }
  asio::awaitable<Result<void>> delete_account(AccountRef ref, Actor by) override {
    actors.push_back(std::move(by));
    if (find(ref) == nullptr) co_return unknown("account");
    if (delete_failure) co_return *delete_failure;
    groups_.at(ref.group).erase(ref.account);
    co_return Result<void>{};
  }

  std::vector<Actor> actors;  // of each change
  Credentials last_credentials;
  std::optional<std::pair<std::string, std::string>> answer;  // activation and its detail
  bool served = true;                                         // a worker serves the groups
  bool changed_meanwhile = false;                             // somebody else changes an account before each look at it
  std::optional<Error> failure;                               // of put_account
  std::optional<Error> delete_failure;

 private:
  using Accounts = std::map<AccountName, AccountView>;

  static Error unknown(const std::string& what) {
    return make_error(ErrorCode::not_found, "unknown_" + what, "there is no such " + what);
  }
  GroupView view(const GroupName& name) const {
    return {.group = {.name = name, .created_at = kFakeNow, .accounts = groups_.at(name).size()},
            .worker = served ? std::optional(WorkerName("w1")) : std::nullopt,
            .state = served ? "served" : "waiting"};
  }
  AccountView* find(const AccountRef& ref) {
    const auto group = groups_.find(ref.group);
    if (group == groups_.end()) return nullptr;
    const auto account = group->second.find(ref.account);
    return account == group->second.end() ? nullptr : &account->second;
  }

  std::map<GroupName, Accounts> groups_;
};

// A log that tests write. Thread-safe.
class FakeEvents final : public EventApi {
 public:
  asio::awaitable<Result<std::vector<Event>>> events(std::uint64_t after, std::size_t limit) override {
    const std::scoped_lock lock(mutex_);
    if (failure) co_return *failure;
    std::vector<Event> found;
    for (const Event& event : events_) {
      if (event.sequence > after && found.size() < limit) found.push_back(event);
    }
    co_return found;
  }
  asio::awaitable<Result<std::uint64_t>> newest_event() override {
    const std::scoped_lock lock(mutex_);
    co_return events_.empty() ? 0 : events_.back().sequence;
  }
  // What is added as a deed; the filter is noted, and only its place and limit are obeyed.
  asio::awaitable<Result<std::vector<Event>>> deeds(DeedFilter filter) override {
    const std::scoped_lock lock(mutex_);
    filters.push_back(filter);
    if (failure) co_return *failure;
    std::vector<Event> found;
    for (auto it = events_.rbegin(); it != events_.rend() && found.size() < filter.limit; ++it) {
      if (it->actor && (!filter.before || it->sequence < *filter.before)) found.push_back(*it);
    }
    co_return found;
  }
  std::uint64_t event_version() const override { return changed_.version(); }
  asio::awaitable<bool> wait_for_events(std::uint64_t seen, Deadline deadline) override {
    return changed_.wait(seen, clock_, deadline);
  }

  void add(std::string type, const std::string& group = "family", std::optional<OrderId> order = std::nullopt,
           std::string detail = {}) {
    Event event;
    event.type = std::move(type);
    if (!group.empty()) event.group = GroupName(group);
    event.order = std::move(order);
    event.detail = std::move(detail);
    add(std::move(event));
  }
  // What somebody did to the account mom.
  void add_deed(std::string type, Actor actor, const std::string& group = "family") {
    Event event;
    event.type = std::move(type);
    event.actor = std::move(actor);
    event.group = GroupName(group);
    event.account = AccountName("mom");
    add(std::move(event));
  }
  void add(Event event) {
    {
      const std::scoped_lock lock(mutex_);
      event.sequence = ++last_;
      event.at = kFakeNow;
      events_.push_back(std::move(event));
    }
    changed_.notify();
  }
  void forget_before(std::uint64_t sequence) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(events_, [&](const Event& event) { return event.sequence < sequence; });
  }

  std::vector<DeedFilter> filters;
  std::optional<Error> failure;

 private:
  const SystemClock clock_;
  Signal changed_;
  std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::vector<Event> events_;
};

// One worker, "w1". Strand: one caller at a time.
class FakeWorkers final : public WorkerApi {
 public:
  asio::awaitable<Result<std::vector<WorkerView>>> workers() override { co_return std::vector{worker_}; }
  asio::awaitable<Result<WorkerView>> drain(WorkerName name, Actor by) override {
    if (name != worker_.name) {
      co_return make_error(ErrorCode::not_found, "unknown_worker", "there is no such worker");
    }
    if (failure) co_return *failure;
    actors.push_back(std::move(by));
    worker_.state = "draining";
    worker_.groups.clear();
    co_return worker_;
  }

  std::vector<Actor> actors;
  std::optional<Error> failure;  // of drain

 private:
  WorkerView worker_{.name = WorkerName("w1"),
                     .state = "serving",
                     .version = "0.1.0",
                     .link = "session",
                     .groups = {GroupName("family")},
                     .executors = {"paper"},
                     .executing = 1,
                     .connected_at = kFakeNow,
                     .last_seen_at = kFakeNow};
};

}  // namespace tradeauto
