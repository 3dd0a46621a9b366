#include "store/journal/journal_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <boost/crc.hpp>
#include <fmt/format.h>

#include "store/journal/bytes.h"

namespace tradeauto::journal {
namespace {

constexpr std::string_view kMagic = "tAutJrn1";
constexpr const char* kForeign = "it does not begin like a journal";
constexpr std::size_t kHeaderSize = 20;
constexpr std::uint32_t kLongestPayload = 64U << 20U;

// CRC-32C (Castagnoli), RFC 3720.
using Crc32c = boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;

// Not one whole frame was ever written: nothing can have been started by it.
bool is_fresh(std::string_view bytes) { return bytes.size() < kMagic.size() && kMagic.starts_with(bytes); }

std::uint32_t crc(std::string_view bytes) {
  Crc32c sum;
  sum.process_bytes(bytes.data(), bytes.size());
  return static_cast<std::uint32_t>(sum.checksum());
}

std::uint32_t next_chain(std::uint32_t chain, std::string_view payload) {
  ByteWriter seed;
  seed.u32(chain);
  Crc32c sum;
  sum.process_bytes(seed.bytes().data(), seed.bytes().size());
  sum.process_bytes(payload.data(), payload.size());
  return static_cast<std::uint32_t>(sum.checksum());
}

}  // namespace

Result<void> sync_folder_of(const std::filesystem::path& path) {
  const int fd = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const int cause = errno;
  if (fd >= 0) ::close(fd);
  if (synced) return {};
  return make_error(ErrorCode::internal, "journal_unreadable",
                    fmt::format("{}: {}", path.parent_path().string(), std::strerror(cause)));
}

JournalFile::JournalFile(JournalFile&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      sequence_(other.sequence_),
      chain_(other.chain_),
      buffer_(std::move(other.buffer_)) {}

JournalFile::~JournalFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<JournalFile::Opened> JournalFile::open(const std::filesystem::path& path, const EachFrame& each) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  JournalFile file(path, fd);
  if (fd < 0) return file.failed("journal_unreadable", "open");
  TRY(const std::string bytes, file.read_all());
  if (is_fresh(bytes)) {
    TRY_VOID(file.write_magic());
    return Opened{.file = std::move(file), .tail_cut = false};
  }
  if (!bytes.starts_with(kMagic)) return file.damaged(0, kForeign);
  const Extent whole = file.replay(bytes, each);
  if (!whole.damage.empty()) return file.damaged(whole.size, whole.damage);
  const bool torn = whole.size < bytes.size();
  if (torn && (::ftruncate(fd, static_cast<off_t>(whole.size)) != 0 || ::fsync(fd) != 0)) {
    return file.failed("journal_unreadable", "truncate");
  }
  return Opened{.file = std::move(file), .tail_cut = torn};
}

Result<JournalFile::Extent> JournalFile::extent(const std::filesystem::path& path, const EachFrame& each) {
  JournalFile file(path, ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.fd_ < 0) return file.failed("journal_unreadable", "open");
  TRY(const std::string bytes, file.read_all());
  if (is_fresh(bytes)) return Extent{};
  if (!bytes.starts_with(kMagic)) return Extent{.size = 0, .damage = kForeign};
  return file.replay(bytes, each);
}

Result<std::string> JournalFile::read_all() const {
  struct stat status{};
  if (::fstat(fd_, &status) != 0) return failed("journal_unreadable", "stat");
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::pread(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return failed("journal_unreadable", "read");
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

Result<void> JournalFile::write_magic() {
  if (::ftruncate(fd_, 0) != 0) return failed("journal_unreadable", "truncate");
  buffer_ = kMagic;
  TRY_VOID(flush(true));
  return sync_folder_of(path_);
}

JournalFile::Extent JournalFile::replay(std::string_view bytes, const EachFrame& each) {
  std::size_t at = kMagic.size();
  const auto damage = [&at](std::string what) { return Extent{.size = at, .damage = std::move(what)}; };
  while (at < bytes.size()) {
    const std::string_view rest = bytes.substr(at);
    if (rest.size() < kHeaderSize) break;
    ByteReader header(rest.substr(0, kHeaderSize));
    const std::uint32_t length = header.u32();
    const std::uint64_t sequence = header.u64();
    const std::uint32_t chain = header.u32();
    if (header.u32() != crc(rest.substr(0, kHeaderSize - 4))) return damage("a frame's header has a wrong checksum");
    if (length > kLongestPayload || sequence != sequence_ + 1) return damage("a frame is out of its order");
    if (rest.size() - kHeaderSize < length) break;
    const std::string_view payload = rest.substr(kHeaderSize, length);
    if (chain != next_chain(chain_, payload)) return damage("a frame's content has a wrong checksum");
    if (auto taken = each(sequence, payload); !taken.ok()) return damage(taken.error().message);
    sequence_ = sequence;
    chain_ = chain;
    at += kHeaderSize + length;
  }
  return {.size = at, .damage = {}};
}

std::uint64_t JournalFile::append(std::string_view payload) {
  chain_ = next_chain(chain_, payload);
  ByteWriter header;
  header.u32(static_cast<std::uint32_t>(payload.size()));
  header.u64(++sequence_);
  header.u32(chain_);
  header.u32(crc(header.bytes()));
  buffer_ += header.bytes();
  buffer_ += payload;
  return sequence_;
}

Result<void> JournalFile::flush(bool sync) {
  std::string_view left = buffer_;
  while (!left.empty()) {
    const ssize_t wrote = ::write(fd_, left.data(), left.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return failed("journal_write_failed", "write");
    left.remove_prefix(static_cast<std::size_t>(wrote));
  }
  buffer_.clear();
  if (sync && ::fdatasync(fd_) != 0) return failed("journal_write_failed", "fsync");
  return {};
}

Error JournalFile::damaged(std::uint64_t offset, std::string_view what) const {
  return make_error(
      ErrorCode::internal, "journal_damaged",
      fmt::format("the journal {} is damaged at byte {}: {}. Nothing is started with it. `tradeauto doctor "
                  "--repair-journal` keeps a copy and goes on with what stands before that: what was under way is then "
                  "in doubt",
                  path_.string(), offset, what));
}

Error JournalFile::failed(std::string_view reason, std::string_view what) const {
  return make_error(ErrorCode::internal, std::string(reason),
                    fmt::format("the journal {}: {}: {}", path_.string(), what, std::strerror(errno)));
}

}  // namespace tradeauto::journal
