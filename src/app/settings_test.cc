#include "app/settings.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "app/data_paths.h"

namespace tradeauto {
namespace {

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() {
    std::string name = (std::filesystem::temp_directory_path() / "tradeauto-settings-XXXXXX").string();
    dir_ = ::mkdtemp(name.data());
    sources_.working_directory = dir_;
  }
  ~SettingsTest() override { std::filesystem::remove_all(dir_); }

  void write_config(const std::string& text) {
    std::filesystem::create_directories(dir_ / "configs");
    std::ofstream(dir_ / "configs/app.json") << text;
  }

  std::filesystem::path dir_;
  Settings::Sources sources_;
};

TEST_F(SettingsTest, FlagBeatsEnvironmentBeatsFileBeatsDefault) {
  EXPECT_EQ(Settings::load(sources_)->port("HTTP_PORT"), 8000);
  write_config(R"({"HTTP_PORT": "1001", "GRPC_PORT": 1002, "LEASE_SECONDS": 7})");
  sources_.environment = {{"TRADEAUTO_HTTP_PORT", "2001"}, {"TRADEAUTO_GRPC_PORT", "2002"}, {"HOME", "/nowhere"}};
  sources_.flags = {{"HTTP_PORT", "3001"}};
  const auto settings = Settings::load(sources_);
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->port("HTTP_PORT"), 3001);
  EXPECT_EQ(settings->port("GRPC_PORT"), 2002);
  EXPECT_EQ(settings->seconds("LEASE_SECONDS").count(), 7);
  EXPECT_EQ(settings->origin("HTTP_PORT"), SettingOrigin::flag);
  EXPECT_EQ(settings->origin("LEASE_SECONDS"), SettingOrigin::file);
  EXPECT_EQ(settings->origin("LOG_LEVEL"), SettingOrigin::built_in);
}

TEST_F(SettingsTest, AnUnknownKeyIsNamedWithTheNearestKnownOne) {
  write_config(R"({"HTTP_PROT": 1})");
  const auto settings = Settings::load(sources_);
  ASSERT_FALSE(settings.ok());
  EXPECT_EQ(settings.error().fields.at(0).code, "unknown_setting");
  EXPECT_NE(settings.error().fields.at(0).detail.find("did you mean HTTP_PORT?"), std::string::npos);
}

TEST_F(SettingsTest, EveryBadValueIsNamedWithWhatIsAllowed) {
  sources_.flags = {{"HTTP_PORT", "70000"}, {"LOG_LEVEL", "loud"}, {"LEASE_SECONDS", "1.5"}, {"GRPC_HOST", ""}};
  const auto settings = Settings::load(sources_);
  ASSERT_FALSE(settings.ok());
  EXPECT_EQ(settings.error().fields.size(), 4U);
  for (const FieldError& field : settings.error().fields) EXPECT_EQ(field.code, "bad_value") << field.detail;
}

TEST_F(SettingsTest, ABrokenFileIsNamed) {
  write_config("{not json");
  EXPECT_EQ(Settings::load(sources_).error().reason, "config_not_json");
  write_config(R"({"HTTP_PORT": 1, "HTTP_PORT": 2})");
  EXPECT_NE(Settings::load(sources_).error().message.find("HTTP_PORT"), std::string::npos);
  sources_.config_file = dir_ / "nowhere.json";
  EXPECT_EQ(Settings::load(sources_).error().reason, "config_unreadable");
}

TEST_F(SettingsTest, TheReferencePageIsWhatTheTableSays) {
  std::ifstream in(std::filesystem::path(TRADEAUTO_TEST_DATA) / "../../docs/reference/settings.md");
  const std::string page((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_EQ(page, settings_reference()) << "run: tradeauto config reference > docs/reference/settings.md";
}

TEST(DataPathsTest, DefaultFollowsXdgThenHome) {
  EXPECT_EQ(default_data_dir({{"XDG_DATA_HOME", "/x"}, {"HOME", "/h"}}), "/x/tradeauto");
  EXPECT_EQ(default_data_dir({{"HOME", "/h"}}), "/h/.local/share/tradeauto");
  EXPECT_EQ(default_data_dir({}), "/var/lib/tradeauto");
}

TEST_F(SettingsTest, ARunningServerTellsWhereItListens) {
  EXPECT_FALSE(read_http_address(dir_ / "http.address").has_value());
  ASSERT_TRUE(write_http_address(dir_ / "http.address", {.host = "h", .port = 1, .fingerprint = {}}).ok());
  EXPECT_EQ(read_http_address(dir_ / "http.address")->fingerprint, "");
  ASSERT_TRUE(write_http_address(dir_ / "http.address", {.host = "::1", .port = 4711, .fingerprint = "ab"}).ok());
  const auto found = read_http_address(dir_ / "http.address");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->host, "::1");
  EXPECT_EQ(found->port, 4711);
  EXPECT_EQ(found->fingerprint, "ab");
  std::ofstream(dir_ / "http.address") << "::1 4711 1 1\n";
  EXPECT_FALSE(read_http_address(dir_ / "http.address").has_value()) << "left by a process that is no more";
  EXPECT_EQ(write_http_address(dir_ / "nowhere/http.address", *found).error().reason, "address_file");
}

}  // namespace
}  // namespace tradeauto
