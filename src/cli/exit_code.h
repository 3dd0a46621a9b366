#pragma once

#include <boost/json/object.hpp>

#include "base/error.h"

namespace tradeauto {

// What a script decides by. The numbers are a contract with users: none ever changes its meaning.
enum class ExitCode : int {
  good = 0,           // every child order is good
  failed_unsent = 1,  // failed, and nothing was sent
  usage = 2,          //
  not_found = 3,      //
  not_allowed = 4,    // not logged in, or forbidden
  failed = 5,         // something failed, and something may have been sent
  in_doubt = 6,       // may have been sent: do not simply repeat
  still_working = 7,  // waiting is over; the order lives on
  unreachable = 8,    // no server; nothing was sent
  declined = 9,       // at the prompt
  io_failed = 74,     // the answer could not be written
  interrupted = 130,  //
};

// The exit code of an order as REST shows it: the first that fits of doubt, still working, failed, good.
// A child order's status that is not known here counts as doubt: to take it for good or failed would be a guess.
ExitCode exit_code_of_order(const boost::json::object& order);

// The exit code of a request that failed. `Effect::maybe` is always doubt.
ExitCode exit_code_of(const Error& error);

}  // namespace tradeauto
