#include "app/settings.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "http/json_reader.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::string_view kEnvironmentPrefix = "TRADEAUTO_";

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool in_bounds(std::string_view text, std::string_view bounds) {
  const auto value = parse_number(text);
  const auto dots = bounds.find("..");
  return value && *value >= parse_number(bounds.substr(0, dots)).value() &&
         *value <= parse_number(bounds.substr(dots + 2)).value();
}

bool is_choice(std::string_view text, std::string_view choices) {
  while (true) {
    const auto bar = choices.find('|');
    if (choices.substr(0, bar) == text) return true;
    if (bar == std::string_view::npos) return false;
    choices.remove_prefix(bar + 1);
  }
}

bool is_valid(const SettingRow& row, std::string_view text) {
  switch (row.type) {
    case SettingType::port:
    case SettingType::whole_number:
    case SettingType::seconds: return in_bounds(text, row.allowed);
    case SettingType::on_off:
    case SettingType::choice: return is_choice(text, row.allowed);
    case SettingType::host: return !text.empty() && text.find_first_of(" \t\r\n/") == std::string_view::npos;
    case SettingType::text:
    case SettingType::path:
    case SettingType::list: return text.find('\0') == std::string_view::npos;
  }
  return false;
}

std::string what_is_allowed(const SettingRow& row) {
  std::string allowed(row.allowed);
  switch (row.type) {
    case SettingType::port: return "a port number " + allowed.replace(allowed.find(".."), 2, " to ");
    case SettingType::whole_number: return "a whole number " + allowed.replace(allowed.find(".."), 2, " to ");
    case SettingType::seconds: return "whole seconds " + allowed.replace(allowed.find(".."), 2, " to ");
    case SettingType::on_off: return "on or off";
    case SettingType::choice: {
      std::ranges::replace(allowed, '|', ' ');
      return "one of: " + allowed;
    }
    case SettingType::host: return "a host name or address";
    case SettingType::list: return "texts, separated by commas, or a list of such strings";
    case SettingType::text:
    case SettingType::path: break;
  }
  return "text";
}

// The usual edit distance; the table is small.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

FieldError unknown_setting(std::string_view key, std::string_view where) {
  const auto nearest =
      std::ranges::min_element(all_settings(), {}, [&](const SettingRow& row) { return distance(row.key, key); });
  std::string detail = fmt::format("{} (from {}) is no setting", key, where);
  if (distance(nearest->key, key) <= 4) detail += fmt::format("; did you mean {}?", nearest->key);
  return {.pointer = std::string(key), .code = "unknown_setting", .detail = std::move(detail)};
}

FieldError bad_value(const SettingRow& row, std::string_view given, std::string_view where) {
  return {.pointer = std::string(row.key),
          .code = "bad_value",
          .detail = fmt::format("{}{} (from {}): give {}", row.key, given, where, what_is_allowed(row))};
}

bool is_numeric(SettingType type) {
  return type == SettingType::port || type == SettingType::whole_number || type == SettingType::seconds;
}

std::optional<std::string> list_text(const json::array& items) {
  std::string joined;
  for (const json::value& item : items) {
    if (!item.is_string() || std::string_view(item.get_string()).find(',') != std::string_view::npos) {
      return std::nullopt;
    }
    if (!joined.empty()) joined += ',';
    joined += std::string_view(item.get_string());
  }
  return joined;
}

// A value of the file as text; nothing when a setting of this type has no such kind of value.
std::optional<std::string> file_text(SettingType type, const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_int64() && is_numeric(type)) return std::to_string(value.get_int64());
  const bool is_switch = type == SettingType::on_off || type == SettingType::choice;
  if (value.is_bool() && is_switch) return value.get_bool() ? "on" : "off";
  if (value.is_array() && type == SettingType::list) return list_text(value.get_array());
  return std::nullopt;
}

Result<json::object> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return make_error(ErrorCode::not_found, "config_unreadable",
                      fmt::format("--config = {}: the file cannot be read", path.string()));
  }
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  auto object = parse_object(text, "the file");
  if (object.ok()) return object;
  std::string message =
      fmt::format("--config = {}: {}; give a JSON object of settings", path.string(), object.error().message);
  for (const FieldError& field : object.error().fields) message += fmt::format(" ({})", field.pointer);
  return make_error(ErrorCode::invalid_argument, "config_not_json", std::move(message));
}

}  // namespace

Result<Settings> Settings::load(const Sources& sources) {
  Settings settings;
  std::vector<FieldError> faults;
  for (const SettingRow& row : all_settings())
    settings.values_[std::string(row.key)] = {std::string(row.default_value)};

  const auto known = [&](std::string_view key, std::string_view where) {
    const SettingRow* row = find_setting(key);
    if (row == nullptr) faults.push_back(unknown_setting(key, where));
    return row;
  };
  const auto take = [&](const SettingRow& row, std::string value, SettingOrigin origin, std::string where) {
    if (is_valid(row, value)) {
      settings.values_[std::string(row.key)] = {.text = std::move(value), .origin = origin, .where = std::move(where)};
    } else {
      faults.push_back(bad_value(row, fmt::format(" = \"{}\"", value), where));
    }
  };

  std::optional<std::filesystem::path> file = sources.config_file;
  if (!file && std::filesystem::exists(sources.working_directory / "configs/app.json")) {
    file = sources.working_directory / "configs/app.json";
  }
  if (file) {
    TRY(const json::object object, read_file(*file));
    const std::string where = fmt::format("{} {}", to_string(SettingOrigin::file), file->string());
    for (const auto& item : object) {
      const SettingRow* row = known(item.key(), where);
      if (row == nullptr) continue;
      if (auto text = file_text(row->type, item.value())) {
        take(*row, std::move(*text), SettingOrigin::file, where);
      } else {
        faults.push_back(bad_value(*row, "", where));
      }
    }
  }
  for (const auto& [name, value] : sources.environment) {
    if (!name.starts_with(kEnvironmentPrefix)) continue;
    const std::string where = fmt::format("{} {}", to_string(SettingOrigin::environment), name);
    if (const auto* row = known(std::string_view(name).substr(kEnvironmentPrefix.size()), where)) {
      take(*row, value, SettingOrigin::environment, where);
    }
  }
  for (const auto& [key, value] : sources.flags) {
    const std::string where = fmt::format("{} {}", to_string(SettingOrigin::flag), flag_of(key));
    if (const auto* row = known(key, where)) take(*row, value, SettingOrigin::flag, where);
  }

  if (faults.empty()) return settings;
  Error error = make_error(ErrorCode::invalid_argument, "bad_settings", faults.front().detail);
  error.fields = std::move(faults);
  return error;
}

const Settings::Value& Settings::at(std::string_view key) const {
  const auto it = values_.find(key);
  if (it == values_.end()) throw std::logic_error("no such setting: " + std::string(key));
  return it->second;
}

const std::string& Settings::text(std::string_view key) const { return at(key).text; }
std::uint16_t Settings::port(std::string_view key) const { return static_cast<std::uint16_t>(number(key)); }
std::int64_t Settings::number(std::string_view key) const { return parse_number(at(key).text).value(); }
std::chrono::seconds Settings::seconds(std::string_view key) const { return std::chrono::seconds(number(key)); }
bool Settings::is_on(std::string_view key) const { return at(key).text == "on"; }
SettingOrigin Settings::origin(std::string_view key) const { return at(key).origin; }
const std::string& Settings::where(std::string_view key) const { return at(key).where; }

std::vector<std::string> Settings::list(std::string_view key) const {
  std::vector<std::string> items;
  std::string_view rest = at(key).text;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    if (const auto item = rest.substr(0, comma); !item.empty()) items.emplace_back(item);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return items;
}

}  // namespace tradeauto
