#include "executors/autorsa/account_folder.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <openssl/sha.h>

#include "executors/autorsa/folder_entries.h"

namespace tradeauto {
namespace {

Error folder_failed(const std::filesystem::path& path, std::string_view cause) {
  return make_error(ErrorCode::internal, "autorsa_folder_failed", fmt::format("{}: {}", path.string(), cause));
}

// Names may begin with a dot, or be nothing but dots; '%' is in no name.
std::string folder_name(const std::string& name) { return name.starts_with('.') ? "%" + name : name; }

std::string login_name(Brokerage brokerage, const SecretString& identity) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  const std::string_view text = identity.reveal();
  ::SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string name(to_string(brokerage));
  name += '-';
  for (std::size_t i = 0; i < 8; ++i) name += fmt::format("{:02x}", digest.at(i));
  return name;
}

// Screenshots of a failed log-in, and other log-ins' sessions.
Result<void> tidy(const std::filesystem::path& account, const std::filesystem::path& own) {
  std::error_code error;
  for (const std::filesystem::path& entry : folder_entries(account)) {
    if (entry == own) continue;
    std::filesystem::remove_all(entry, error);
    if (error) return folder_failed(entry, error.message());
  }
  for (const std::filesystem::path& entry : folder_entries(own)) {
    if (entry.extension() == ".png") std::filesystem::remove(entry, error);
  }
  return {};
}

}  // namespace

Result<void> make_private_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder.parent_path(), error);
  if (error) return folder_failed(folder.parent_path(), error.message());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return folder_failed(folder, ::strerror(errno));
  if (::chmod(folder.c_str(), 0700) != 0) return folder_failed(folder, ::strerror(errno));
  return {};
}

Result<AccountFolder> take_account_folder(const std::filesystem::path& accounts, const AccountRef& account,
                                          Brokerage brokerage, const SecretString& identity) {
  TRY_VOID(make_private_folder(accounts));
  const std::filesystem::path group = accounts / folder_name(account.group.str());
  TRY_VOID(make_private_folder(group));
  const std::filesystem::path folder = group / folder_name(account.account.str());
  TRY_VOID(make_private_folder(folder));
  AccountFolder taken{.path = folder / login_name(brokerage, identity),
                      .lock = FileDescriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))};
  if (!taken.lock.is_open()) return folder_failed(folder, ::strerror(errno));
  if (::flock(taken.lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return folder_failed(folder, ::strerror(errno));
    return make_error(ErrorCode::unavailable, "run_still_alive",
                      "an earlier run of this account is still alive; nothing was started");
  }
  TRY_VOID(make_private_folder(taken.path));
  TRY_VOID(tidy(folder, taken.path));
  return taken;
}

}  // namespace tradeauto
