#pragma once

#include <string_view>

#include "base/result.h"
#include "http/api_message.h"

namespace tradeauto {

// api/openapi.yaml, as it was at build time. (It is written in YAML's JSON form, so that it is served as it is.)
std::string_view openapi_document();

asio::awaitable<Result<ApiReply>> openapi();

}  // namespace tradeauto
