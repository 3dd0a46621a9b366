#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tradeauto {

// A file of lines that only grows, shared by processes through flock.
//
// Readers see whole lines only. A last line without its newline was torn by a power loss or a full disk; it was never
// answered, and the next append() cuts it off. Thread: one at a time; every call blocks.
class AppendLog {
 public:
  // The offset of the line in the file, and its text without the newline.
  using EachLine = std::function<Result<void>(std::uint64_t offset, std::string_view line)>;

  // Creates the file (mode 0600) if it is missing. Failure: internal (paper_file_failed) with path and cause.
  static Result<AppendLog> open(std::filesystem::path path);

  AppendLog(AppendLog&& other) noexcept;
  AppendLog& operator=(AppendLog&&) = delete;
  ~AppendLog();

  // False while another process (or another AppendLog) holds the lock. Held until unlock().
  Result<bool> try_lock();
  void unlock();

  // Calls `each` for the whole lines that came since the last call; stops at its first error.
  Result<void> read_new(const EachLine& each);
  // The next read_new() begins at the start of the file.
  void rewind() { read_to_ = 0; }
  // Where the next appended line begins. Meaningful under the lock after read_new().
  std::uint64_t end() const { return read_to_; }

  // Writes `lines` (each with its newline) after what has been read, and fsyncs. The caller holds the lock and has read
  // to the end. Failure: effect maybe if any byte may have stayed. After a failed fsync every later append fails: what
  // is on disk is unknown.
  Result<void> append(std::string_view lines);

  Result<std::string> line_at(std::uint64_t offset) const;

 private:
  AppendLog(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}
  Error failure(std::string_view what, int cause, Effect effect = Effect::none) const;

  const std::filesystem::path path_;
  int fd_;
  std::uint64_t read_to_ = 0;
  bool sync_failed_ = false;
};

// Makes what was created, renamed or removed in `folder` survive a power loss.
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace tradeauto
