#pragma once

#include <string>
#include <string_view>

#include "http/route_table.h"

namespace tradeauto {

// RFC 9110, section 13: who has the present body already gets 304 and none. Only where the tag covers all that is
// shown: an account's version says nothing of its activation, so an account is always sent.
//
// Gives the answer of such a route its ETag, unless it has one, and holds it against the request's If-None-Match.
ApiReply conditional(const Route& route, ApiReply reply, std::string_view if_none_match);

}  // namespace tradeauto
