#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "base/result.h"
#include "cli/command.h"

namespace tradeauto {

// What the commands over groups, accounts, brokerages and workers have in common: one call and its answer as rows.

// How items of one kind are shown.
struct Listing {
  std::vector<Column> columns;
  std::string name_key = "name";  // the member that -o name prints
  std::string name_prefix;        // before it: "family/"
};

// The whole list at `target`.
asio::awaitable<Result<ExitCode>> print_list(Command& command, std::string target, Listing listing);

// One object: what `call` answers. A note for the person when it was made (201) or was there before (200).
asio::awaitable<Result<ExitCode>> print_one(Command& command, RestCall call, Listing listing, std::string made = {},
                                            std::string changed = {});

// DELETE after a yes.
asio::awaitable<Result<ExitCode>> remove(Command& command, std::string target, std::string question, std::string done);

Rows rows_of_list(const boost::json::object& list, const Listing& listing);

}  // namespace tradeauto
