#include "store/data_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace tradeauto {
namespace {

// The directory of one open(), for its errors.
struct Place {
  const std::filesystem::path& path;
  std::string_view setting;

  Error unusable(int cause) const {
    if (cause == EACCES || cause == EPERM || cause == EROFS) {
      return make_error(
          ErrorCode::permission_denied, "data_dir_forbidden",
          fmt::format("{}={}: {} (Permission is missing to make or use it.) Give this user the directory, or name "
                      "another one with {}",
                      setting, path.string(), std::strerror(cause), setting));
    }
    return make_error(
        ErrorCode::unprocessable, "data_dir_unusable",
        fmt::format("{}={}: {}. Name a directory with {}", setting, path.string(), std::strerror(cause), setting));
  }
  Error taken(const std::string& owner) const {
    return make_error(
        ErrorCode::conflict, "data_dir_taken",
        fmt::format("{}={} is in use by another tradeauto process{}. Stop that one, or give this one a {} of its own",
                    setting, path.string(), owner.empty() ? "" : " (process id " + owner + ")", setting));
  }
};

// Each missing part of the path, readable by its owner alone.
Result<void> make_directories(const Place& place) {
  std::filesystem::path made;
  for (const auto& part : place.path) {
    made /= part;
    if (::mkdir(made.c_str(), 0700) == 0 || errno == EEXIST) continue;
    const int cause = errno;
    struct stat status{};
    // A parent that is there but closed to us answers EACCES or EROFS; only what is missing matters.
    if (::stat(made.c_str(), &status) != 0) return place.unusable(cause);
  }
  struct stat status{};
  if (::stat(place.path.c_str(), &status) != 0) return place.unusable(errno);
  if (!S_ISDIR(status.st_mode)) return place.unusable(ENOTDIR);
  return {};
}

std::string owner_of(int lock) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(lock, text.data(), text.size(), 0);
  std::string owner(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  owner.erase(owner.find_last_not_of('\n') + 1);
  return owner;
}

Result<void> sign(int lock, const Place& place) {
  const std::string owner = fmt::format("{}\n", ::getpid());
  if (::ftruncate(lock, 0) != 0) return place.unusable(errno);
  if (::pwrite(lock, owner.data(), owner.size(), 0) != static_cast<ssize_t>(owner.size())) return place.unusable(errno);
  return {};
}

}  // namespace

Result<std::unique_ptr<DataDir>> DataDir::open(const std::filesystem::path& path, std::string_view setting) {
  const Place place{.path = path, .setting = setting};
  TRY_VOID(make_directories(place));
  const int lock = ::open((path / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock < 0) return place.unusable(errno);
  std::unique_ptr<DataDir> directory(new DataDir(path, lock));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK ? place.taken(owner_of(lock)) : place.unusable(errno);
  }
  TRY_VOID(sign(lock, place));
  return directory;
}

DataDir::~DataDir() { ::close(lock_); }

}  // namespace tradeauto
