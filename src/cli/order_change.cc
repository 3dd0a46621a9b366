#include "cli/order_change.h"

#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "cli/json_text.h"
#include "cli/order_view.h"
#include "cli/order_wait.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

// What was asked for may have happened: how to find out.
Error with_hint(Error error, const Command& command, std::string_view verb, const std::string& id) {
  if (error.effect == Effect::maybe) {
    error.message += fmt::format("; to see what came of it: tradeauto order {} {}{}", verb, id, command.where());
  }
  return error;
}

std::string what_was_canceled(const json::object& order) {
  std::size_t canceled = 0;
  std::size_t others = 0;
  for (const json::value& item : array_of(order, "child_orders")) {
    const json::object* child = item.if_object();
    ++(child != nullptr && text_of(*child, "status") == "canceled" ? canceled : others);
  }
  std::string text = fmt::format("{} of its child orders are canceled: they never start", canceled);
  if (others > 0) text += fmt::format("; {} had been started, or were over, and stay as they are", others);
  return text;
}

}  // namespace

asio::awaitable<Result<ExitCode>> cancel_order(Command& command, std::string id) {
  CO_TRY(RestClient * rest, command.rest());
  RestCall call;
  call.method = "POST";
  call.target = path_of({"orders", id, "cancel"});
  auto answer = co_await rest->call(std::move(call));
  if (!answer.ok()) co_return with_hint(std::move(answer).error(), command, "show", id);
  CO_TRY(const json::object order, order_of(answer->body, Effect::none));
  command.note(describe_order(order));
  command.note(what_was_canceled(order));
  co_return command.print(rows_of_order(order));
}

}  // namespace tradeauto
