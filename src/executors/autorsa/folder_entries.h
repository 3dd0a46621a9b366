#pragma once

#include <filesystem>
#include <system_error>
#include <vector>

namespace tradeauto {

// What is in the folder; nothing if it cannot be read. Never throws, as a loop over directory_iterator may.
inline std::vector<std::filesystem::path> folder_entries(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> entries;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    entries.push_back(it->path());
  }
  return entries;
}

}  // namespace tradeauto
