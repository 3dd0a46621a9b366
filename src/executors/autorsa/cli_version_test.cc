#include "executors/autorsa/cli_version.h"

#include <gtest/gtest.h>

#include "testing/temp_folder.h"

namespace tradeauto {
namespace {

TEST(CliVersionTest, IsTheFirstWholeLineOfARun) {
  EXPECT_EQ(version_in("Platform: linux\nRSA Version: 2.2.0\n\nRSA Version: 9.9.9\n"), "2.2.0");
  EXPECT_EQ(version_in("RSA Version: 2.3.0rc1\n"), "2.3.0rc1");
  EXPECT_EQ(version_in("RSA Version: 2.2"), "") << "half a line";
  EXPECT_EQ(version_in("its RSA Version: 2.2.0\n"), "");
  EXPECT_EQ(version_in("RSA Version: <b>\n"), "unknown");
  EXPECT_EQ(version_in(""), "");
}

TEST(CliVersionTest, ComesFromTheRecordsOfTheEnvironmentOnlyForItsOwnScript) {
  const TempFolder folder;
  const std::filesystem::path info = folder.path() / "lib/python3.12/site-packages/auto_rsa_bot-2.2.0.dist-info";
  std::filesystem::create_directories(info);
  std::filesystem::create_directories(folder.path() / "bin");
  std::ofstream(folder.path() / "bin/auto_rsa_bot") << "0123456789";
  std::ofstream(info / "RECORD") << "a.py,sha256=x,5\r\n../../../bin/auto_rsa_bot,sha256=y,10\r\n";
  EXPECT_EQ(recorded_version(folder.path() / "bin/auto_rsa_bot"), "2.2.0");
  std::ofstream(folder.path() / "bin/auto_rsa_bot") << "something else";
  EXPECT_EQ(recorded_version(folder.path() / "bin/auto_rsa_bot"), "");
  EXPECT_EQ(recorded_version(folder.path() / "bin/nothing"), "");
}

}  // namespace
}  // namespace tradeauto
