#include "cli/order_wait.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "cli/json_text.h"
#include "cli/order_view.h"
#include "cli/progress.h"
#include "net/timer.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr seconds kLongWait{30};
constexpr seconds kProgressStep{
    2};  // the server holds its answer until all is settled; progress wants to see what lies between
constexpr seconds kServerMayBeAway{60};
constexpr seconds kRetryAfter{1};

// Where the waiting stands.
struct Wait {
  std::string id;
  std::optional<json::object> order;  // as last answered
  Deadline until;
  Deadline patience;  // with a server that does not answer
};

seconds hold_time(const Command& command, const Wait& wait) {
  const seconds step = command.flags().quiet ? kLongWait : kProgressStep;
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

bool is_working(const std::optional<json::object>& order) { return !order || text_of(*order, "status") == "working"; }

// Asks once. False: the server is away, and we have run out of patience.
asio::awaitable<Result<bool>> step(Command& command, Wait& wait) {
  auto order = co_await ask(command, wait.id, hold_time(command, wait));
  if (order.ok()) {
    wait.order = std::move(order).value();
    wait.patience = Deadline::after(command.clock(), kServerMayBeAway);
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

Result<ExitCode> conclude(Command& command, const json::object& order) {
  const ExitCode code = exit_code_of_order(order);
  command.note(describe_order(order));
  if (code == ExitCode::in_doubt) {
    command.warn("In doubt: it may have been sent. Do not simply repeat it: look at the account first.");
  } else if (code == ExitCode::still_working) {
    command.warn(order_lives_on(command, text_of(order, "id")));
  }
  return command.print(rows_of_order(order), code);
}

}  // namespace

asio::awaitable<Result<ExitCode>> follow_order(Command& command, std::string id, std::optional<json::object> known,
                                               std::optional<std::uint32_t> timeout) {
  command.set_farewell(order_lives_on(command, id));
  Wait wait{.id = std::move(id),
            .order = std::move(known),
            .until = timeout ? Deadline::after(command.clock(), seconds(*timeout)) : Deadline::never(),
            .patience = Deadline::after(command.clock(), kServerMayBeAway)};
  {
    Progress progress(command);
    // Without an answer so far, one question is asked even when there is no time to wait.
    while (!wait.order || (is_working(wait.order) && !wait.until.over(command.clock()))) {
      if (wait.order) progress.show(*wait.order);
      CO_TRY(const bool goes_on, co_await step(command, wait));
      if (!goes_on) break;
    }
  }
  co_return conclude(command, *wait.order);
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
