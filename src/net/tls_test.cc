#include "net/tls.h"

#include <chrono>

#include <gtest/gtest.h>

#include "net/tls_context.h"
#include "testing/certificate_maker.h"

namespace tradeauto {
namespace {

using std::chrono::days;

const Timestamp kNow = Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1));
const TlsOrigin kOrigin{.certificates = "CERT = c", .key = "KEY = k", .authorities = "CA = a"};

std::string reason_of(const TlsMaterial& material, Timestamp now = kNow) {
  const auto checked = check_tls(material, kOrigin, now);
  return checked.ok() ? "" : checked.error().reason;
}

class TlsTest : public testing::Test {
 protected:
  const MadeCertificate made_ = make_certificate(kNow - days(1), kNow + days(1));
  TlsMaterial good_{
      .certificates = made_.certificate, .key = made_.key, .authorities = made_.certificate, .pinned = {}};
};

TEST_F(TlsTest, WhatFitsIsGoodWhileItIsValid) {
  const auto checked = check_tls(good_, kOrigin, kNow);
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->fingerprint.size(), 64U);
  EXPECT_EQ(checked->not_after, kNow + days(1));
  EXPECT_EQ(reason_of(good_, kNow + days(2)), "certificate_expired");
  EXPECT_EQ(reason_of(good_, kNow - days(2)), "certificate_not_yet_valid");
  EXPECT_EQ(reason_of({}), "") << "nothing is shown, and the system's authorities are trusted";
}

TEST_F(TlsTest, TheKeyIsTheCertificates) {
  const MadeCertificate other = make_certificate(kNow - days(1), kNow + days(1));
  good_.key = other.key;
  const auto checked = check_tls(good_, kOrigin, kNow);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().reason, "key_does_not_match");
  EXPECT_NE(checked.error().message.find("KEY = k"), std::string::npos);
  EXPECT_NE(checked.error().message.find("CERT = c"), std::string::npos);
}

TEST_F(TlsTest, WhatCannotBeReadIsTold) {
  const std::string half = made_.certificate.substr(0, made_.certificate.size() / 2);
  for (const std::string& bad : {std::string("hello"), half, made_.certificate + half}) {
    TlsMaterial material = good_;
    material.certificates = bad;
    EXPECT_EQ(reason_of(material), "bad_certificate");
    material = good_;
    material.authorities = bad;
    EXPECT_EQ(reason_of(material), "bad_authorities");
  }
  good_.key = SecretString(made_.certificate);
  EXPECT_EQ(reason_of(good_), "bad_key");
}

TEST_F(TlsTest, ABrokenKeyMakesNoContext) {
  ASSERT_TRUE(make_server_context(good_).ok());
  good_.key = SecretString("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  EXPECT_FALSE(make_server_context(good_).ok());
}

TEST_F(TlsTest, ASourceGivesTheNewestAndKeepsWhatIsInUse) {
  TlsSource source(good_);
  const auto first = source.current();
  EXPECT_EQ(source.current(), first);
  TlsMaterial renewed = good_;
  renewed.authorities.clear();
  source.replace(std::move(renewed));
  EXPECT_NE(source.current(), first);
  EXPECT_EQ(first->authorities, made_.certificate);
  EXPECT_EQ(source.current()->authorities, "");
}

}  // namespace
}  // namespace tradeauto
