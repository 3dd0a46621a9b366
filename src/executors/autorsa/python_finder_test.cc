#include "executors/autorsa/python_finder.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "testing/run_async.h"
#include "testing/temp_folder.h"

namespace tradeauto {
namespace {

class PythonFinderTest : public ::testing::Test {
 protected:
  // A program that answers the probe as a Python of this version, or does not run at all.
  std::string python(const std::string& name, const std::string& version) {
    const std::filesystem::path path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << (version.empty() ? "#!/bin/sh\nexit 127\n"
                                            : "#!/bin/sh\necho \"" + version + " " + path.string() + "\"\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path.string();
  }
  Result<FoundPython> find(const std::string& named = {}) {
    const std::string home = folder_.path().string();
    ToolRunner tools(TRADEAUTO_SUPERVISOR, {{"PATH", home + "/one:relative:" + home + "/two"}, {"HOME", home}}, clock_);
    return run_async(context_, find_python(tools, named));
  }

  TempFolder folder_;
  SystemClock clock_;
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_ = asio::make_work_guard(context_);
};

TEST_F(PythonFinderTest, TakesOneThatRuns) {
  python("one/python3.12", "");
  python("one/python3", "3.11");
  python("two/python3", "3.13");
  const std::string wanted = python("two/python3.12", "3.12");
  const auto found = find();
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->path, wanted);
  EXPECT_EQ(found->version, "3.12");
}

TEST_F(PythonFinderTest, LooksIntoPyenvToo) {
  python("one/python3", "3.11");
  python(".pyenv/versions/3.11.4/bin/python3", "3.11");
  const std::string wanted = python(".pyenv/versions/3.13.0/bin/python3", "3.13");
  const auto found = find();
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->path, wanted);
}

TEST_F(PythonFinderTest, AsksUv) {
  const std::string managed = python("managed/python", "3.12");
  std::ofstream(folder_.path() / "managed/answer") << managed;
  std::filesystem::create_directories(folder_.path() / "one");
  std::ofstream(folder_.path() / "one/uv") << "#!/bin/sh\n[ \"$1 $2\" = 'python find' ] && echo " << managed << "\n";
  std::filesystem::permissions(folder_.path() / "one/uv", std::filesystem::perms::owner_all);
  const auto found = find();
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->path, managed);
}

TEST_F(PythonFinderTest, NoneSaysWhatToDo) {
  python("one/python3", "3.11");
  const auto found = find();
  ASSERT_FALSE(found.ok());
  EXPECT_NE(found.error().message.find("no Python 3.12 or 3.13 that runs"), std::string::npos);
  EXPECT_NE(found.error().message.find("AUTORSA_PYTHON"), std::string::npos);
}

TEST_F(PythonFinderTest, TheNamedOneIsTheOnlyOne) {
  python("one/python3", "3.12");
  const std::string old = python("old/python", "3.11");
  const std::string good = python("good/python", "3.13");
  EXPECT_EQ(find(good)->path, good);
  for (const std::string& bad : {old, folder_.path().string() + "/missing", python("broken/python", "")}) {
    const auto found = find(bad);
    ASSERT_FALSE(found.ok());
    EXPECT_NE(found.error().message.find("AUTORSA_PYTHON = \"" + bad + "\""), std::string::npos)
        << found.error().message;
  }
}

TEST(ToolRunTest, TakesPasswordsOutOfAddresses) {
  EXPECT_EQ(without_url_passwords("at https://user:secret@host/simple and http://host/x@y"),
            "at https://[redacted]@host/simple and http://host/x@y");
}

}  // namespace
}  // namespace tradeauto
