#include "executors/autorsa/autorsa_install.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "executors/autorsa/embedded_locks.h"
#include "executors/autorsa/fake_cli_test.h"

namespace tradeauto {
namespace {

// A Python that makes environments, whose pip installs a tool that pip's records name. `broken` beside it makes pip
// fail.
constexpr const char* kFakePython = R"sh(#!/bin/sh
if [ "$1" = -I ]; then echo "3.12 $0"; exit 0; fi
if [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && echo "$(dirname "$0")" > "$3/origin"; exit 0; fi
home=$(dirname "$(dirname "$0")")
origin=$(cat "$home/origin")
echo "$@" >> "$origin/pip"
env >> "$origin/pip-environment"
if [ -f "$origin/broken" ]; then echo "ERROR: no route to https://me:secret@index/simple" >&2; exit 1; fi
cat > "$home/bin/auto_rsa_bot" < "$origin/tool"
chmod +x "$home/bin/auto_rsa_bot"
info="$home/lib/python3.12/site-packages/auto_rsa_bot-2.2.0.dist-info"
mkdir -p "$info"
echo "../../../bin/auto_rsa_bot,sha256=x,$(wc -c < "$home/bin/auto_rsa_bot")" > "$info/RECORD"
)sh";

class AutorsaInstallTest : public ::testing::Test {
 protected:
  AutorsaInstallTest() {
    folder_.write("python", kFakePython);
    std::filesystem::permissions(folder_.path() / "python", std::filesystem::perms::owner_all);
    folder_.write("tool", kFakeCli);
    settings_ = {.dir = folder_.path() / "data/autorsa",
                 .command = {},
                 .python = (folder_.path() / "python").string(),
                 .supervisor = TRADEAUTO_SUPERVISOR,
                 .environment = {{"PATH", "/usr/bin:/bin"}, {"PIP_INDEX_URL", "https://index"}}};
  }
  Result<InstallStatus> install() {
    return run_async(context_, install_autorsa(settings_, clock_, [this](std::string_view) { ++steps_; }));
  }
  InstallStatus status() { return run_async(context_, autorsa_status(settings_, clock_)); }

  TempFolder folder_;
  SystemClock clock_;
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_ = asio::make_work_guard(context_);
  InstallSettings settings_;
  int steps_ = 0;
};

TEST_F(AutorsaInstallTest, MakesTheEnvironmentOnce) {
  EXPECT_FALSE(status().available);
  EXPECT_NE(status().problem.find("tradeauto autorsa install"), std::string::npos);
  const auto installed = install();
  ASSERT_TRUE(installed.ok()) << installed.error().message;
  EXPECT_TRUE(installed->available);
  EXPECT_EQ(installed->version, "2.2.0");
  EXPECT_EQ(installed->command, settings_.dir / "venv/bin/auto_rsa_bot");
  EXPECT_EQ(status().problem, "");
  const std::string pip = folder_.read("pip");
  EXPECT_NE(pip.find("--require-hashes --requirement"), std::string::npos) << pip;
  EXPECT_NE(pip.find("--require-hashes --no-build-isolation --requirement"), std::string::npos) << pip;
  EXPECT_NE(folder_.read("pip-environment").find("PIP_INDEX_URL=https://index"), std::string::npos);
  EXPECT_GT(steps_, 0);

  steps_ = 0;
  EXPECT_TRUE(install().ok());
  EXPECT_EQ(folder_.read("pip"), pip) << "there is nothing to do";
}

TEST_F(AutorsaInstallTest, AFailureLeavesTheEarlierOneInUseAndNothingHalfMade) {
  ASSERT_TRUE(install().ok());
  std::ofstream(settings_.dir / "venv/requirements.lock") << "of an earlier program";
  folder_.write("broken", "x");
  const auto failed = install();
  ASSERT_FALSE(failed.ok());
  EXPECT_NE(failed.error().message.find("no route to"), std::string::npos) << failed.error().message;
  EXPECT_EQ(failed.error().message.find("secret"), std::string::npos) << failed.error().message;
  EXPECT_TRUE(status().available);
  std::filesystem::remove(folder_.path() / "broken");
  ASSERT_TRUE(install().ok());
  EXPECT_EQ(std::filesystem::read_symlink(settings_.dir / "venv"), "venv-2.2.0-2");
}

TEST_F(AutorsaInstallTest, StatusAsksAToolThatNoRecordKnows) {
  const FakeCli cli;
  settings_.command = cli.command();
  cli.folder().write("version", "2.1.9");
  EXPECT_EQ(status().version, "2.1.9");
  EXPECT_TRUE(status().available);
  EXPECT_NE(status().problem.find("2.2.0"), std::string::npos);
  settings_.command = "/nonexistent/auto_rsa_bot";
  EXPECT_FALSE(status().available);
  EXPECT_NE(status().problem.find("AUTORSA_COMMAND = \"/nonexistent/auto_rsa_bot\""), std::string::npos);
  settings_.command = "/bin/true";
  EXPECT_FALSE(status().available);
}

TEST(EmbeddedLocksTest, AreWhole) {
  EXPECT_TRUE(build_requirements_lock().starts_with("# Build tool"));
  EXPECT_NE(requirements_lock().find("auto_rsa_bot==2.2.0"), std::string_view::npos);
  EXPECT_TRUE(requirements_lock().ends_with('\n'));
}

}  // namespace
}  // namespace tradeauto
