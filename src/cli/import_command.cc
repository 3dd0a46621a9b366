#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/command_set.h"
#include "cli/help.h"
#include "cli/import_run.h"
#include "cli/import_url.h"
#include "cli/input.h"
#include "net/address.h"

namespace tradeauto {
namespace {

constexpr std::size_t kFileLimit = 1UL << 20;

struct ImportFlags {
  std::string legacy_redis;
  std::string password_file;
  std::string autorsa_env;
  std::string group;
  bool dry_run = false;
  std::vector<std::string> words;  // none is allowed; caught here, so that a URL given as one is not quoted
};

Error usage(std::string message) { return make_error(ErrorCode::invalid_argument, "bad_import", std::move(message)); }

Result<void> check(const ImportFlags& flags) {
  const bool redis = !flags.legacy_redis.empty();
  const bool env = !flags.autorsa_env.empty();
  if (!flags.words.empty() || redis == env) {
    return usage("name one source, by its flag: --legacy-redis URL or --autorsa-env FILE");
  }
  if (env && flags.group.empty()) return usage("--autorsa-env needs --group NAME: a .env knows no groups");
  if (redis && !flags.group.empty())
    return usage("--group is for --autorsa-env: the original's Redis has its own groups");
  if (env && !flags.password_file.empty()) return usage("--redis-password-file is for --legacy-redis");
  return {};
}

Error unreadable(std::string_view flag, const std::string& file, std::string_view why) {
  return make_error(ErrorCode::invalid_argument, "file_unreadable", fmt::format("{} {}: {}", flag, file, why));
}

// All of a file that holds secrets; says so when others can read it too.
asio::awaitable<Result<SecretString>> read_secrets(Command& command, std::string flag, std::string file) {
  const bool is_stdin = file == "-";
  const int input = is_stdin ? command.context().input : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (input < 0) co_return unreadable(flag, file, std::generic_category().message(errno));
  struct stat status{};
  if (!is_stdin && ::fstat(input, &status) == 0) {
    if (S_ISDIR(status.st_mode)) {
      ::close(input);
      co_return unreadable(flag, file, "is a directory");
    }
    if (S_ISREG(status.st_mode) && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
      command.warn(fmt::format("warning: others can read {}; run: chmod 600 {}", file, file));
    }
  }
  auto text = co_await read_all(input, kFileLimit);
  if (!is_stdin) ::close(input);
  if (text.ok()) co_return SecretString(std::move(text).value());
  if (text.error().reason != "input_too_long") co_return std::move(text).error();
  co_return unreadable(flag, file, fmt::format("holds more than {} bytes", kFileLimit));
}

// The first line of the file; at a terminal, what a person types unseen.
asio::awaitable<Result<SecretString>> read_password(Command& command, std::string file) {
  if (file == "-" && command.context().stdin_is_terminal) {
    if (!command.may_ask()) co_return usage("--redis-password-file -: there is nothing to read it from");
    CO_TRY_VOID(write_all(command.context().err, "Password of the Redis: "));
    Result<std::string> typed = std::string();
    {
      const EchoOff hidden(command.context().input);
      typed = co_await read_line(command.context().input);
    }
    command.warn("");
    if (!typed.ok()) co_return std::move(typed).error();
    co_return SecretString(std::move(typed).value());
  }
  CO_TRY(const SecretString text, co_await read_secrets(command, "--redis-password-file", file));
  const std::string_view line = text.reveal().substr(0, text.reveal().find_first_of("\r\n"));
  if (line.empty()) co_return unreadable("--redis-password-file", file, "its first line is empty");
  co_return SecretString(std::string(line));
}

asio::awaitable<Result<ImportContents>> read_redis(Command& command, ImportFlags flags) {
  CO_TRY(RedisAddress address, parse_import_url(flags.legacy_redis));
  if (!is_loopback(address.host)) {
    command.warn(fmt::format("warning: what comes from the Redis at {} travels in clear, log-ins too", address.host));
  }
  if (!flags.password_file.empty()) {
    CO_TRY(address.password, co_await read_password(command, flags.password_file));
  }
  if (!address.user.empty() && address.password.empty()) {
    co_return usage("a user name in the URL needs --redis-password-file");
  }
  co_return co_await command.context().import_sources.legacy_redis(std::move(address));
}

asio::awaitable<Result<ImportContents>> read_env(Command& command, ImportFlags flags) {
  CO_TRY(const SecretString text, co_await read_secrets(command, "--autorsa-env", flags.autorsa_env));
  co_return command.context().import_sources.autorsa_env(text, flags.group);
}

asio::awaitable<Result<ExitCode>> import_from_source(Command& command, ImportFlags flags) {
  CO_TRY_VOID(check(flags));
  command.set_farewell("interrupted; nothing was changed");
  auto contents = flags.autorsa_env.empty() ? co_await read_redis(command, flags) : co_await read_env(command, flags);
  if (!contents.ok()) co_return std::move(contents).error();
  co_return co_await import_accounts(command, std::move(contents).value(), flags.dry_run);
}

}  // namespace

void add_import_command(const CommandSet& set) {
  CLI::App& import = add_verb(set.root, "import", "take over the accounts of the original pair, or of an AutoRSA .env",
                              "tradeauto import --legacy-redis redis://127.0.0.1:6379 --dry-run\n"
                              "tradeauto import --legacy-redis redis://reader@127.0.0.1:6379/0 \\\n"
                              "    --redis-password-file redis.password\n"
                              "tradeauto import --autorsa-env auto-rsa/.env --group family\n"
                              "pass autorsa | tradeauto import --autorsa-env - --group family --dry-run");
  set_footer(import,
             "The source is read once and never written. Accounts that are there already stay as they are, so that an "
             "import can be repeated. Accounts of a .env are named by brokerage and place: tradier-1, tradier-2.\n"
             "Exit codes: 0 all are taken or there already; 1 something was left (the report says why); 3 the source "
             "holds no account; 4 a password or token is refused; 8 no answer from the source or the server.");
  const auto flags = std::make_shared<ImportFlags>();
  import.add_option("--legacy-redis", flags->legacy_redis,
                    "redis://[USER@]HOST[:PORT][/DATABASE] of the original main server; no password in it");
  import.add_option("--redis-password-file", flags->password_file, "file with its password, - for standard input");
  import.add_option("--autorsa-env", flags->autorsa_env, "the .env of the AutoRSA CLI, - for standard input");
  import.add_option("--group", flags->group, "group for the accounts of a .env; it is added if there is none");
  import.add_flag("--dry-run", flags->dry_run, "look at the source and at the server, and change nothing");
  import.add_option("source", flags->words)->group("");
  run_on(set, import, [flags](Command& command) { return import_from_source(command, *flags); });
}

}  // namespace tradeauto
