#include "main_server/credential_box.h"

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

AccountRef ref(const char* account) { return {.group = GroupName("family"), .account = AccountName(account)}; }

Credentials token(const char* value) {
  Credentials credentials;
  credentials.set("ACCESS_TOKEN", SecretString(std::string(value)));
  return credentials;
}

TEST(CredentialBoxTest, OpensForItsOwnAccountOnly) {
  SystemRng rng;
  const CredentialBox box(MasterKey::generate(rng), rng);
  Credentials given = token("a:b,c\"");
  given.set("EMPTY", SecretString(std::string()));
  const std::string sealed = box.seal(ref("mom"), given);
  const auto opened = box.open(ref("mom"), sealed);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->find("ACCESS_TOKEN")->reveal(), "a:b,c\"");
  EXPECT_EQ(opened->find("EMPTY")->reveal(), "");
  EXPECT_EQ(box.open(ref("dad"), sealed).error().reason, "unsealable");
}

TEST(CredentialBoxTest, TheSameLoginHasTheSameFingerprintAndPaperHasNone) {
  SystemRng rng;
  const CredentialBox box(MasterKey::generate(rng), rng);
  EXPECT_EQ(box.fingerprint(Brokerage::tradier, token("t-1")), box.fingerprint(Brokerage::tradier, token("t-1")));
  EXPECT_NE(box.fingerprint(Brokerage::tradier, token("t-1")), box.fingerprint(Brokerage::tradier, token("t-2")));
  EXPECT_TRUE(box.fingerprint(Brokerage::paper, Credentials()).empty());
}

}  // namespace
}  // namespace tradeauto
