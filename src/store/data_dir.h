#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace tradeauto {

// A directory that this process owns as long as the object lives: made (mode 0700) where it is missing, and locked, so
// that no second process writes to the same files. The lock ends with the process, however it ends.
class DataDir {
 public:
  // `setting` names where the path comes from. Error: permission_denied (data_dir_forbidden), unprocessable
  // (data_dir_unusable) or conflict (data_dir_taken, with the owner's process id); each names setting, path and remedy.
  static Result<std::unique_ptr<DataDir>> open(const std::filesystem::path& path, std::string_view setting);

  DataDir(const DataDir&) = delete;
  DataDir& operator=(const DataDir&) = delete;
  ~DataDir();

  const std::filesystem::path& path() const { return path_; }

 private:
  DataDir(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

  const std::filesystem::path path_;
  const int lock_;
};

}  // namespace tradeauto
