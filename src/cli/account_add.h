#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "base/result.h"
#include "cli/command.h"

namespace tradeauto {

struct AccountAddFlags {
  std::string account;  // "group/account"
  std::string brokerage;
  std::string credentials;  // a file with a JSON object, "-": standard input, empty: ask for what the brokerage needs
  bool disabled = false;
};

// `account add`: the log-in comes from standard input, a file or a prompt, never from an argument.
asio::awaitable<Result<ExitCode>> add_account(Command& command, AccountAddFlags flags);

// "/v1/groups/family/accounts/mom" of "family/mom". Error: invalid_argument.
Result<std::string> account_path(const std::string& name);

// The fields of a log-in. Error: invalid_argument; the text is never quoted.
Result<boost::json::object> parse_credentials(const std::string& text, const std::string& origin);

}  // namespace tradeauto
