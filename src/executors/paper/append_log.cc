#include "executors/paper/append_log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace tradeauto {
namespace {

constexpr std::size_t kChunk = 64 * 1024;

Error file_error(const std::filesystem::path& path, std::string_view what, int cause, Effect effect) {
  Error error = make_error(ErrorCode::internal, "paper_file_failed",
                           fmt::format("{}: cannot {}: {}", path.string(), what, std::strerror(cause)));
  error.effect = effect;
  return error;
}

}  // namespace

Result<void> sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return file_error(folder, "open", errno, Effect::none);
  const int outcome = ::fsync(fd);
  const int cause = errno;
  ::close(fd);
  if (outcome != 0) return file_error(folder, "sync", cause, Effect::none);
  return {};
}

Result<AppendLog> AppendLog::open(std::filesystem::path path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return file_error(path, "open", errno, Effect::none);
  AppendLog log(std::move(path), fd);
  TRY_VOID(sync_folder(log.path_.parent_path()));
  return log;
}

AppendLog::AppendLog(AppendLog&& other) noexcept
    : path_(other.path_),
      fd_(std::exchange(other.fd_, -1)),
      read_to_(other.read_to_),
      sync_failed_(other.sync_failed_) {}

AppendLog::~AppendLog() {
  if (fd_ >= 0) ::close(fd_);
}

Error AppendLog::failure(std::string_view what, int cause, Effect effect) const {
  return file_error(path_, what, cause, effect);
}

Result<bool> AppendLog::try_lock() {
  while (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) return failure("lock", errno);
  }
  return true;
}

void AppendLog::unlock() { ::flock(fd_, LOCK_UN); }

Result<void> AppendLog::read_new(const EachLine& each) {
  std::string pending;  // begins at read_to_
  std::array<char, kChunk> chunk{};
  while (true) {
    const auto from = static_cast<off_t>(read_to_ + pending.size());
    const ssize_t got = ::pread(fd_, chunk.data(), chunk.size(), from);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read", errno);
    if (got == 0) return {};
    pending.append(chunk.data(), static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t newline = pending.find('\n'); newline != std::string::npos; newline = pending.find('\n', begin)) {
      TRY_VOID(each(read_to_, std::string_view(pending).substr(begin, newline - begin)));
      read_to_ += newline + 1 - begin;
      begin = newline + 1;
    }
    pending.erase(0, begin);
  }
}

Result<void> AppendLog::append(std::string_view lines) {
  if (sync_failed_) return failure("write after a failed sync", EIO);
  struct stat now{};
  if (::fstat(fd_, &now) != 0) return failure("look at", errno);
  const auto size = static_cast<std::uint64_t>(now.st_size);
  // Whole lines that were not read are somebody's decisions: to cut them off would be a lie.
  if (size > read_to_ && line_at(read_to_).ok()) return failure("write before the end was read of", EINVAL);
  if (size > read_to_ && ::ftruncate(fd_, static_cast<off_t>(read_to_)) != 0)
    return failure("cut a torn line of", errno);
  Effect effect = Effect::none;
  while (!lines.empty()) {
    const ssize_t wrote = ::write(fd_, lines.data(), lines.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return failure("write", errno, effect);
    effect = Effect::maybe;
    lines.remove_prefix(static_cast<std::size_t>(wrote));
    read_to_ += static_cast<std::uint64_t>(wrote);
  }
  if (::fdatasync(fd_) != 0) {
    sync_failed_ = true;
    return failure("sync", errno, Effect::maybe);
  }
  return {};
}

Result<std::string> AppendLog::line_at(std::uint64_t offset) const {
  std::string line;
  std::array<char, 1024> chunk{};
  while (true) {
    const ssize_t got = ::pread(fd_, chunk.data(), chunk.size(), static_cast<off_t>(offset + line.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read", errno);
    if (got == 0) return failure("read a line of", ENODATA);
    const std::string_view text(chunk.data(), static_cast<std::size_t>(got));
    const std::size_t newline = text.find('\n');
    line.append(text.substr(0, newline));
    if (newline != std::string_view::npos) return line;
  }
}

}  // namespace tradeauto
