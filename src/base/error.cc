#include "base/error.h"

#include <utility>

namespace tradeauto {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::unprocessable: return "unprocessable";
    case ErrorCode::unauthenticated: return "unauthenticated";
    case ErrorCode::permission_denied: return "permission_denied";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::conflict: return "conflict";
    case ErrorCode::precondition_failed: return "precondition_failed";
    case ErrorCode::too_large: return "too_large";
    case ErrorCode::resource_exhausted: return "resource_exhausted";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::deadline_exceeded: return "deadline_exceeded";
    case ErrorCode::canceled: return "canceled";
    case ErrorCode::internal: return "internal";
  }
  return "internal";
}

std::string_view to_string(Effect effect) { return effect == Effect::none ? "none" : "maybe"; }

Error make_error(ErrorCode code, std::string reason, std::string message) {
  return Error{
      .code = code, .reason = std::move(reason), .message = std::move(message), .effect = Effect::none, .fields = {}};
}

}  // namespace tradeauto
