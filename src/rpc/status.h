#pragma once

#include <string_view>

#include <grpcpp/support/status.h>

#include "base/error.h"

namespace tradeauto {

// The one table from our codes to gRPC's.
grpc::StatusCode status_code(ErrorCode code);
grpc::Status to_status(const Error& error);
// Why there is no session with the main server at `main` ("host:port (SETTING=…)").
Error from_status(const grpc::Status& status, std::string_view main);

}  // namespace tradeauto
