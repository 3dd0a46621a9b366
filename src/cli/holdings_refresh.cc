#include "cli/holdings_refresh.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "cli/account_add.h"
#include "cli/holdings_view.h"
#include "cli/json_text.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr seconds kLongWait{30};

Error unexpected_answer() {
  return make_error(ErrorCode::internal, "unexpected_answer",
                    "the server's answer tells of no account; is it a tradeauto main server?");
}

bool is_asked(const json::object& account) { return text_of(account, "refreshing") == "true"; }

seconds hold_time(const Command& command, Deadline until) {
  return std::min(kLongWait, std::chrono::ceil<seconds>(until.left(command.clock())));
}

// Log-ins are tried and holdings read; nothing is ever ordered by it, whatever became of the call.
asio::awaitable<Result<json::object>> post(Command& command, RestCall call) {
  CO_TRY(RestClient * rest, command.rest());
  call.method = "POST";
  auto answer = co_await rest->call(std::move(call));
  if (!answer.ok()) {
    answer.error().effect = Effect::none;
    co_return std::move(answer).error();
  }
  const json::object* object = answer->body.if_object();
  if (object == nullptr) co_return unexpected_answer();
  co_return *object;
}

// How the account stands when it has answered, or the time is over.
asio::awaitable<Result<json::object>> await_account(Command& command, json::object account, Deadline until) {
  CO_TRY(RestClient * rest, command.rest());
  while (is_asked(account) && !until.over(command.clock())) {
    RestCall call;
    call.target = path_of({"holdings"}) + query_of({{"account", account_name(account)}, {"limit", "1"}});
    call.prefer_wait = hold_time(command, until);
    CO_TRY(const RestAnswer answer, co_await rest->call(std::move(call)));
    const json::object* list = answer.body.if_object();
    const json::array accounts = list == nullptr ? json::array() : array_of(*list, "accounts");
    const json::object* seen = accounts.empty() ? nullptr : accounts.front().if_object();
    if (seen == nullptr) co_return unexpected_answer();
    account = *seen;
  }
  co_return account;
}

json::object body_of(const RefreshFlags& flags) {
  json::object body;
  if (!flags.group.empty()) body["group"] = flags.group;
  if (flags.accounts.empty()) return body;
  json::array accounts;
  for (const std::string& account : flags.accounts) accounts.emplace_back(account);
  body["accounts"] = std::move(accounts);
  return body;
}

// The answer of a check that took longer, as if it had been waited for.
json::object concluded(json::object check, const json::object& account) {
  for (const char* member : {"refreshing", "sub_accounts", "as_of", "reason", "message"}) {
    if (const json::value* value = account.if_contains(member)) check[member] = *value;
  }
  check["ok"] = is_asked(account) ? json::value(nullptr) : json::value(text_of(account, "state") == "ok");
  return check;
}

void tell_unfinished(Command& command, const json::array& accounts) {
  const auto asked =
      std::ranges::count_if(accounts, [](const json::value& item) { return is_asked(item.as_object()); });
  if (asked > 0) {
    command.note(fmt::format("{} still asked; see: tradeauto holdings list", asked == 1 ? "one is" : "some are"));
  }
}

}  // namespace

asio::awaitable<Result<ExitCode>> refresh_holdings(Command& command, RefreshFlags flags) {
  if (flags.group.empty() == flags.accounts.empty()) {
    co_return make_error(ErrorCode::invalid_argument, "bad_arguments", "give --group, or --account, and not both");
  }
  const Deadline until = Deadline::after(command.clock(), seconds(flags.timeout));
  RestCall call;
  call.target = path_of({"holdings", "refresh"});
  call.body = body_of(flags);
  CO_TRY(json::object answer, co_await post(command, std::move(call)));
  json::array accounts;
  for (const json::value& item : array_of(answer, "accounts")) {
    const json::object* account = item.if_object();
    if (account == nullptr) co_return unexpected_answer();
    CO_TRY(json::object ended, co_await await_account(command, *account, until));
    accounts.push_back(std::move(ended));
  }
  const ExitCode code = exit_code_of_accounts(accounts);
  tell_unfinished(command, accounts);
  answer["accounts"] = std::move(accounts);
  co_return command.print(rows_of_accounts(answer), code);
}

asio::awaitable<Result<ExitCode>> check_account(Command& command, std::string account, std::uint32_t timeout) {
  const Deadline until = Deadline::after(command.clock(), seconds(timeout));
  RestCall call;
  CO_TRY(const std::string path, account_path(account));
  call.target = path + "/check";
  call.prefer_wait = std::max(seconds(1), hold_time(command, until));  // it would hold its answer longer by itself
  CO_TRY(json::object check, co_await post(command, std::move(call)));
  if (is_asked(check)) {
    CO_TRY(const json::object ended, co_await await_account(command, check, until));
    check = concluded(std::move(check), ended);
  }
  if (is_asked(check)) command.note("it is still asked; see: tradeauto holdings list");
  const ExitCode code = exit_code_of_accounts({check});
  co_return command.print(rows_of_check(check), code);
}

}  // namespace tradeauto
