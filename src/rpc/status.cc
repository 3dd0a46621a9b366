#include "rpc/status.h"

#include <fmt/format.h>

#include "rpc/wire_text.h"

namespace tradeauto {

grpc::StatusCode status_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::unprocessable:
    case ErrorCode::too_large: return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorCode::unauthenticated: return grpc::StatusCode::UNAUTHENTICATED;
    case ErrorCode::permission_denied: return grpc::StatusCode::PERMISSION_DENIED;
    case ErrorCode::not_found: return grpc::StatusCode::NOT_FOUND;
    case ErrorCode::conflict:
    case ErrorCode::precondition_failed: return grpc::StatusCode::FAILED_PRECONDITION;
    case ErrorCode::resource_exhausted: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case ErrorCode::unavailable: return grpc::StatusCode::UNAVAILABLE;
    case ErrorCode::deadline_exceeded: return grpc::StatusCode::DEADLINE_EXCEEDED;
    case ErrorCode::canceled: return grpc::StatusCode::CANCELLED;
    case ErrorCode::internal: return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::INTERNAL;
}

grpc::Status to_status(const Error& error) {
  return {status_code(error.code), wire_text(fmt::format("{}: {}", error.reason, error.message)).substr(0, 1024)};
}

Error from_status(const grpc::Status& status, std::string_view main) {
  const std::string said = wire_text(status.error_message()).substr(0, 512);
  switch (status.error_code()) {
    case grpc::StatusCode::UNIMPLEMENTED:
      return make_error(
          ErrorCode::unavailable, "not_a_session_server",
          fmt::format("the server at {} does not know the session protocol: an original main server needs "
                      "WORKER_PROTOCOL=auto or legacy",
                      main));
    case grpc::StatusCode::UNAUTHENTICATED:
      return make_error(ErrorCode::unauthenticated, "bad_token",
                        fmt::format("the main server at {} refuses this worker's token: set TOKEN_FILE to a copy of "
                                    "its admin.token",
                                    main));
    case grpc::StatusCode::PERMISSION_DENIED:
      return make_error(ErrorCode::permission_denied, "not_allowed",
                        fmt::format("the main server at {} refuses this worker: {}", main, said));
    default:
      return make_error(ErrorCode::unavailable, "main_unreachable",
                        fmt::format("the main server at {} cannot be reached: {}", main, said));
  }
}

}  // namespace tradeauto
