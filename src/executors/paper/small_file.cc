#include "executors/paper/small_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace tradeauto {
namespace {

constexpr off_t kMostBytes = 1 << 20;

std::string version_of(const struct stat& found) {
  return fmt::format("{}-{}-{}.{:09}", found.st_ino, found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
}

}  // namespace

std::string file_version(const std::filesystem::path& path) {
  struct stat found{};
  return ::stat(path.c_str(), &found) == 0 ? version_of(found) : std::string();
}

Result<std::optional<SmallFile>> read_small_file(const std::filesystem::path& path, std::string_view reason) {
  const auto unreadable = [&](std::string_view why) {
    return make_error(ErrorCode::unavailable, std::string(reason), fmt::format("{}: {}", path.string(), why));
  };
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return std::optional<SmallFile>();
    return unreadable(std::strerror(errno));
  }
  if (!S_ISREG(found.st_mode)) return unreadable("is no file");
  if (found.st_size > kMostBytes) return unreadable("is larger than 1 MiB");
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  if (found.st_size > 0) text << stream.rdbuf();
  if (!stream || !text) return unreadable("cannot be read");
  return std::optional(SmallFile{.text = std::move(text).str(), .version = version_of(found)});
}

}  // namespace tradeauto
