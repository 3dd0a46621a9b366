#include "main_server/holdings_service.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "domain/unknown.h"
#include "main_server/target_accounts.h"
#include "net/run_on.h"

namespace tradeauto {
namespace {

// As far as the worker can be right: its clock may be wrong, ours is what ages are told by.
Timestamp observed_at(Timestamp told, Timestamp asked, Timestamp answered) {
  return std::clamp(told, asked, std::max(asked, answered));
}

}  // namespace

Error no_worker(const GroupName& group) {
  return make_error(ErrorCode::unavailable, "no_worker", fmt::format("no worker serves the group \"{}\" now", group));
}

HoldingsService::HoldingsService(HoldingsServiceSettings settings, Needs needs)
    : settings_(settings), needs_(std::move(needs)), strand_(asio::make_strand(needs_.executor)), tasks_(strand_) {}

asio::awaitable<void> HoldingsService::stop() {
  tasks_.cancel();
  co_await tasks_.join();
  co_await run_on(strand_, [](HoldingsService& /*self*/) -> asio::awaitable<void> {
    co_return;  // after what was posted before
  }(*this));
}

asio::awaitable<Result<std::vector<AccountHoldings>>> HoldingsService::list(HoldingsFilter filter) {
  return run_on(strand_, do_list(std::move(filter)));
}

asio::awaitable<Result<std::vector<AccountHoldings>>> HoldingsService::wait(HoldingsFilter filter, Deadline deadline) {
  return run_on(strand_, do_wait(std::move(filter), deadline));
}

asio::awaitable<Result<std::vector<AccountHoldings>>> HoldingsService::refresh(HoldingsTarget target) {
  return run_on(strand_, do_refresh(std::move(target)));
}

void HoldingsService::login_changed(AccountRef ref) {
  asio::post(strand_, [this, ref = std::move(ref)] {
    if (entries_.erase(ref) > 0) changed_.notify();  // an answer that is still on its way finds no question
  });
}

asio::awaitable<Result<std::vector<RegisteredAccount>>> HoldingsService::named_accounts(std::vector<AccountRef> refs) {
  std::vector<RegisteredAccount> accounts;
  for (const AccountRef& ref : refs) {
    CO_TRY(auto found, co_await needs_.registry.find_account(ref));
    if (!found) co_return unknown_account(ref);
    accounts.push_back(std::move(*found));
  }
  co_return accounts;
}

asio::awaitable<Result<std::vector<RegisteredAccount>>> HoldingsService::chosen_accounts(HoldingsFilter filter) {
  CO_TRY(auto accounts, co_await (filter.accounts.empty() ? accounts_of(filter) : named_accounts(filter.accounts)));
  std::erase_if(accounts, [&filter](const RegisteredAccount& account) {
    return (filter.group && account.ref.group != *filter.group) || !includes(filter.groups, account.ref.group) ||
           (filter.brokerage && account.brokerage != *filter.brokerage);
  });
  std::ranges::sort(accounts, {}, &RegisteredAccount::ref);
  co_return accounts;
}

asio::awaitable<Result<std::vector<RegisteredAccount>>> HoldingsService::accounts_of(HoldingsFilter filter) {
  std::vector<RegisteredAccount> accounts;
  CO_TRY(const auto groups, co_await needs_.registry.list_groups());
  bool known = false;
  for (const Group& group : groups) {
    if (filter.group && group.name != *filter.group) continue;
    known = true;
    if (!includes(filter.groups, group.name)) continue;
    CO_TRY(auto found, co_await needs_.registry.list_accounts(group.name));
    std::ranges::move(found, std::back_inserter(accounts));
  }
  if (filter.group && !known) co_return unknown_group(*filter.group);
  co_return accounts;
}

asio::awaitable<Result<HoldingsService::Views>> HoldingsService::do_list(HoldingsFilter filter) {
  CO_TRY(const auto accounts, co_await chosen_accounts(std::move(filter)));
  Views views;
  for (const RegisteredAccount& account : accounts) views.push_back(view(account));
  co_return views;
}

asio::awaitable<Result<HoldingsService::Views>> HoldingsService::do_wait(HoldingsFilter filter, Deadline deadline) {
  CO_TRY(const auto accounts, co_await chosen_accounts(filter));
  while (true) {
    const std::uint64_t seen = changed_.version();
    if (std::ranges::none_of(accounts, [this](const RegisteredAccount& account) { return is_asked(account.ref); }))
      break;
    if (!co_await changed_.wait(seen, needs_.clock, deadline)) break;
  }
  co_return co_await do_list(std::move(filter));
}

asio::awaitable<Result<HoldingsService::Views>> HoldingsService::do_refresh(HoldingsTarget target) {
  CO_TRY(auto accounts, co_await target_accounts(needs_.registry, std::move(target.group), std::move(target.accounts)));
  std::map<GroupName, bool> served;
  for (const RegisteredAccount& account : accounts) {
    const GroupName& group = account.ref.group;
    if (!served.contains(group)) served[group] = (co_await needs_.directory.serving(group)).has_value();
  }
  Views views;
  bool asked = false;
  for (const RegisteredAccount& account : accounts) {
    Entry& entry = entries_[account.ref];
    if (entry.question == 0 && served[account.ref.group]) begin(account, entry);
    if (entry.question == 0) fail(account.ref, entry, no_worker(account.ref.group));
    asked = asked || entry.question != 0;
    views.push_back(view(account));
  }
  if (!asked && !accounts.empty()) co_return no_worker(accounts.front().ref.group);
  co_return views;
}

void HoldingsService::begin(const RegisteredAccount& account, Entry& entry) {
  const bool browser = info(account.brokerage).needs_browser;
  entry.question = ++questions_;
  tasks_.spawn(ask(account.ref, entry.question, browser ? settings_.browser_ask_for : settings_.ask_for));
}

asio::awaitable<void> HoldingsService::ask(AccountRef ref, std::uint64_t question, std::chrono::nanoseconds ask_for) {
  const Timestamp asked = needs_.clock.now();
  const Deadline deadline = Deadline::after(needs_.clock, settings_.turn_within + ask_for);
  auto answer = co_await needs_.source.holdings(ref, deadline, ask_for);
  if (answer.ok() && answer->account != ref) {
    answer = make_error(ErrorCode::internal, "unexpected_answer", "the worker answered for another account");
  }
  const auto it = entries_.find(ref);
  if (it == entries_.end() || it->second.question != question) co_return;
  Entry& entry = it->second;
  entry.question = 0;
  if (answer.ok()) {
    answer->as_of = observed_at(answer->as_of, asked, needs_.clock.now());
    entry.report = std::move(answer).value();
    entry.failure.reset();
  } else {
    fail(ref, entry, answer.error());
  }
  changed_.notify();
}

void HoldingsService::fail(const AccountRef& ref, Entry& entry, const Error& error) {
  needs_.log.warn("an account does not tell what it holds",
                  {{"group", ref.group}, {"account", ref.account}, {"reason", error.reason}});
  entry.failure = {.reason = error.reason, .message = error.message, .at = needs_.clock.now()};
}

bool HoldingsService::is_asked(const AccountRef& ref) const {
  const auto it = entries_.find(ref);
  return it != entries_.end() && it->second.question != 0;
}

AccountHoldings HoldingsService::view(const RegisteredAccount& account) const {
  AccountHoldings view{.ref = account.ref, .brokerage = account.brokerage, .enabled = account.enabled};
  const auto it = entries_.find(account.ref);
  if (it == entries_.end()) return view;
  view.refreshing = it->second.question != 0;
  view.report = it->second.report;
  view.failure = it->second.failure;
  return view;
}

}  // namespace tradeauto
