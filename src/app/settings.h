#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tradeauto {

enum class SettingType : std::uint8_t { text, host, port, path, whole_number, seconds, on_off, list, choice };

// One setting, declared once: help, validation and docs/reference/settings.md come from this row.
struct SettingRow {
  std::string_view key;  // UPPER_SNAKE; environment TRADEAUTO_<KEY>; flag --key-with-dashes
  SettingType type = SettingType::text;
  std::string_view default_value;  // as text; empty: worked out at start, as the help says
  std::string_view allowed;        // choices separated by '|', or bounds "1..86400"
  std::string_view help;
};

std::span<const SettingRow> all_settings();
// nullptr when there is none.
const SettingRow* find_setting(std::string_view key);
// "--http-port" for "HTTP_PORT".
std::string flag_of(std::string_view key);
// Markdown of docs/reference/settings.md.
std::string settings_reference();

// Where a value comes from; the later in the list wins.
enum class SettingOrigin : std::uint8_t { built_in, file, environment, flag };
std::string_view to_string(SettingOrigin origin);

// The values of this process, each checked. Immutable after load().
class Settings {
 public:
  struct Sources {
    std::map<std::string, std::string> flags;        // KEY -> value, only those given
    std::map<std::string, std::string> environment;  // whole environment
    std::optional<std::filesystem::path>
        config_file;  // --config; without it configs/app.json in `working_directory` if it is there
    std::filesystem::path working_directory;
  };
  // Error: invalid_argument with a field for each faulty key: unknown_setting (with the nearest known one), bad_value
  // (with what is allowed and where the value came from); not_found for a named file that is not there.
  static Result<Settings> load(const Sources& sources);

  const std::string& text(std::string_view key) const;
  std::uint16_t port(std::string_view key) const;
  std::int64_t number(std::string_view key) const;
  std::chrono::seconds seconds(std::string_view key) const;
  bool is_on(std::string_view key) const;
  std::vector<std::string> list(std::string_view key) const;
  SettingOrigin origin(std::string_view key) const;
  // The same with its name: "default", "file PATH", "environment TRADEAUTO_KEY" or "flag --key".
  const std::string& where(std::string_view key) const;

 private:
  struct Value {
    std::string text;
    SettingOrigin origin = SettingOrigin::built_in;
    std::string where = "default";
  };
  const Value& at(std::string_view key) const;

  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace tradeauto
