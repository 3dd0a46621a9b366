#include "executors/autorsa/cli_version.h"

#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "executors/autorsa/folder_entries.h"

namespace tradeauto {
namespace {

constexpr std::string_view kLine = "RSA Version: ";
constexpr std::size_t kLongest = 32;

// RECORD has a line "../../../bin/auto_rsa_bot,sha256=…,SIZE" for the script.
bool records_script(const std::filesystem::path& record, std::uintmax_t size) {
  std::ifstream file(record);
  const std::string end = fmt::format(",{}", size);
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();  // as pip writes it
    if (line.starts_with("../../../bin/auto_rsa_bot,") && line.ends_with(end)) return true;
  }
  return false;
}

}  // namespace

std::string version_in(std::string_view out) {
  std::size_t at = out.starts_with(kLine) ? 0 : out.find("\n" + std::string(kLine));
  if (at == std::string_view::npos) return {};
  at += out[at] == '\n' ? 1 + kLine.size() : kLine.size();
  const auto end = out.find('\n', at);
  if (end == std::string_view::npos) return {};  // half a line
  const std::string_view version = out.substr(at, end - at);
  const bool plain = !version.empty() && version.size() <= kLongest &&
                     version.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz.+-") == std::string_view::npos;
  return plain ? std::string(version) : std::string("unknown");
}

std::string recorded_version(const std::filesystem::path& command) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(command, error);
  if (error) return {};
  const std::filesystem::path libraries = command.parent_path().parent_path() / "lib";
  for (const std::filesystem::path& python : folder_entries(libraries)) {
    for (const std::filesystem::path& entry : folder_entries(python / "site-packages")) {
      const std::string name = entry.filename().string();
      constexpr std::string_view kPackage = "auto_rsa_bot-";
      constexpr std::string_view kRecords = ".dist-info";
      if (!name.starts_with(kPackage) || !name.ends_with(kRecords)) continue;
      if (!records_script(entry / "RECORD", size)) continue;
      return name.substr(kPackage.size(), name.size() - kPackage.size() - kRecords.size());
    }
  }
  return {};
}

}  // namespace tradeauto
