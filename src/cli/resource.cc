#include "cli/resource.h"

#include "cli/confirm.h"
#include "cli/json_text.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

Error no_object() {
  return make_error(ErrorCode::internal, "unexpected_answer",
                    "the server's answer is not what was asked for; is it a tradeauto main server?");
}

Rows rows_of(std::vector<json::object> items, json::value whole, const Listing& listing) {
  Rows rows{.json = std::move(whole), .items = std::move(items), .columns = listing.columns, .names = {}};
  for (const json::object& item : rows.items)
    rows.names.push_back(listing.name_prefix + text_of(item, listing.name_key));
  return rows;
}

}  // namespace

Rows rows_of_list(const json::object& list, const Listing& listing) {
  std::vector<json::object> items;
  for (const json::value& item : array_of(list, "items")) {
    if (const json::object* object = item.if_object()) items.push_back(*object);
  }
  return rows_of(std::move(items), list, listing);
}

asio::awaitable<Result<ExitCode>> print_list(Command& command, std::string target, Listing listing) {
  CO_TRY(RestClient * rest, command.rest());
  CO_TRY(const json::object list, co_await rest->list(std::move(target), {}, 0));
  co_return command.print(rows_of_list(list, listing));
}

asio::awaitable<Result<ExitCode>> print_one(Command& command, RestCall call, Listing listing, std::string made,
                                            std::string changed) {
  CO_TRY(RestClient * rest, command.rest());
  CO_TRY(const RestAnswer answer, co_await rest->call(std::move(call)));
  const json::object* object = answer.body.if_object();
  if (object == nullptr) co_return no_object();
  const std::string& note = answer.status == 201 ? made : changed;
  if (!note.empty()) command.note(note);
  co_return command.print(rows_of({*object}, answer.body, listing));
}

asio::awaitable<Result<ExitCode>> remove(Command& command, std::string target, std::string question, std::string done) {
  CO_TRY(RestClient * rest, command.rest());
  CO_TRY(const bool confirmed, co_await confirm(command, std::move(question)));
  if (!confirmed) co_return ExitCode::declined;
  RestCall call;
  call.method = "DELETE";
  call.target = std::move(target);
  CO_TRY([[maybe_unused]] const RestAnswer answer, co_await rest->call(std::move(call)));
  command.note(done);
  co_return ExitCode::good;
}

}  // namespace tradeauto
