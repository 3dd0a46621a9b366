#include "cli/order_change.h"

#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "cli/confirm.h"
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
  std::string text = canceled == 1 ? "1 of its child orders is canceled: it never starts"
                                   : fmt::format("{} of its child orders are canceled: they never start", canceled);
  if (others > 0) text += fmt::format("; {} had been started, or were over, and stay as they are", others);
  return text;
}

Result<json::object> child_order_of(const json::value& body) {
  const json::object* child = body.if_object();
  if (child != nullptr && !text_of(*child, "id").empty() && !text_of(*child, "status").empty()) return *child;
  return make_error(ErrorCode::internal, "unexpected_answer",
                    "the server's answer is no child order; is it a tradeauto main server?");
}

std::string question_of(const ResolveFlags& flags, const json::object& child) {
  std::string text = fmt::format("Record for {}/{}: {} was {}?", text_of(child, "group"), text_of(child, "account"),
                                 text_of(child, "symbol"), flags.outcome);
  if (flags.outcome == "not_placed") text += " It can be ordered again then: look at the account first.";
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

asio::awaitable<Result<ExitCode>> resolve_child_order(Command& command, ResolveFlags flags) {
  CO_TRY(RestClient * rest, command.rest());
  RestCall look;
  look.target = path_of({"child_orders", flags.id});
  CO_TRY(const RestAnswer seen, co_await rest->call(std::move(look)));
  CO_TRY(const json::object before, child_order_of(seen.body));
  command.note(describe_child_order(before));
  CO_TRY(const bool confirmed, co_await confirm(command, question_of(flags, before)));
  if (!confirmed) co_return ExitCode::declined;
  RestCall call;
  call.method = "POST";
  call.target = path_of({"child_orders", flags.id, "resolve"});
  call.body = json::object{{"outcome", flags.outcome}, {"note", flags.note}};
  auto answer = co_await rest->call(std::move(call));
  if (!answer.ok()) {
    co_return with_hint(std::move(answer).error(), command, "show", text_of(before, "order_id"));
  }
  CO_TRY(const json::object after, child_order_of(answer->body));
  command.note(fmt::format("recorded: it is {} now", text_of(after, "status")));
  co_return command.print(rows_of_child_order(after));
}

}  // namespace tradeauto
