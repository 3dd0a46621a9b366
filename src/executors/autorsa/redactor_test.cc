#include "executors/autorsa/redactor.h"

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

Credentials login() {
  Credentials credentials;
  credentials.set("USERNAME", SecretString("someone@example.com"));
  credentials.set("PASSWORD", SecretString("pa\"ss word"));
  credentials.set("OTP", SecretString("1234"));
  return credentials;
}

TEST(RedactorTest, TakesOutEveryValueInEveryForm) {
  const Redactor redactor(Brokerage::firstrade, login());
  EXPECT_EQ(redactor.clean(R"(a someone@example.com b pa"ss word c pa\"ss word d pa%22ss%20word e 1234 f)"),
            "a [redacted] b [redacted] c [redacted] d [redacted] e [redacted] f");
  EXPECT_EQ(redactor.clean("user=someone%40example.com"), "user=[redacted]");
  EXPECT_EQ(redactor.clean("nothing here"), "nothing here");
}

TEST(RedactorTest, TakesOutAValueThatWasCutOff) {
  const Redactor redactor(Brokerage::firstrade, login());
  EXPECT_EQ(redactor.clean("sent pa\"ss wo"), "sent [redacted]");
  EXPECT_EQ(redactor.clean("sent pa\"ss wo…"), "sent [redacted]…");
}

TEST(RedactorTest, LeavesWhatSaysNothing) {
  Credentials credentials;
  credentials.set("USERNAME", SecretString("ann"));
  credentials.set("PASSWORD", SecretString("pw"));
  credentials.set("PHONE_LAST_FOUR", SecretString("3001"));
  const Redactor redactor(Brokerage::chase, credentials);
  EXPECT_EQ(redactor.clean("ann: xxxx3001 pw"), "ann: xxxx3001 pw");
}

TEST(RedactorTest, CleansWhatPeopleSeeOfAReport) {
  const Redactor redactor(Brokerage::firstrade, login());
  ChildOrderReport report;
  report.detail = "for someone@example.com";
  ExecutionReport& execution = report.executions.emplace_back();
  execution.message = "code 1234";
  execution.evidence = "pa\"ss word";
  redactor.clean(report);
  EXPECT_EQ(report.detail, "for [redacted]");
  EXPECT_EQ(report.executions[0].message, "code [redacted]");
  EXPECT_EQ(report.executions[0].evidence, "[redacted]");
}

}  // namespace
}  // namespace tradeauto
