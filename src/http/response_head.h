#pragma once

#include <string>

#include "base/clock.h"
#include "http/api_message.h"

namespace tradeauto {

// Status line and header of a reply, up to and including the empty line. The body follows, save for HEAD.
std::string response_head(const ApiReply& reply, bool keep_alive, Timestamp now);

}  // namespace tradeauto
