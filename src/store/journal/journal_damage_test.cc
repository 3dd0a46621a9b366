#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "store/journal/journal_file.h"
#include "testing/temp_folder.h"

namespace tradeauto::journal {
namespace {

constexpr std::size_t kBegin = 8;  // where the first frame stands
constexpr std::size_t kSize = 64U * 1024;

// A journal of 64 KiB with frames of many sizes, its bytes in reach.
class JournalDamageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = open();
    ASSERT_TRUE(opened.ok());
    std::size_t size = whole().size();
    for (std::size_t number = 0; size < kSize; ++number) {
      const std::string payload(number * 37 % 900, static_cast<char>(number));
      opened->file.append(payload);
      ASSERT_TRUE(opened->file.flush(false).ok());
      size = std::filesystem::file_size(path_);
      ends_.push_back(size);
    }
    good_ = whole();
    fd_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(fd_, 0);
  }
  void TearDown() override { ::close(fd_); }

  Result<JournalFile::Opened> open() {
    frames_ = 0;
    return JournalFile::open(path_, [this](std::uint64_t, std::string_view) {
      ++frames_;
      return Result<void>{};
    });
  }
  std::string whole() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(std::size_t at, char byte) const { ASSERT_EQ(::pwrite(fd_, &byte, 1, static_cast<off_t>(at)), 1); }
  // What ends at or before the byte; the file's first bytes are no frame.
  std::size_t frames_before(std::size_t at) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(ends_, at) - ends_.begin());
  }

  TempFolder folder_{TempFolder::quick_base()};
  const std::filesystem::path path_ = folder_.path() / "journal";
  std::vector<std::size_t> ends_;  // of the frames
  std::string good_;
  int fd_ = -1;
  std::size_t frames_ = 0;  // that the last opening told
};

TEST_F(JournalDamageTest, AnyByteThatIsWrongStopsItWhereItStands) {
  for (std::size_t at = 0; at < good_.size(); ++at) {
    // Each time another bit: a table of checksums that is wrong for one would not be seen with the same one.
    put(at, static_cast<char>(good_[at] ^ (1 << at % 8)));
    const auto opened = open();
    ASSERT_FALSE(opened.ok()) << at;
    ASSERT_EQ(opened.error().reason, "journal_damaged") << at;
    ASSERT_EQ(frames_, frames_before(at)) << at;
    ASSERT_EQ(std::filesystem::file_size(path_), good_.size()) << "nothing is cut off: " << at;
    put(at, good_[at]);
  }
  EXPECT_EQ(whole(), good_);
}

TEST_F(JournalDamageTest, WhateverIsLeftOfItKeepsItsWholeFrames) {
  for (std::size_t size = good_.size(); size > 0; --size) {
    ASSERT_EQ(::ftruncate(fd_, static_cast<off_t>(size)), 0);
    const auto opened = open();
    ASSERT_TRUE(opened.ok()) << size << ": " << opened.error().message;
    ASSERT_EQ(frames_, frames_before(size)) << size;
    const bool torn = size > kBegin && !std::ranges::binary_search(ends_, size);
    ASSERT_EQ(opened->tail_cut, torn) << size;
    // Not the next one: that would be of what the cut has left.
    ASSERT_EQ(::pwrite(fd_, good_.data(), size, 0), static_cast<ssize_t>(size));
  }
}

}  // namespace
}  // namespace tradeauto::journal
