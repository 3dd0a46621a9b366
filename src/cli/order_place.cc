#include "cli/order_place.h"

#include <set>
#include <utility>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "base/rng.h"
#include "base/uuid.h"
#include "cli/confirm.h"
#include "cli/json_text.h"
#include "cli/order_view.h"
#include "cli/order_wait.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

std::string how_to_repeat(const std::string& client_order_id) {
  return fmt::format("to learn what came of it, repeat it with --client-order-id {}: one id is never ordered twice",
                     client_order_id);
}

// The order as the server stored it. Ctrl-C does not cut it off: an order that was sent must be told by its id.
asio::awaitable<Result<json::object>> send(Command& command, RestClient& rest, std::string target, json::object body) {
  const std::string client_order_id = text_of(body, "client_order_id");
  command.set_farewell("interrupted while the order was on its way, so it may have been sent; " +
                       how_to_repeat(client_order_id));
  const Interrupt::Shield shield(command.interrupt());
  RestCall call;
  call.method = "POST";
  call.target = std::move(target);
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

// Asks what the order would be. Nothing is stored, so that no answer leaves no doubt.
asio::awaitable<Result<ExitCode>> preview_order(Command& command, RestClient& rest, json::object body) {
  body.erase("client_order_id");
  RestCall call;
  call.method = "POST";
  call.target = path_of({"orders", "preview"});
  call.body = std::move(body);
  auto answer = co_await rest.call(std::move(call));
  if (!answer.ok()) {
    answer.error().effect = Effect::none;
    co_return std::move(answer).error();
  }
  const json::object* preview = answer->body.if_object();
  if (preview == nullptr || !preview->contains("child_orders")) {
    co_return make_error(ErrorCode::internal, "unexpected_answer",
                         "the server's answer is no preview; is it a tradeauto main server?");
  }
  co_return command.print(rows_of_preview(*preview));
}

struct RetryPlan {
  std::vector<std::string> lines;
  std::string confirm_word;  // the groups of the accounts that trade again
  std::size_t child_orders = 0;
};

// What of the order may trade again, as far as it is seen here: what was retried before only the server knows.
RetryPlan plan_retry(const json::object& order, bool include_rejected) {
  RetryPlan plan;
  plan.lines.push_back(
      fmt::format("{}{} {} for each sub-account, again:", text_of(order, "dry_run") == "true" ? "rehearse: " : "",
                  text_of(order, "side"), text_of(order, "quantity")));
  std::set<std::string> groups;
  for (const json::value& item : array_of(order, "child_orders")) {
    const json::object* child = item.if_object();
    if (child == nullptr) continue;
    const std::string status = text_of(*child, "status");
    const bool unsent = status == "denied" || status == "expired" || status == "canceled";
    if (!unsent && !(include_rejected && status == "rejected")) continue;
    groups.insert(text_of(*child, "group"));
    ++plan.child_orders;
    plan.lines.push_back(fmt::format("  {}/{} {}: was {}", text_of(*child, "group"), text_of(*child, "account"),
                                     text_of(*child, "symbol"), status));
  }
  plan.confirm_word = fmt::format("{}", fmt::join(groups, ","));
  return plan;
}

Error nothing_to_retry() {
  return make_error(ErrorCode::conflict, "nothing_to_retry",
                    "nothing of this order was never sent; what was rejected is included with --include-rejected");
}

}  // namespace

asio::awaitable<Result<ExitCode>> place_order(Command& command, OrderFlags flags) {
  SystemRng rng;
  CO_TRY(OrderPlan plan, plan_order(flags, make_uuid_v7(command.clock(), rng)));
  CO_TRY(RestClient * rest, command.rest());
  if (flags.preview) co_return co_await preview_order(command, *rest, std::move(plan.body));
  if (flags.dry_run && !flags.confirm) {
    command.note(plan.text);
  } else {
    CO_TRY(const bool confirmed, co_await confirm_order(command, {plan.text}, plan.confirm_word, flags.confirm));
    if (!confirmed) co_return ExitCode::declined;
  }
  CO_TRY(json::object order, co_await send(command, *rest, path_of({"orders"}), std::move(plan.body)));
  if (command.interrupt().fired()) co_return ExitCode::interrupted;
  std::string id = text_of(order, "id");
  co_return co_await await_order(command, {.id = std::move(id), .known = std::move(order), .timeout = flags.timeout});
}

asio::awaitable<Result<ExitCode>> retry_order(Command& command, RetryFlags flags) {
  CO_TRY(RestClient * rest, command.rest());
  RestCall look;
  look.target = path_of({"orders", flags.id});
  CO_TRY(const RestAnswer seen, co_await rest->call(std::move(look)));
  CO_TRY(const json::object first, order_of(seen.body, Effect::none));
  const RetryPlan plan = plan_retry(first, flags.include_rejected);
  if (plan.child_orders == 0) co_return nothing_to_retry();
  if (text_of(first, "dry_run") == "true" && !flags.confirm) {
    for (const std::string& line : plan.lines) command.note(line);
  } else {
    CO_TRY(const bool confirmed, co_await confirm_order(command, plan.lines, plan.confirm_word, flags.confirm));
    if (!confirmed) co_return ExitCode::declined;
  }
  SystemRng rng;
  json::object body;
  body["client_order_id"] = flags.client_order_id.empty() ? make_uuid_v7(command.clock(), rng) : flags.client_order_id;
  if (flags.include_rejected) body["include_rejected"] = true;
  CO_TRY(json::object order, co_await send(command, *rest, path_of({"orders", flags.id, "retry"}), std::move(body)));
  if (command.interrupt().fired()) co_return ExitCode::interrupted;
  std::string id = text_of(order, "id");
  co_return co_await await_order(command, {.id = std::move(id), .known = std::move(order), .timeout = flags.timeout});
}

}  // namespace tradeauto
