#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/brokerage.h"

namespace tradeauto {

// What is wrong with one value; never quotes it.
struct ValueFault {
  std::string code;    // required, bad_value, out_of_range, too_long
  std::string detail;  // a sentence that names what is allowed
};

// May `value` stand in `field` of this brokerage's log-in? One fault at most: the first that helps a person.
// The rules are those of what executes there: the AutoRSA CLI's string grammar, or Paper's settings and their ranges.
// `field` is our name of the field (BrokerageInfo::fields).
std::optional<ValueFault> check_value(Brokerage brokerage, std::string_view field, std::string_view value);

// "someone@host.tld": what people paste where a token belongs.
bool looks_like_email(std::string_view text);

}  // namespace tradeauto
