#pragma once

#include <cstdint>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "base/result.h"
#include "cli/command.h"

namespace tradeauto {

// What lists of orders, and of what came of them, are filtered by. Empty: by nothing.
struct ListFilters {
  std::string group;
  std::string status;
  std::string symbol;
  std::string account;
  std::string client_order_id;
  std::string since;
  std::string until;
  std::uint32_t limit = 50;  // 0: all
};

// The list at /v1/`resource`; tells when there are more.
asio::awaitable<Result<boost::json::object>> read_filtered(Command& command, std::string resource, ListFilters filters);

}  // namespace tradeauto
