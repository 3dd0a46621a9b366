#include "store/data_dir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "testing/temp_folder.h"

namespace tradeauto {
namespace {

class DataDirTest : public ::testing::Test {
 protected:
  TempFolder folder;
};

TEST_F(DataDirTest, MakesWhatIsMissingForItsOwnerAlone) {
  const auto path = folder.path() / "a" / "b";
  const auto directory = DataDir::open(path, "DATA_DIR");
  ASSERT_TRUE(directory.ok()) << directory.error().message;
  for (const auto& made : {path, path.parent_path()}) {
    struct stat status{};
    ASSERT_EQ(::stat(made.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
  }
}

TEST_F(DataDirTest, HasOneOwner) {
  auto first = DataDir::open(folder.path(), "DATA_DIR");
  ASSERT_TRUE(first.ok());
  const auto second = DataDir::open(folder.path(), "DATA_DIR");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().reason, "data_dir_taken");
  for (const std::string& fact : {std::string("DATA_DIR"), folder.path().string(), std::to_string(::getpid())}) {
    EXPECT_NE(second.error().message.find(fact), std::string::npos) << fact;
  }
  first->reset();
  EXPECT_TRUE(DataDir::open(folder.path(), "DATA_DIR").ok()) << "free again";
}

TEST_F(DataDirTest, NamesAFileThatIsInItsPlace) {
  const auto path = folder.path() / "file";
  std::ofstream(path) << "x";
  const auto opened = DataDir::open(path, "DATA_DIR");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().reason, "data_dir_unusable");
  EXPECT_NE(opened.error().message.find(path.string()), std::string::npos);
  EXPECT_FALSE(DataDir::open(path / "below", "DATA_DIR").ok());
}

// Root may write everywhere, so as root the test is somebody else for a while.
class NotRoot {
 public:
  NotRoot() : dropped_(::geteuid() == 0 && ::seteuid(kNobody) == 0) {}
  ~NotRoot() {
    if (dropped_) EXPECT_EQ(::seteuid(0), 0);
  }

 private:
  static constexpr uid_t kNobody = 65534;
  const bool dropped_;
};

TEST_F(DataDirTest, NamesAPlaceWithoutPermission) {
  const auto path = folder.path() / "closed";
  std::filesystem::create_directory(path);
  ::chmod(path.c_str(), 0500);
  const NotRoot not_root;
  const auto opened = DataDir::open(path / "d", "DATA_DIR");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::permission_denied);
}

}  // namespace
}  // namespace tradeauto
