#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tradeauto::journal {

// The frames of a journal file: lengths, sequence numbers and checksums; what is in them is none of its business.
//
//   file:   "tAutJrn1"  frame*
//   frame:  u32 length of the payload · u64 sequence · u32 chain · u32 CRC-32C of these 16 bytes · payload
//   chain:  CRC-32C of the previous frame's chain and the payload, so that a frame cannot be taken out or exchanged
//
// All integers are little-endian. Sequences begin with 1 and grow by one. Thread: one at a time; every call blocks.
class JournalFile {
 public:
  using EachFrame = std::function<Result<void>(std::uint64_t sequence, std::string_view payload)>;

  struct Opened;
  // Makes the file (mode 0600) where it is missing, and calls `each` for every whole frame. The file ends inside a
  // frame (a power loss): the torn tail is cut off. Damage anywhere else is no reason to guess: internal
  // (journal_damaged) with file, offset and remedy; internal (journal_unreadable) if the file cannot be used.
  static Result<Opened> open(const std::filesystem::path& path, const EachFrame& each);

  struct Extent;
  // How far open() would read the file, which may be one that is being written. Changes nothing. Error: internal
  // (journal_unreadable).
  static Result<Extent> extent(const std::filesystem::path& path, const EachFrame& each);

  JournalFile(JournalFile&& other) noexcept;
  JournalFile& operator=(JournalFile&&) = delete;
  ~JournalFile();

  // Puts a frame in the buffer and returns its sequence. On disk after flush(true).
  std::uint64_t append(std::string_view payload);
  // Writes the buffer, and with `sync` fsyncs. Error: internal (journal_write_failed); then what is on disk is unknown
  // and nothing may be appended any more.
  Result<void> flush(bool sync);
  std::uint64_t last_sequence() const { return sequence_; }

 private:
  JournalFile(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}

  Result<std::string> read_all() const;
  Result<void> write_magic();
  Extent replay(std::string_view bytes, const EachFrame& each);
  Error damaged(std::uint64_t offset, std::string_view what) const;
  Error failed(std::string_view reason, std::string_view what) const;

  std::filesystem::path path_;
  int fd_;
  std::uint64_t sequence_ = 0;
  std::uint32_t chain_ = 0;
  std::string buffer_;
};

struct JournalFile::Extent {
  std::uint64_t size = 0;  // of what is whole
  std::string damage;      // what is wrong behind it; empty: nothing, or its last frame is torn
};

struct JournalFile::Opened {
  JournalFile file;
  bool tail_cut = false;
};

// Makes the file's name, new or changed, survive a power loss. Error: internal (journal_unreadable).
Result<void> sync_folder_of(const std::filesystem::path& path);

}  // namespace tradeauto::journal
