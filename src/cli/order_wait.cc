#include "cli/order_wait.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "cli/json_text.h"
#include "cli/order_feed.h"
#include "cli/order_view.h"
#include "cli/progress.h"
#include "net/first_of.h"
#include "net/timer.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr seconds kLongWait{30};
// Without events: the server holds its answer until all is settled, and progress wants to see what lies between.
constexpr seconds kProgressStep{2};
constexpr seconds kServerMayBeAway{60};
constexpr seconds kRetryAfter{1};

// Where the waiting stands.
struct Wait {
  const std::string id;
  std::optional<json::object> order;  // as last answered
  const Deadline until;
  Deadline patience;  // with a server that does not answer
  OrderDisplay& display;
  std::optional<json::object> shown = {};  // the order, and the events since
};

bool is_working(const std::optional<json::object>& order) { return !order || text_of(*order, "status") == "working"; }

// Without an answer so far, one question is asked even when there is no time to wait.
bool goes_on(const Command& command, const Wait& wait) {
  return !wait.order || (is_working(wait.order) && !wait.until.over(command.clock()));
}

seconds hold_time(const Command& command, const Wait& wait, bool live) {
  const seconds step = live || !wait.display.wants_changes() ? kLongWait : kProgressStep;
  if (wait.until.is_never()) return step;
  return std::min(step, std::chrono::ceil<seconds>(wait.until.left(command.clock())));
}

asio::awaitable<Result<json::object>> ask(Command& command, std::string id, seconds hold) {
  CO_TRY(RestClient * rest, command.rest());
  RestCall call;
  call.target = path_of({"orders", id});
  call.prefer_wait = hold;
  CO_TRY(const RestAnswer answer, co_await rest->call(std::move(call)));
  co_return order_of(answer.body, Effect::none);
}

// Takes an answer. False: the server is away, and we have run out of patience.
asio::awaitable<Result<bool>> take(Command& command, Wait& wait, Result<json::object> order) {
  if (order.ok()) {
    wait.order = std::move(order).value();
    wait.shown = wait.order;
    wait.patience = Deadline::after(command.clock(), kServerMayBeAway);
    if (is_working(wait.order)) wait.display.show(*wait.order);
    co_return true;
  }
  Error& error = order.error();
  if (!wait.order || error.code == ErrorCode::canceled) co_return std::move(error);
  if (error.code != ErrorCode::unavailable) {
    error.message = fmt::format("order {} lives on, but: {}", wait.id, error.message);
    co_return std::move(error);
  }
  if (wait.patience.over(command.clock())) {
    command.warn("error: " + error.message);
    co_return false;
  }
  co_await sleep_for(command.clock(), kRetryAfter);
  co_return true;
}

// Asks until there is an outcome. While the events come the server holds its answer for long; when they end for good,
// it is asked in short steps from then on.
asio::awaitable<void> poll(Command& command, Wait& wait, OrderFeed& feed, Result<void>& out) {
  while (goes_on(command, wait)) {
    const bool live = feed.live();
    auto asked = ask(command, wait.id, hold_time(command, wait, live));
    std::optional<Result<json::object>> order;
    if (live) {
      order = co_await unless(std::move(asked), feed.until_lost());
      if (!order || (!order->ok() && order->error().code == ErrorCode::canceled)) continue;
    } else {
      order = co_await std::move(asked);
    }
    auto taken = co_await take(command, wait, std::move(*order));
    if (!taken.ok()) out = std::move(taken).error();
    if (!taken.ok() || !*taken) co_return;
  }
}

constexpr std::size_t kMostDoubts = 5;

Result<ExitCode> conclude(Command& command, const json::object& order, OrderDisplay& display) {
  const ExitCode code = exit_code_of_order(order);
  display.end();
  command.note(describe_order(order));
  if (code == ExitCode::in_doubt) {
    command.warn("In doubt: it may have been sent. Do not simply repeat it: look at the account first.");
    tell_doubts(command, order);
  } else if (code == ExitCode::still_working) {
    command.warn(order_lives_on(command, text_of(order, "id")));
  }
  return display.conclude(order, code);
}

}  // namespace

void tell_doubts(Command& command, const json::object& order) {
  std::size_t count = 0;
  for (const json::value& item : array_of(order, "child_orders")) {
    const json::object* child = item.if_object();
    if (child == nullptr || text_of(*child, "status") != "in_doubt" || ++count > kMostDoubts) continue;
    command.note(
        fmt::format("what became of {} in {}/{}, once you know: tradeauto order resolve {} --outcome … --note …{}",
                    text_of(*child, "symbol"), text_of(*child, "group"), text_of(*child, "account"),
                    text_of(*child, "id"), command.where()));
  }
  if (count > kMostDoubts) {
    command.note(fmt::format("{} more are in doubt: tradeauto order show {} -o json{}", count - kMostDoubts,
                             text_of(order, "id"), command.where()));
  }
}

asio::awaitable<Result<ExitCode>> follow_order(Command& command, FollowedOrder followed, OrderDisplay& display) {
  command.set_farewell(order_lives_on(command, followed.id));
  const auto& timeout = followed.timeout;
  Wait wait{.id = std::move(followed.id),
            .order = std::move(followed.known),
            .until = timeout ? Deadline::after(command.clock(), seconds(*timeout)) : Deadline::never(),
            .patience = Deadline::after(command.clock(), kServerMayBeAway),
            .display = display};
  wait.shown = wait.order;
  if (wait.order && goes_on(command, wait)) display.show(*wait.order);
  OrderFeed feed(command, wait.id, [&wait](const json::object& event) {
    if (wait.shown && apply_event(*wait.shown, event)) wait.display.show(*wait.shown);
  });
  Result<void> polled;
  if (display.wants_changes()) {
    co_await first_of(poll(command, wait, feed, polled), feed.run());
  } else {
    co_await poll(command, wait, feed, polled);
  }
  CO_TRY_VOID(polled);
  co_return conclude(command, *wait.order, display);
}

asio::awaitable<Result<ExitCode>> await_order(Command& command, FollowedOrder followed) {
  Progress progress(command);
  co_return co_await follow_order(command, std::move(followed), progress);
}

std::string order_lives_on(const Command& command, const std::string& id) {
  return fmt::format("order {} lives on without us; to wait for it: tradeauto order wait {}{}", id, id,
                     command.where());
}

Result<json::object> order_of(const json::value& body, Effect effect) {
  const json::object* order = body.if_object();
  if (order != nullptr && !text_of(*order, "id").empty() && !text_of(*order, "status").empty()) return *order;
  Error error = make_error(ErrorCode::internal, "unexpected_answer",
                           "the server's answer is no order; is it a tradeauto main server?");
  error.effect = effect;
  return error;
}

}  // namespace tradeauto
