#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace tradeauto {

// Reads a file that holds one secret. Blocks. `setting` names it in errors: not_found, permission_denied, and
// permission_denied (secret_file_too_open) when others than its owner can read it. At most 4 KiB are taken.
Result<SecretString> read_secret_file(const std::filesystem::path& path, std::string_view setting);

// The same, and where there is no such file makes it first (mode 0600, fsync, never overwriting) with what `make`
// returns.
Result<SecretString> read_or_create_secret_file(const std::filesystem::path& path, std::string_view setting,
                                                const std::function<SecretString()>& make);

// An access token in such a file; a line's end after it does not count. Error also: invalid_argument (bad_token_file)
// when it is none.
Result<SecretString> read_token_file(const std::filesystem::path& path, std::string_view setting);

}  // namespace tradeauto
