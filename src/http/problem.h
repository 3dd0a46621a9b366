#pragma once

#include <string_view>

#include "base/error.h"
#include "http/api_message.h"

namespace tradeauto {

// The one table from our error codes to HTTP.
unsigned status_of(ErrorCode code);

// What a problem is about: the request's target and id.
struct ProblemContext {
  std::string_view instance;
  std::string_view request_id;
};

// RFC 9457 problem details (conventions.md, Errors), with `sent` and all faulty fields.
ApiReply problem(const Error& error, ProblemContext context);
// The same with a status of HTTP's own (405, 408, 415, 431 …).
ApiReply problem(unsigned status, const Error& error, ProblemContext context);

}  // namespace tradeauto
