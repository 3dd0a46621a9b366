#include "cli/account_add.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "cli/account_view.h"
#include "cli/input.h"
#include "cli/json_text.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::size_t kCredentialsLimit = 64 * 1024;

asio::awaitable<Result<json::object>> read_credentials(Command& command, std::string file) {
  const bool is_stdin = file == "-";
  const int input = is_stdin ? command.context().input : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (input < 0) {
    co_return make_error(ErrorCode::invalid_argument, "credentials_unreadable",
                         fmt::format("--credentials {}: {}", file, std::generic_category().message(errno)));
  }
  auto text = co_await read_all(input, kCredentialsLimit);
  if (!is_stdin) ::close(input);
  if (!text.ok()) co_return std::move(text).error();
  const SecretString secret(std::move(text).value());
  co_return parse_credentials(std::string(secret.reveal()), is_stdin ? "standard input" : file);
}

// The brokerage as the server describes it.
asio::awaitable<Result<json::object>> find_brokerage(Command& command, std::string name) {
  CO_TRY(RestClient * rest, command.rest());
  CO_TRY(const json::object list, co_await rest->list(path_of({"brokerages"}), {}, 0));
  for (const json::value& item : array_of(list, "items")) {
    const json::object* brokerage = item.if_object();
    if (brokerage != nullptr && text_of(*brokerage, "name") == name) co_return *brokerage;
  }
  co_return make_error(ErrorCode::invalid_argument, "unknown_brokerage",
                       fmt::format("--brokerage {}: there is none of that name; see: tradeauto brokerage list", name));
}

// "Access token (of the live API): "
std::string question_of(const json::object& field) {
  const std::string help = printable(text_of(field, "help"));
  return printable(text_of(field, "label")) + (help.empty() ? "" : " (" + help + ")") + ": ";
}

// Asks for each field that the brokerage must have; an empty answer leaves an optional one out.
asio::awaitable<Result<json::object>> ask_credentials(Command& command, std::string brokerage_name) {
  CO_TRY(const json::object brokerage, co_await find_brokerage(command, std::move(brokerage_name)));
  json::object credentials;
  for (const json::value& item : array_of(brokerage, "credential_fields")) {
    const json::object* field = item.if_object();
    if (field == nullptr || text_of(*field, "optional") == "true") continue;
    const bool secret = text_of(*field, "secret") == "true";
    CO_TRY_VOID(write_all(command.context().err, question_of(*field)));
    Result<std::string> answer = std::string();
    {
      std::optional<EchoOff> hidden;
      if (secret) hidden.emplace(command.context().input);
      answer = co_await read_line(command.context().input);
    }
    if (secret) command.warn("");  // the person's own end of line was hidden too
    if (!answer.ok()) co_return std::move(answer).error();
    credentials[text_of(*field, "name")] = *answer;
  }
  co_return credentials;
}

asio::awaitable<Result<json::object>> credentials_of(Command& command, AccountAddFlags flags) {
  if (!flags.credentials.empty()) co_return co_await read_credentials(command, flags.credentials);
  if (command.may_ask()) co_return co_await ask_credentials(command, flags.brokerage);
  co_return json::object{};  // the server says which fields are missing
}

}  // namespace

Result<std::string> account_path(const std::string& name) {
  const auto slash = name.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == name.size() ||
      name.find('/', slash + 1) != std::string::npos) {
    return make_error(ErrorCode::invalid_argument, "bad_account",
                      fmt::format("\"{}\" is no account; allowed is GROUP/ACCOUNT", name));
  }
  return path_of({"groups", name.substr(0, slash), "accounts", name.substr(slash + 1)});
}

Result<json::object> parse_credentials(const std::string& text, const std::string& origin) {
  boost::system::error_code bad;
  const json::value value = json::parse(text, bad);
  const auto wrong = [&origin](std::string_view why) {
    return make_error(
        ErrorCode::invalid_argument, "bad_credentials",
        fmt::format("the credentials on {} are {}; allowed is a JSON object of texts, {{\"FIELD\": \"…\"}}", origin,
                    why));
  };
  if (bad) return wrong("no JSON");
  const json::object* object = value.if_object();
  if (object == nullptr) return wrong("no object");
  for (const auto& [key, item] : *object) {
    if (!item.is_string()) return wrong("not all texts");
  }
  return *object;
}

asio::awaitable<Result<ExitCode>> add_account(Command& command, AccountAddFlags flags) {
  CO_TRY(std::string path, account_path(flags.account));
  CO_TRY(json::object credentials, co_await credentials_of(command, flags));
  RestCall call;
  call.method = "PUT";
  call.target = std::move(path);
  call.body.emplace();
  (*call.body)["brokerage"] = flags.brokerage;
  (*call.body)["credentials"] = std::move(credentials);
  if (flags.disabled) (*call.body)["enabled"] = false;
  co_return co_await print_one(command, std::move(call),
                               account_listing(flags.account.substr(0, flags.account.find('/'))),
                               fmt::format("account {} added", flags.account),
                               fmt::format("account {} was there before: its log-in was replaced", flags.account));
}

}  // namespace tradeauto
