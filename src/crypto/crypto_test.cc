#include "crypto/crypto.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "crypto/secret_file.h"

namespace tradeauto {
namespace {

TEST(DigestTest, PartsDoNotRunTogether) {
  EXPECT_NE(digest_of({"ab", "c"}), digest_of({"a", "bc"}));
  EXPECT_EQ(to_hex(digest_of({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(MasterKeyTest, OpensOnlyItsOwnBoxInItsOwnContext) {
  SystemRng rng;
  const MasterKey key = MasterKey::generate(rng);
  const SecretString plain(std::string("hunter2"));
  const std::string sealed = key.seal(plain, "family/mom", rng);
  EXPECT_EQ(sealed.find("hunter2"), std::string::npos);
  EXPECT_EQ(key.open(sealed, "family/mom")->reveal(), "hunter2");
  EXPECT_EQ(key.open(sealed, "family/dad").error().reason, "unsealable");
  EXPECT_FALSE(MasterKey::generate(rng).open(sealed, "family/mom").ok());
  std::string changed = sealed;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  EXPECT_FALSE(key.open(changed, "family/mom").ok());
  EXPECT_FALSE(key.open("short", "family/mom").ok());
}

TEST(MasterKeyTest, FingerprintsAreStableAndKeyed) {
  SystemRng rng;
  const MasterKey key = MasterKey::generate(rng);
  const SecretString user(std::string("mom@example.com"));
  EXPECT_EQ(key.fingerprint(user, "Tradier"), key.fingerprint(user, "Tradier"));
  EXPECT_NE(key.fingerprint(user, "Tradier"), key.fingerprint(user, "Public"));
  EXPECT_NE(key.fingerprint(user, "Tradier"), MasterKey::generate(rng).fingerprint(user, "Tradier"));
}

TEST(TokenTest, ATypingErrorIsNoToken) {
  SystemRng rng;
  const SecretString token = make_token(rng);
  EXPECT_TRUE(is_well_formed_token(token.reveal()));
  std::string wrong(token.reveal());
  wrong[10] = wrong[10] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(is_well_formed_token(wrong));
  EXPECT_FALSE(is_well_formed_token(""));
}

class SecretFileTest : public testing::Test {
 protected:
  SecretFileTest() {
    std::string name = (std::filesystem::temp_directory_path() / "tradeauto-crypto-XXXXXX").string();
    dir_ = ::mkdtemp(name.data());
  }
  ~SecretFileTest() override { std::filesystem::remove_all(dir_); }

  std::filesystem::path dir_;
};

TEST_F(SecretFileTest, IsMadeOnceWithMode0600) {
  int made = 0;
  const auto make = [&] {
    ++made;
    return SecretString(std::string("s3cret"));
  };
  EXPECT_EQ(read_or_create_secret_file(dir_ / "key", "MASTER_KEY_FILE", make)->reveal(), "s3cret");
  EXPECT_EQ(read_or_create_secret_file(dir_ / "key", "MASTER_KEY_FILE", make)->reveal(), "s3cret");
  EXPECT_EQ(made, 1);
  struct stat status{};
  ASSERT_EQ(::stat((dir_ / "key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir_), {}), 1);
}

// In a container every start has the same process id.
TEST_F(SecretFileTest, WhatAKilledProcessOfTheSameIdLeftIsInNobodysWay) {
  std::ofstream(dir_ / ("key." + std::to_string(::getpid()))) << "ha";
  const auto made = read_or_create_secret_file(dir_ / "key", "MASTER_KEY_FILE", [] { return SecretString("s3cret"); });
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(made->reveal(), "s3cret");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir_), {}), 1);
}

TEST_F(SecretFileTest, RefusesAFileThatOthersCanRead) {
  std::ofstream(dir_ / "key") << "s3cret";
  ::chmod((dir_ / "key").c_str(), 0644);
  const auto read = read_secret_file(dir_ / "key", "MASTER_KEY_FILE");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().reason, "secret_file_too_open");
  EXPECT_NE(read.error().message.find("MASTER_KEY_FILE"), std::string::npos);
}

TEST_F(SecretFileTest, ATokenMayHaveALineEndAndNothingElse) {
  SystemRng rng;
  const SecretString token = make_token(rng);
  const auto path = dir_ / "admin.token";
  const auto with = [&](const std::string& text) {
    std::ofstream(path, std::ios::trunc) << text;
    ::chmod(path.c_str(), 0600);
    return read_token_file(path, "TOKEN_FILE");
  };
  EXPECT_EQ(with(std::string(token.reveal()) + "\n")->reveal(), token.reveal());
  for (const std::string& bad : {std::string(), std::string("hello\n"), " " + std::string(token.reveal())}) {
    const auto read = with(bad);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().reason, "bad_token_file");
    EXPECT_NE(read.error().message.find("TOKEN_FILE"), std::string::npos);
  }
}

}  // namespace
}  // namespace tradeauto
