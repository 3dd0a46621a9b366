#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace tradeauto {

// One statement of a .env file.
struct DotenvEntry {
  std::size_t line = 0;  // of its first character, from 1
  bool readable = true;  // false: python-dotenv skips it, with a warning
  std::string name;      // may be part of a secret where the file is damaged: show only names that you know
  SecretString value;    // empty also where there is no '='
};

// Reads a .env as python-dotenv does, which the AutoRSA CLI uses: `export`, comments, single and double quotes with
// their escapes, values over several lines. ${NAME} stays as it is written. A byte order mark is skipped (the CLI would
// take it for a part of the first name). Pure; any bytes are allowed.
std::vector<DotenvEntry> parse_dotenv(std::string_view text);

}  // namespace tradeauto
