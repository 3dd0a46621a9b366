#include "cli/order_place.h"

#include <utility>

#include <fmt/format.h>

#include "base/rng.h"
#include "base/uuid.h"
#include "cli/confirm.h"
#include "cli/json_text.h"
#include "cli/order_wait.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

std::string how_to_repeat(const std::string& client_order_id) {
  return fmt::format("to learn what came of it, repeat it with --client-order-id {}: one id is never ordered twice",
                     client_order_id);
}

// The order as the server stored it. Ctrl-C does not cut it off: an order that was sent must be told by its id.
asio::awaitable<Result<json::object>> send(Command& command, RestClient& rest, json::object body) {
  const std::string client_order_id = text_of(body, "client_order_id");
  command.set_farewell("interrupted while the order was on its way, so it may have been sent; " +
                       how_to_repeat(client_order_id));
  const Interrupt::Shield shield(command.interrupt());
  RestCall call;
  call.method = "POST";
  call.target = path_of({"orders"});
  call.body = std::move(body);
  auto answer = co_await rest.call(std::move(call));
  Result<json::object> order = answer.ok() ? order_of(answer->body, Effect::maybe) : std::move(answer).error();
  if (order.ok()) {
    const std::string id = text_of(*order, "id");
    command.set_farewell(order_lives_on(command, id));
    command.note(fmt::format("order {} {}", id, answer->status == 200 ? "is known already" : "accepted"));
  } else if (order.error().effect == Effect::maybe) {
    order.error().message += "; " + how_to_repeat(client_order_id);
  } else if (command.interrupt().fired()) {
    command.set_farewell(fmt::format("interrupted; nothing was sent: {}", order.error().message));
  }
  co_return order;
}

}  // namespace

asio::awaitable<Result<ExitCode>> place_order(Command& command, OrderFlags flags) {
  SystemRng rng;
  CO_TRY(OrderPlan plan, plan_order(flags, make_uuid_v7(command.clock(), rng)));
  CO_TRY(RestClient * rest, command.rest());
  if (flags.dry_run && !flags.confirm) {
    command.note(plan.text);
  } else {
    CO_TRY(const bool confirmed, co_await confirm_order(command, plan.text, plan.confirm_word, flags.confirm));
    if (!confirmed) co_return ExitCode::declined;
  }
  CO_TRY(json::object order, co_await send(command, *rest, std::move(plan.body)));
  if (command.interrupt().fired()) co_return ExitCode::interrupted;
  std::string id = text_of(order, "id");
  co_return co_await follow_order(command, std::move(id), std::move(order), flags.timeout);
}

}  // namespace tradeauto
