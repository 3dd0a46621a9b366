#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.h"

namespace tradeauto {

// `order buy` and `order sell` as they were typed.
struct OrderFlags {
  std::string side;
  std::string quantity;
  std::vector<std::string> symbols;  // each may hold several, with commas between
  std::string group;
  std::vector<std::string> accounts;  // "group/account"; with `group` the account's name is enough
  std::optional<std::string> confirm;
  bool dry_run = false;
  bool preview = false;
  std::string client_order_id;
  std::vector<std::string> overrides;
  std::optional<std::uint32_t> deadline_seconds;
  std::optional<std::uint32_t> timeout;  // of waiting, in seconds; 0: do not wait
};

// What is sent, and what the person is asked about it.
struct OrderPlan {
  boost::json::object body;
  std::string confirm_word;  // the group's name; of accounts in several groups all names, with commas between
  std::string text;          // "buy 1 of AAPL for each sub-account, group family"
};

// Pure. `client_order_id` is used where the flags have none. Error: invalid_argument, with a field for each faulty
// flag.
Result<OrderPlan> plan_order(const OrderFlags& flags, std::string client_order_id);

}  // namespace tradeauto
