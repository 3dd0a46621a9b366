#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace tradeauto {

// The token of an Authorization header "Bearer <token>"; nothing when it is none. The scheme's case does not matter.
std::optional<std::string_view> bearer_token(std::string_view authorization);

// What is answered to a request without a token, and to one whose token opens nothing, or nothing any more.
Error token_required();
Error wrong_token();

// The password of an Authorization header "Basic <base64 of user:password>" (RFC 7617); nothing when it is none.
std::optional<SecretString> basic_password(std::string_view authorization);

}  // namespace tradeauto
