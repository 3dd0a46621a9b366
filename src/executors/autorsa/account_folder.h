#pragma once

#include <filesystem>

#include "base/result.h"
#include "base/secret.h"
#include "domain/brokerage.h"
#include "domain/names.h"
#include "executors/process/file_descriptor.h"

namespace tradeauto {

// An account's own working directory, with the lock that its run holds.
struct AccountFolder {
  std::filesystem::path path;
  FileDescriptor lock;
};

// Makes the folder (0700) below `accounts` and takes its lock. The CLI keeps sessions there under the number of a
// log-in, not under its name, and they win over the credentials: so another log-in under the same account gets an empty
// folder, and the old one is removed. `identity` is login_identity(). Blocks. Failure: Effect::none: unavailable
// (run_still_alive) while a process of an earlier run lives; internal (autorsa_folder_failed).
Result<AccountFolder> take_account_folder(const std::filesystem::path& accounts, const AccountRef& account,
                                          Brokerage brokerage, const SecretString& identity);

// Makes a folder for its owner alone. Failure: internal (autorsa_folder_failed) with path and cause.
Result<void> make_private_folder(const std::filesystem::path& folder);

}  // namespace tradeauto
