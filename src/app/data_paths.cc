#include "app/data_paths.h"

#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

namespace tradeauto {
namespace {

std::filesystem::path or_default(const std::string& value, std::filesystem::path fallback) {
  return value.empty() ? std::move(fallback) : std::filesystem::absolute(value);
}

// When a process started, in the kernel's ticks (proc(5), /proc/PID/stat, field 22): with its number it names a process
// for ever. Empty if there is none.
std::string started_at(pid_t process) {
  std::ifstream in(fmt::format("/proc/{}/stat", process));
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto name_end = text.rfind(')');  // the name before it may hold anything
  if (name_end == std::string::npos) return {};
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  for (int number = 3; number <= 22; ++number) fields >> field;
  return field;
}

}  // namespace

std::filesystem::path default_data_dir(const std::map<std::string, std::string>& environment) {
  const auto get = [&](const char* name) {
    const auto it = environment.find(name);
    return it == environment.end() ? std::string() : it->second;
  };
  if (const std::string xdg = get("XDG_DATA_HOME"); !xdg.empty()) return std::filesystem::path(xdg) / "tradeauto";
  const std::string home = get("HOME");
  if (home.empty()) return "/var/lib/tradeauto";
  return std::filesystem::path(home) / ".local/share/tradeauto";
}

DataPaths data_paths(const Settings& settings, const std::map<std::string, std::string>& environment) {
  DataPaths paths;
  paths.data_dir = or_default(settings.text("DATA_DIR"), default_data_dir(environment));
  paths.database = paths.data_dir / "tradeauto.db";
  paths.master_key = or_default(settings.text("MASTER_KEY_FILE"), paths.data_dir / "master.key");
  paths.admin_token = paths.data_dir / "admin.token";
  paths.http_address = paths.data_dir / "http.address";
  paths.worker_dir = paths.data_dir / "worker";
  paths.worker_http_address = paths.worker_dir / "http.address";
  paths.paper_dir = or_default(settings.text("PAPER_DIR"), paths.data_dir / "paper");
  paths.autorsa_dir = paths.data_dir / "autorsa";
  return paths;
}

Result<void> write_http_address(const std::filesystem::path& file, const HttpAddress& address) {
  // Under another name first: a reader never sees half of it.
  const std::filesystem::path draft = file.string() + ".new";
  errno = 0;
  std::ofstream out(draft, std::ios::trunc);
  out << address.host << ' ' << address.port << ' ' << ::getpid() << ' ' << started_at(::getpid()) << ' '
      << address.fingerprint << '\n';
  out.close();
  std::error_code failed(out ? 0 : errno, std::generic_category());
  if (out) std::filesystem::rename(draft, file, failed);
  if (out && !failed) return {};
  return make_error(ErrorCode::internal, "address_file",
                    fmt::format("DATA_DIR: {} cannot be written: {}. Make room there, or name another directory with "
                                "DATA_DIR",
                                file.string(), failed.message()));
}

std::optional<HttpAddress> read_http_address(const std::filesystem::path& file) {
  std::ifstream in(file);
  HttpAddress address;
  pid_t server = 0;
  std::string started;
  if (!(in >> address.host >> address.port >> server >> started)) return std::nullopt;
  // After a kill -9 the port may be somebody else's by now, who must not be told the token.
  if (started != started_at(server)) return std::nullopt;
  in >> address.fingerprint;  // there is none without TLS
  return address;
}

std::filesystem::path token_path(const Settings& settings, const std::map<std::string, std::string>& environment) {
  if (const std::string& named = settings.text("TOKEN_FILE"); !named.empty()) return named;
  const std::filesystem::path own = data_paths(settings, environment).admin_token;
  const std::filesystem::path common = default_data_dir(environment) / "admin.token";
  std::error_code error;
  return !std::filesystem::exists(own, error) && std::filesystem::exists(common, error) ? common : own;
}

}  // namespace tradeauto
