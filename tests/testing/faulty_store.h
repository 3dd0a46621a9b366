#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "net/semaphore.h"
#include "net/signal.h"
#include "ports/store.h"

namespace tradeauto {

// What a test does to the calls of a store: by name of the method. One thread.
class StoreFaults {
 public:
  // The next `times` calls of the method fail, and nothing is written.
  void fail(const std::string& method, int times = 1) { failing_[method] = times; }
  // Calls of the method wait, before they touch the store, or (`answers`) with what they read.
  void hold(const std::string& method) { held_.insert(method); }
  void hold_answers(const std::string& method) { held_.insert(method + " answer"); }
  void release() {
    held_.clear();
    released_.notify();
  }
  // The process that uses the store is gone: no call does anything from now on.
  void kill() { dead_ = true; }
  std::size_t calls(const std::string& method) const {
    const auto it = calls_.find(method);
    return it == calls_.end() ? 0 : it->second;
  }

  std::function<asio::awaitable<void>()> pause;  // how long the disk takes; writes queue up behind each other

  template <typename T>
  asio::awaitable<Result<T>> through(std::string method, bool write, const Clock& clock,
                                     asio::awaitable<Result<T>> call) {
    ++calls_[method];
    Semaphore::Slot turn;
    if (write) turn = co_await writer_->acquire();
    if (pause) co_await pause();
    while (held_.contains(method)) co_await released_.wait(released_.version(), clock, Deadline::never());
    if (dead_ || must_fail(method)) co_return disk_failed();
    auto result = co_await std::move(call);
    const std::string answer = method + " answer";
    while (held_.contains(answer)) co_await released_.wait(released_.version(), clock, Deadline::never());
    if (pause && !write) co_await pause();
    if (dead_) co_return disk_failed();
    co_return result;
  }

 private:
  static Error disk_failed() { return make_error(ErrorCode::internal, "store_failed", "the disk failed"); }
  bool must_fail(const std::string& method) {
    const auto it = failing_.find(method);
    return it != failing_.end() && it->second-- > 0;
  }

  std::map<std::string, int> failing_;
  std::map<std::string, std::size_t> calls_;
  std::set<std::string> held_;
  Signal released_;
  bool dead_ = false;
  std::shared_ptr<Semaphore> writer_ = Semaphore::make(1);
};

class FaultyRegistry final : public Registry {
 public:
  FaultyRegistry(Registry& inner, StoreFaults& faults, const Clock& clock)
      : inner_(inner), faults_(faults), clock_(clock) {}

  asio::awaitable<Result<PutGroup>> put_group(GroupName name, Actor by, Timestamp now) override {
    return faults_.through("put_group", 1, clock_, inner_.put_group(std::move(name), std::move(by), now));
  }
  asio::awaitable<Result<std::optional<Group>>> find_group(GroupName name) override {
    return faults_.through("find_group", 0, clock_, inner_.find_group(std::move(name)));
  }
  asio::awaitable<Result<std::vector<Group>>> list_groups() override {
    return faults_.through("list_groups", 0, clock_, inner_.list_groups());
  }
  asio::awaitable<Result<void>> delete_group(GroupName name, Actor by, Timestamp now) override {
    return faults_.through("delete_group", 1, clock_, inner_.delete_group(std::move(name), std::move(by), now));
  }
  asio::awaitable<Result<PutAccount>> put_account(RegisteredAccount account,
                                                  std::optional<std::uint64_t> expected_version, Actor by) override {
    return faults_.through("put_account", 1, clock_,
                           inner_.put_account(std::move(account), expected_version, std::move(by)));
  }
  asio::awaitable<Result<std::optional<RegisteredAccount>>> find_account(AccountRef ref) override {
    return faults_.through("find_account", 0, clock_, inner_.find_account(std::move(ref)));
  }
  asio::awaitable<Result<std::vector<RegisteredAccount>>> list_accounts(GroupName group) override {
    return faults_.through("list_accounts", 0, clock_, inner_.list_accounts(std::move(group)));
  }
  asio::awaitable<Result<void>> delete_account(AccountRef ref, Actor by, Timestamp now) override {
    return faults_.through("delete_account", 1, clock_, inner_.delete_account(std::move(ref), std::move(by), now));
  }
  asio::awaitable<Result<Epoch>> assign(GroupName group, WorkerName worker, Timestamp now) override {
    return faults_.through("assign", 1, clock_, inner_.assign(std::move(group), std::move(worker), now));
  }
  asio::awaitable<Result<std::vector<Assignment>>> assignments() override {
    return faults_.through("assignments", 0, clock_, inner_.assignments());
  }

 private:
  Registry& inner_;
  StoreFaults& faults_;
  const Clock& clock_;
};

class FaultyLedger final : public Ledger {
 public:
  FaultyLedger(Ledger& inner, StoreFaults& faults, const Clock& clock)
      : inner_(inner), faults_(faults), clock_(clock) {}

  LedgerId id() const override { return inner_.id(); }
  std::uint64_t incarnation() const override { return inner_.incarnation(); }

  asio::awaitable<Result<Accepted>> accept(Order order, std::string body_hash, Actor by) override {
    return faults_.through("accept", 1, clock_, inner_.accept(std::move(order), std::move(body_hash), std::move(by)));
  }
  asio::awaitable<Result<Accepted>> retry(Order order, std::string body_hash, bool include_rejected,
                                          Actor by) override {
    return faults_.through("retry", 1, clock_,
                           inner_.retry(std::move(order), std::move(body_hash), include_rejected, std::move(by)));
  }
  asio::awaitable<Result<Order>> order(OrderId id) override {
    return faults_.through("order", 0, clock_, inner_.order(std::move(id)));
  }
  asio::awaitable<Result<std::optional<Order>>> find_order(ClientOrderId id) override {
    return faults_.through("find_order", 0, clock_, inner_.find_order(std::move(id)));
  }
  asio::awaitable<Result<ChildOrder>> child_order(ChildOrderId id) override {
    return faults_.through("child_order", 0, clock_, inner_.child_order(std::move(id)));
  }
  asio::awaitable<Result<std::vector<Order>>> list_orders(OrderFilter filter) override {
    return faults_.through("list_orders", 0, clock_, inner_.list_orders(std::move(filter)));
  }
  asio::awaitable<Result<std::vector<Order>>> pending(AccountRef account, std::size_t limit) override {
    return faults_.through("pending", 0, clock_, inner_.pending(std::move(account), limit));
  }
  asio::awaitable<Result<void>> offered(std::vector<ChildOrderId> ids, WorkerName worker, Timestamp now) override {
    return faults_.through("offered", 1, clock_, inner_.offered(std::move(ids), std::move(worker), now));
  }
  asio::awaitable<Result<PermitDecision>> permit(PermitRequest request) override {
    return faults_.through("permit", 1, clock_, inner_.permit(std::move(request)));
  }
  asio::awaitable<Result<std::optional<ChildOrderChange>>> report(ChildOrderReport report, WorkerName worker,
                                                                  Timestamp now) override {
    return faults_.through("report", 1, clock_, inner_.report(std::move(report), std::move(worker), now));
  }
  asio::awaitable<Result<std::vector<Permitted>>> executing() override {
    return faults_.through("executing", 0, clock_, inner_.executing());
  }
  asio::awaitable<Result<std::vector<ChildOrderChange>>> doubt(std::vector<ChildOrderId> ids, std::string reason,
                                                               std::string detail, Timestamp now) override {
    return faults_.through("doubt", 1, clock_, inner_.doubt(std::move(ids), std::move(reason), std::move(detail), now));
  }
  asio::awaitable<Result<std::vector<ChildOrderChange>>> not_started(std::vector<ChildOrderId> ids,
                                                                     Timestamp now) override {
    return faults_.through("not_started", 1, clock_, inner_.not_started(std::move(ids), now));
  }
  asio::awaitable<Result<std::vector<ChildOrderChange>>> refuse(std::vector<ChildOrderId> ids, std::string reason,
                                                                std::string detail, Timestamp now) override {
    return faults_.through("refuse", 1, clock_,
                           inner_.refuse(std::move(ids), std::move(reason), std::move(detail), now));
  }
  asio::awaitable<Result<std::vector<ChildOrderChange>>> cancel(OrderId order, Actor by, Timestamp now) override {
    return faults_.through("cancel", 1, clock_, inner_.cancel(std::move(order), std::move(by), now));
  }
  asio::awaitable<Result<ChildOrderChange>> resolve(Resolution resolution, Timestamp now,
                                                    Timestamp runs_over) override {
    return faults_.through("resolve", 1, clock_, inner_.resolve(std::move(resolution), now, runs_over));
  }
  asio::awaitable<Result<std::vector<ChildOrderChange>>> expire(Timestamp now) override {
    return faults_.through("expire", 1, clock_, inner_.expire(now));
  }
  asio::awaitable<Result<std::optional<Timestamp>>> next_expiry() override {
    return faults_.through("next_expiry", 0, clock_, inner_.next_expiry());
  }
  asio::awaitable<Result<std::uint64_t>> confirmed_sequence(JournalId journal) override {
    return faults_.through("confirmed_sequence", 0, clock_, inner_.confirmed_sequence(std::move(journal)));
  }
  asio::awaitable<Result<void>> confirm_sequence(JournalId journal, std::uint64_t sequence) override {
    return faults_.through("confirm_sequence", 1, clock_, inner_.confirm_sequence(std::move(journal), sequence));
  }
  asio::awaitable<Result<std::vector<Event>>> events(std::uint64_t after, std::size_t limit) override {
    return faults_.through("events", 0, clock_, inner_.events(after, limit));
  }
  asio::awaitable<Result<std::uint64_t>> newest_event() override {
    return faults_.through("newest_event", 0, clock_, inner_.newest_event());
  }
  asio::awaitable<Result<void>> append_event(Event event) override {
    return faults_.through("append_event", 1, clock_, inner_.append_event(std::move(event)));
  }
  asio::awaitable<Result<std::vector<Event>>> deeds(DeedFilter filter) override {
    return faults_.through("deeds", 0, clock_, inner_.deeds(std::move(filter)));
  }

 private:
  Ledger& inner_;
  StoreFaults& faults_;
  const Clock& clock_;
};

class FaultyTokens final : public TokenStore {
 public:
  FaultyTokens(TokenStore& inner, StoreFaults& faults, const Clock& clock)
      : inner_(inner), faults_(faults), clock_(clock) {}

  asio::awaitable<Result<void>> add_token(AccessToken token, Actor by) override {
    return faults_.through("add_token", true, clock_, inner_.add_token(std::move(token), std::move(by)));
  }
  asio::awaitable<Result<std::vector<AccessToken>>> list_tokens() override {
    return faults_.through("list_tokens", false, clock_, inner_.list_tokens());
  }
  asio::awaitable<Result<void>> delete_token(TokenName name, Actor by, Timestamp now) override {
    return faults_.through("delete_token", true, clock_, inner_.delete_token(std::move(name), std::move(by), now));
  }
  asio::awaitable<Result<void>> token_used(TokenName name, Timestamp at) override {
    return faults_.through("token_used", true, clock_, inner_.token_used(std::move(name), at));
  }

 private:
  TokenStore& inner_;
  StoreFaults& faults_;
  const Clock& clock_;
};

// A store between the code under test and a real one. What is given outlives it.
class FaultyStore final : public Store {
 public:
  FaultyStore(Store& inner, const Clock& clock)
      : registry_(inner.registry(), faults, clock),
        ledger_(inner.ledger(), faults, clock),
        tokens_(inner.tokens(), faults, clock) {}

  Registry& registry() override { return registry_; }
  Ledger& ledger() override { return ledger_; }
  TokenStore& tokens() override { return tokens_; }

  StoreFaults faults;

 private:
  FaultyRegistry registry_;
  FaultyLedger ledger_;
  FaultyTokens tokens_;
};

}  // namespace tradeauto
