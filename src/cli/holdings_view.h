#pragma once

#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "cli/command.h"

namespace tradeauto {

// How an account stands that was asked what it holds: as `accounts` of GET /v1/holdings shows it.

// "family/mom"
std::string account_name(const boost::json::object& account);
// ok; refreshing; else why not, and whether what is shown is old.
std::string describe_account(const boost::json::object& account);
// 7 while any is being asked, 5 if a brokerage refused a log-in, 1 if anything else kept one from answering.
ExitCode exit_code_of_accounts(const boost::json::array& accounts);
Rows rows_of_accounts(const boost::json::object& answer);
Rows rows_of_holdings(const boost::json::object& list);
Rows rows_of_check(const boost::json::object& check);

}  // namespace tradeauto
