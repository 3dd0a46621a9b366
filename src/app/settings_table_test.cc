// Every row of the table, by flag, environment and file, with good values and with bad ones: a new row is tried by
// itself.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "app/config_command.h"
#include "app/settings.h"

namespace tradeauto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Values as a flag or a variable gives them, and as JSON gives them.
struct Samples {
  std::vector<std::string> good;
  std::vector<std::string> bad;
  std::vector<std::string> good_json;
  std::vector<std::string> bad_json;
};

std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at != std::string_view::npos;) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    at = end;
    if (end != std::string_view::npos) text.remove_prefix(end + separator.size());
  }
  return parts;
}

Samples number_samples(const SettingRow& row) {
  const auto bounds = split(row.allowed, "..");
  const std::string below = std::to_string(std::stoll(bounds.at(0)) - 1);
  const std::string& low = bounds.at(0);
  const std::string& high = bounds.at(1);
  return {.good = {low, high},
          .bad = {"", below, high + "0", "many", "1.5", " 1", "1 ", "0x1", "1e1", "99999999999999999999"},
          .good_json = {low, high, "\"" + low + "\""},
          .bad_json = {below, high + "0", "1.5", "true", "null", "[1]", "{}", "\"\"", "99999999999999999999"}};
}

Samples choice_samples(const SettingRow& row) {
  Samples samples{.good = split(row.allowed, "|"),
                  .bad = {"", "perhaps", " " + std::string(row.default_value), "ON"},
                  .good_json = {},
                  .bad_json = {"1", "null", "[\"on\"]", "{}", "\"\""}};
  for (const std::string& good : samples.good) samples.good_json.push_back("\"" + good + "\"");
  for (const auto& [json, word] : {std::pair{"true", "on"}, std::pair{"false", "off"}}) {
    const bool may = std::ranges::find(samples.good, word) != samples.good.end();
    (may ? samples.good_json : samples.bad_json).emplace_back(json);
  }
  return samples;
}

Samples samples_of(const SettingRow& row) {
  switch (row.type) {
    case SettingType::port:
    case SettingType::whole_number:
    case SettingType::seconds: return number_samples(row);
    case SettingType::on_off:
    case SettingType::choice: return choice_samples(row);
    case SettingType::host:
      return {.good = {"localhost", "0.0.0.0", "::1", "[::1]"},
              .bad = {"", "a b", "http://a", "a\n"},
              .good_json = {"\"a.example\""},
              .bad_json = {"\"\"", "1", "true", "[\"a\"]", "null"}};
    case SettingType::list:
      return {.good = {"", "a", "a,b"},
              .bad = {std::string("a\0b", 3)},
              .good_json = {"\"a,b\"", "[]", "[\"a\",\"b\"]"},
              .bad_json = {"1", "true", "[1]", "[\"a,b\"]", "{}", "\"\\u0000\"", "null"}};
    case SettingType::text:
    case SettingType::path:
      return {.good = {"", "a", "a b"},
              .bad = {std::string("a\0b", 3)},
              .good_json = {"\"a\""},
              .bad_json = {"1", "true", "[\"a\"]", "{}", "\"\\u0000\"", "null"}};
  }
  return {};
}

class SettingsTableTest : public testing::Test {
 protected:
  SettingsTableTest() {
    std::string name = (std::filesystem::temp_directory_path() / "tradeauto-settings-XXXXXX").string();
    dir_ = ::mkdtemp(name.data());
    sources_.working_directory = dir_;
  }
  ~SettingsTableTest() override { std::filesystem::remove_all(dir_); }

  Result<Settings> by_flag(const SettingRow& row, const std::string& value) const {
    Settings::Sources sources = sources_;
    sources.flags = {{std::string(row.key), value}};
    return Settings::load(sources);
  }
  Result<Settings> by_environment(const SettingRow& row, const std::string& value) const {
    Settings::Sources sources = sources_;
    sources.environment = {{"TRADEAUTO_" + std::string(row.key), value}};
    return Settings::load(sources);
  }
  Result<Settings> by_file(std::string_view key, const std::string& json) const {
    return by_text("{\"" + std::string(key) + "\": " + json + "}");
  }
  Result<Settings> by_text(const std::string& text) const {
    Settings::Sources sources = sources_;
    sources.config_file = dir_ / "app.json";
    std::ofstream(*sources.config_file) << text;
    return Settings::load(sources);
  }

  static void is_taken(const Result<Settings>& settings, const SettingRow& row, const std::string& where) {
    ASSERT_TRUE(settings.ok()) << row.key << ": " << settings.error().message;
    EXPECT_EQ(settings->where(row.key), where);
  }
  // One fault, of this key, which says where the value came from and what would be right.
  static void is_refused(const Result<Settings>& settings, const SettingRow& row, const std::string& value,
                         const std::string& where) {
    ASSERT_FALSE(settings.ok()) << row.key << " took \"" << value << "\" from " << where;
    ASSERT_EQ(settings.error().fields.size(), 1U);
    const FieldError& fault = settings.error().fields[0];
    EXPECT_EQ(fault.pointer, row.key);
    EXPECT_EQ(fault.code, "bad_value");
    EXPECT_THAT(fault.detail, HasSubstr(std::string(row.key)));
    EXPECT_THAT(fault.detail, HasSubstr("(from " + where + "): give "));
  }

  std::filesystem::path dir_;
  Settings::Sources sources_;
};

TEST_F(SettingsTableTest, EveryDefaultIsAGoodValue) {
  const auto built_in = Settings::load(sources_);
  ASSERT_TRUE(built_in.ok());
  for (const SettingRow& row : all_settings()) {
    EXPECT_EQ(built_in->where(row.key), "default");
    is_taken(by_flag(row, built_in->text(row.key)), row, "flag " + flag_of(row.key));
  }
}

TEST_F(SettingsTableTest, EverySettingTakesItsGoodValuesFromEverywhere) {
  for (const SettingRow& row : all_settings()) {
    const Samples samples = samples_of(row);
    for (const std::string& good : samples.good) {
      const auto flag = by_flag(row, good);
      is_taken(flag, row, "flag " + flag_of(row.key));
      if (flag.ok()) EXPECT_EQ(flag->text(row.key), good);
      is_taken(by_environment(row, good), row, "environment TRADEAUTO_" + std::string(row.key));
    }
    for (const std::string& good : samples.good_json) {
      is_taken(by_file(row.key, good), row, "file " + (dir_ / "app.json").string());
    }
  }
}

TEST_F(SettingsTableTest, EverySettingRefusesBadValuesFromEverywhere) {
  for (const SettingRow& row : all_settings()) {
    const Samples samples = samples_of(row);
    for (const std::string& bad : samples.bad) {
      is_refused(by_flag(row, bad), row, bad, "flag " + flag_of(row.key));
      is_refused(by_environment(row, bad), row, bad, "environment TRADEAUTO_" + std::string(row.key));
    }
    for (const std::string& bad : samples.bad_json) {
      is_refused(by_file(row.key, bad), row, bad, "file " + (dir_ / "app.json").string());
    }
  }
}

TEST_F(SettingsTableTest, ForEverySettingAFlagBeatsTheEnvironmentBeatsTheFile) {
  for (const SettingRow& row : all_settings()) {
    const Samples samples = samples_of(row);
    Settings::Sources sources = sources_;
    sources.config_file = dir_ / "app.json";
    std::ofstream(*sources.config_file) << "{\"" << row.key << "\": " << samples.good_json.front() << "}";
    sources.environment = {{"TRADEAUTO_" + std::string(row.key), samples.good.back()}};
    EXPECT_EQ(Settings::load(sources)->text(row.key), samples.good.back()) << row.key;
    EXPECT_EQ(Settings::load(sources)->origin(row.key), SettingOrigin::environment) << row.key;
    sources.flags = {{std::string(row.key), samples.good.front()}};
    EXPECT_EQ(Settings::load(sources)->text(row.key), samples.good.front()) << row.key;
    EXPECT_EQ(Settings::load(sources)->origin(row.key), SettingOrigin::flag) << row.key;
  }
}

TEST_F(SettingsTableTest, EveryKeyIsFoundAgainByItsNearest) {
  for (const SettingRow& row : all_settings()) {
    const std::string key = std::string(row.key) + "X";
    ASSERT_EQ(find_setting(key), nullptr);
    const auto settings = by_file(key, "\"1\"");
    ASSERT_FALSE(settings.ok());
    EXPECT_EQ(settings.error().fields.at(0).code, "unknown_setting");
    EXPECT_THAT(settings.error().fields.at(0).detail, HasSubstr("did you mean " + std::string(row.key) + "?"));
  }
}

TEST_F(SettingsTableTest, ASecretIsReadFromAFileAlone) {
  for (const SettingRow& row : all_settings()) {
    const bool is_secret =
        std::ranges::any_of(std::array{"PASSWORD", "SECRET", "TOKEN", "_KEY"},
                            [&](std::string_view word) { return row.key.find(word) != std::string_view::npos; });
    if (!is_secret) continue;
    EXPECT_TRUE(row.key.ends_with("_FILE")) << row.key << " would stand in an argv or in a settings file";
    EXPECT_EQ(row.type, SettingType::path) << row.key;
  }
}

TEST_F(SettingsTableTest, AllFaultsAreToldAtOnce) {
  const auto settings = by_text(R"({"HTTP_PORT": 0.5, "LOG_LEVEL": "loud", "nothing like it": 1, "GRPC_HOST": null})");
  ASSERT_FALSE(settings.ok());
  EXPECT_EQ(settings.error().fields.size(), 4U);
}

TEST_F(SettingsTableTest, TheOriginalsOwnFileIsObeyedWithAWarning) {
  const auto settings = by_text(
      R"({"MAIN_SERVER_HOST": "localhost", "MAIN_SERVER_PORT": 8080, "TASK_FETCHER_HOST": "0.0.0.0", "TASK_FETCHER_PORT": 50051})");
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->port("MAIN_SERVER_PORT"), 8080);
  EXPECT_EQ(settings->text("TASK_FETCHER_HOST"), "0.0.0.0");
  EXPECT_THAT(settings_warnings(*settings), ElementsAre(HasSubstr("TASK_FETCHER_HOST = 0.0.0.0")));
}

TEST_F(SettingsTableTest, WhatIsRiskyIsWarnedOf) {
  EXPECT_THAT(settings_warnings(*Settings::load(sources_)), IsEmpty());
  const auto settings =
      by_text(R"({"AUTH": false, "STORE_ALLOW_LOSS": true, "ALLOW_PLAINTEXT_BEYOND_LOOPBACK": "on"})");
  EXPECT_THAT(settings_warnings(*settings),
              ElementsAre(HasSubstr("ALLOW_PLAINTEXT"), HasSubstr("AUTH = off"), HasSubstr("STORE_ALLOW_LOSS")));
}

TEST_F(SettingsTableTest, AllAreShownWithTheirOriginAndWithoutPasswords) {
  const auto settings = by_text(R"({"STORE": "redis://me:pa@ss@[::1]:6379/1", "HTTP_PORT": 1})");
  const Rows rows = rows_of_settings(*settings, true);
  EXPECT_EQ(rows.names.size(), all_settings().size());
  const std::string text = render(rows, {.format = OutputFormat::csv});
  EXPECT_THAT(text, HasSubstr("key,value,origin\n"));
  EXPECT_THAT(text, HasSubstr("STORE,redis://me:***@[::1]:6379/1,"));
  EXPECT_THAT(text, HasSubstr("HTTP_PORT,1,file "));
  EXPECT_THAT(text, HasSubstr("GRPC_PORT,50052,default\n"));
  EXPECT_THAT(render(rows_of_settings(*settings, false), {.format = OutputFormat::yaml}), Not(HasSubstr("origin")));
}

}  // namespace
}  // namespace tradeauto
