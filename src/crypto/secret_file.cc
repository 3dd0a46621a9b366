#include "crypto/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "crypto/crypto.h"

namespace tradeauto {
namespace {

constexpr std::size_t kMaxBytes = 4096;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Error file_error(const std::filesystem::path& path, std::string_view setting, int error) {
  const auto code = error == ENOENT                     ? ErrorCode::not_found
                    : error == EACCES || error == EPERM ? ErrorCode::permission_denied
                                                        : ErrorCode::internal;
  return make_error(code, "secret_file",
                    fmt::format("{} = {}: {}. Give a file that this user can read", setting, path.string(),
                                std::generic_category().message(error)));
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return ::fsync(fd) == 0;
}

// Under a name of its own first: a reader never sees half a secret, and link() refuses to replace one that is there.
Result<void> create(const std::filesystem::path& path, std::string_view setting, const SecretString& secret) {
  const std::filesystem::path draft = path.string() + fmt::format(".{}", ::getpid());
  ::unlink(draft.c_str());  // of a process that was killed right here and had our number
  {
    const Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.get() < 0) return file_error(path, setting, errno);
    if (!write_all(file.get(), secret.reveal())) {
      const int error = errno;
      ::unlink(draft.c_str());
      return file_error(path, setting, error);
    }
  }
  const int linked = ::link(draft.c_str(), path.c_str());
  const int error = errno;
  ::unlink(draft.c_str());
  if (linked != 0 && error != EEXIST) return file_error(path, setting, error);
  const Descriptor directory(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) return file_error(path, setting, errno);
  return {};
}

}  // namespace

Result<SecretString> read_secret_file(const std::filesystem::path& path, std::string_view setting) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return file_error(path, setting, errno);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return file_error(path, setting, errno);
  if (S_ISREG(status.st_mode) && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return make_error(
        ErrorCode::permission_denied, "secret_file_too_open",
        fmt::format("{} = {}: others can read it. Run: chmod 600 {}", setting, path.string(), path.string()));
  }
  std::string text(kMaxBytes, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error(path, setting, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return SecretString(std::move(text));
}

Result<SecretString> read_or_create_secret_file(const std::filesystem::path& path, std::string_view setting,
                                                const std::function<SecretString()>& make) {
  auto found = read_secret_file(path, setting);
  if (found.ok() || found.error().code != ErrorCode::not_found) return found;
  TRY_VOID(create(path, setting, make()));
  return read_secret_file(path, setting);
}

Result<SecretString> read_token_file(const std::filesystem::path& path, std::string_view setting) {
  TRY(const SecretString text, read_secret_file(path, setting));
  std::string_view token = text.reveal();
  while (token.ends_with('\n') || token.ends_with('\r')) token.remove_suffix(1);
  if (!is_well_formed_token(token)) {
    return make_error(
        ErrorCode::invalid_argument, "bad_token_file",
        fmt::format("{} = {}: holds no access token. Copy the main server's admin.token", setting, path.string()));
  }
  return SecretString(std::string(token));
}

}  // namespace tradeauto
