#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace tradeauto {

// A small file that somebody else writes, e.g. the prices or the faults.
struct SmallFile {
  std::string text;
  std::string version;  // changes when the file is written or replaced
};

// Nothing if there is none. Failure: unavailable (`reason`) that names the file; also above 1 MiB.
Result<std::optional<SmallFile>> read_small_file(const std::filesystem::path& path, std::string_view reason);
// The version alone; empty if there is no file.
std::string file_version(const std::filesystem::path& path);

}  // namespace tradeauto
