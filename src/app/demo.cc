#include "app/demo.h"

#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "app/say.h"
#include "net/timer.h"

namespace tradeauto {
namespace {

constexpr const char* kGroup = "demo";
constexpr const char* kAuthOff =
    "\n  AUTH is off: every process and user of this machine may trade here, without a token.\n";
constexpr std::chrono::milliseconds kLook{25};
constexpr std::chrono::seconds kPatience{60};

struct DemoAccount {
  const char* name;
  const char* sub_accounts;
  const char* fill_delay_ms;
};
constexpr std::array kAccounts = {DemoAccount{"ann", "1", "400"}, DemoAccount{"ben", "2", "900"},
                                  DemoAccount{"cem", "1", "1500"}};

Actor demo() { return {.kind = Actor::Kind::system, .name = "demo"}; }

AccountRef ref_of(const char* account) { return {.group = GroupName(kGroup), .account = AccountName(account)}; }

asio::awaitable<Result<void>> make_accounts(AccountApi& accounts) {
  CO_TRY(const auto group, co_await accounts.put_group(GroupName(kGroup), demo()));
  if (!group.created) co_return Result<void>{};
  for (const DemoAccount& account : kAccounts) {
    Credentials settings;
    settings.set("SUB_ACCOUNTS", SecretString(std::string(account.sub_accounts)));
    settings.set("FILL_DELAY_MS", SecretString(std::string(account.fill_delay_ms)));
    CO_TRY_VOID(co_await accounts.put_account(ref_of(account.name), Brokerage::paper, std::move(settings), true,
                                              std::nullopt, demo()));
  }
  co_return Result<void>{};
}

OrderRequest demo_order() {
  OrderRequest request;
  request.client_order_id = ClientOrderId("demo-1");
  request.group = GroupName(kGroup);
  request.side = Side::buy;
  request.quantity = Quantity(Decimal::from_int(1));
  request.symbols = {Symbol("AAPL")};
  request.canonical = "demo";
  request.by = demo();
  return request;
}

std::string describe(const ChildOrder& child) {
  std::string line = fmt::format("  {:<6} {}  {}", child.account.account, child.symbol, to_string(child.status));
  for (const ExecutionReport& execution : child.executions) {
    line += fmt::format("  {}", execution.sub_account);
    if (execution.price) line += fmt::format(" at ${}", execution.price->to_string());
  }
  if (!child.detail.empty()) line += fmt::format("  ({})", child.detail);
  return line;
}

// Prints each child order when its status is another one than before.
asio::awaitable<Result<void>> watch(OrderApi& orders, const Clock& clock, OrderId id) {
  std::map<ChildOrderId, ChildOrderStatus> shown;
  const Deadline give_up = Deadline::after(clock, kPatience);
  while (!give_up.over(clock)) {
    CO_TRY(const Order order, co_await orders.get(id));
    for (const ChildOrder& child : order.child_orders) {
      const auto [it, first] = shown.try_emplace(child.id, child.status);
      if (!first && it->second == child.status) continue;
      it->second = child.status;
      say(stderr, describe(child) + "\n");
    }
    if (derive_status(order.child_orders) != OrderStatus::working) co_return Result<void>{};
    co_await sleep_for(clock, kLook);
  }
  co_return Result<void>{};
}

asio::awaitable<Result<void>> place_and_watch(DemoNeeds& needs) {
  CO_TRY_VOID(co_await make_accounts(needs.accounts));
  CO_TRY(const auto accepted, co_await needs.orders.create(demo_order()));
  say(stderr, fmt::format("\n{}: buy 1 AAPL in each sub-account of the group \"{}\"\n",
                          accepted.created ? "The demo order" : "The demo order of an earlier start", kGroup));
  co_return co_await watch(needs.orders, needs.clock, accepted.order.id);
}

}  // namespace

asio::awaitable<void> run_demo(DemoNeeds needs) {
  say(stderr, fmt::format("\n  PAPER: a simulated brokerage; no real money moves.\n\n"
                          "  data   {}\n  token  {}\n  REST   {}\n{}",
                          needs.data_dir.string(), needs.token_file.string(), needs.http, needs.auth ? "" : kAuthOff));
  const auto done = co_await place_and_watch(needs);
  if (!done.ok()) {
    say(stderr, fmt::format("error: the demo order: {}\n", done.error().message));
    co_return;
  }
  const std::string where = needs.is_default ? "" : fmt::format(" --data-dir {}", needs.data_dir.string());
  say(stderr, fmt::format("\nNow, in a second terminal:\n\n  {} order buy 1 AAPL --group {} --confirm {}{}\n\n",
                          needs.command, kGroup, kGroup, where));
}

}  // namespace tradeauto
