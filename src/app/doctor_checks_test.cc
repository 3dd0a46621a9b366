#include "app/doctor_checks.h"

#include <sys/stat.h>

#include <algorithm>

#include <gmock/gmock.h>

#include "base/rng.h"
#include "crypto/crypto.h"
#include "testing/certificate_maker.h"
#include "testing/temp_folder.h"

namespace tradeauto {
namespace {

using std::chrono::days;
using ::testing::HasSubstr;
using ::testing::Not;
using Status = Check::Status;

class DoctorChecksTest : public testing::Test {
 protected:
  DoctorChecksTest() {
    std::filesystem::create_directory(data());
    ::chmod(data().c_str(), 0700);
  }
  std::filesystem::path data() const { return folder_.path() / "data"; }
  Result<Settings> settings(std::map<std::string, std::string> flags = {}) const {
    flags.emplace("DATA_DIR", data().string());
    Settings::Sources sources;
    sources.flags = std::move(flags);
    sources.working_directory = folder_.path();
    return Settings::load(sources);
  }
  Check check(const std::string& name, std::map<std::string, std::string> flags = {}) const {
    const std::map<std::string, std::string> environment = {{"HOME", folder_.path().string()}, {"PATH", "/nowhere"}};
    const auto checks = local_checks(settings(std::move(flags)), environment, clock_);
    const auto found = std::ranges::find(checks, name, &Check::name);
    return found == checks.end() ? Check{.name = "none"} : *found;
  }
  std::filesystem::path secret(const std::string& name, const std::string& text, mode_t mode) const {
    folder_.write("data/" + name, text);
    ::chmod((data() / name).c_str(), mode);
    return data() / name;
  }

  const SystemClock clock_;
  const TempFolder folder_;
};

TEST_F(DoctorChecksTest, SettingsThatAreWrongAreTheOnlyCheck) {
  const auto checks = local_checks(settings({{"HTTP_PORT", "70000"}}), {}, clock_);
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].status, Status::fail);
  EXPECT_THAT(checks[0].detail, HasSubstr("70000"));
  EXPECT_EQ(check("settings").status, Status::ok);
}

TEST_F(DoctorChecksTest, ADamagedJournalIsFoundAndRepairedOnce) {
  EXPECT_EQ(check("journal").status, Status::ok) << "a main server alone has none";
  const std::map<std::string, std::string> environment = {{"HOME", folder_.path().string()}};
  const auto repair = [&] { return repair_worker_journal(settings().value(), environment, clock_); };
  EXPECT_EQ(repair().error().reason, "no_journal");
  std::filesystem::create_directory(data() / "worker");
  folder_.write("data/worker/journal", "something else");
  const Check found = check("journal");
  EXPECT_EQ(found.status, Status::fail);
  EXPECT_THAT(found.detail, HasSubstr("at byte 0"));
  EXPECT_THAT(found.remedy, HasSubstr("--repair-journal"));
  EXPECT_THAT(repair().value(), HasSubstr("journal.damaged-"));
  EXPECT_EQ(check("journal").status, Status::ok);
  EXPECT_THAT(repair().value(), HasSubstr("not damaged"));
}

TEST_F(DoctorChecksTest, ADataDirectoryOfOnesOwnIsGood) {
  EXPECT_EQ(check("data directory").status, Status::ok);
  EXPECT_THAT(check("data directory").detail, HasSubstr("not in use"));
}

TEST_F(DoctorChecksTest, WhatIsWrongWithADataDirectoryHasItsRemedy) {
  EXPECT_EQ(check_data_dir(folder_.path() / "none").status, Status::warn);
  EXPECT_THAT(check_data_dir(folder_.path() / "none").remedy, HasSubstr("tradeauto up"));
  ::chmod(data().c_str(), 0755);
  EXPECT_EQ(check("data directory").status, Status::warn);
  EXPECT_THAT(check("data directory").remedy, HasSubstr("chmod 700"));
  folder_.write("file", "");
  EXPECT_EQ(check_data_dir(folder_.path() / "file").status, Status::fail);
  EXPECT_EQ(check_data_dir(folder_.path() / "file/below").status, Status::fail);
}

TEST_F(DoctorChecksTest, ATokenIsThereGoodAndClosedToOthers) {
  EXPECT_EQ(check("token").status, Status::fail);
  SystemRng rng;
  const SecretString made = make_token(rng);
  const std::string token(made.reveal());
  const auto file = secret("admin.token", token + "\n", 0600);
  EXPECT_EQ(check("token").status, Status::ok) << check("token").detail;
  EXPECT_THAT(check("token").detail, Not(HasSubstr(token)));
  ::chmod(file.c_str(), 0644);
  EXPECT_EQ(check("token").status, Status::fail);
  EXPECT_EQ(check("token").remedy, "chmod 600 " + file.string());
  secret("admin.token", "a password of something else\n", 0600);
  EXPECT_EQ(check("token").status, Status::fail);
  EXPECT_THAT(check("token").detail, Not(HasSubstr("a password")));
}

TEST_F(DoctorChecksTest, ACertificateThatExpiresSoonIsAWarning) {
  const auto with_days = [this](days left) {
    const MadeCertificate made = make_certificate(clock_.now() - days(1), clock_.now() + left);
    const auto key = secret("key.pem", std::string(made.key.reveal()), 0600);
    const auto certificate = secret("cert.pem", made.certificate, 0644);
    return check("TLS", {{"TLS_CERT_FILE", certificate.string()}, {"TLS_KEY_FILE", key.string()}});
  };
  EXPECT_EQ(check("TLS").status, Status::ok);
  EXPECT_EQ(with_days(days(90)).status, Status::ok);
  EXPECT_EQ(with_days(days(3)).status, Status::warn);
  EXPECT_EQ(with_days(days(0)).status, Status::fail);
  EXPECT_EQ(check("TLS", {{"TLS_CERT_FILE", "/none"}}).status, Status::fail);
}

TEST_F(DoctorChecksTest, DiskThatRunsOutIsTold) {
  EXPECT_EQ(check_disk("/d", std::uintmax_t{2} << 30).status, Status::ok);
  EXPECT_EQ(check_disk("/d", std::uintmax_t{500} << 20).status, Status::warn);
  EXPECT_EQ(check_disk("/d", std::uintmax_t{99} << 20).status, Status::fail);
  EXPECT_EQ(check("disk").name, "disk");
}

TEST_F(DoctorChecksTest, ARedisThatIsAwayIsAFailure) {
  EXPECT_EQ(check("store").status, Status::ok);
  const Check away = check("store", {{"STORE", "redis://127.0.0.1:1/0"}});
  EXPECT_EQ(away.status, Status::fail);
  EXPECT_THAT(away.detail, HasSubstr("127.0.0.1:1"));
  const Check secret = check("store", {{"STORE", "redis://u:hunter2@127.0.0.1:1/0"}});
  EXPECT_EQ(secret.status, Status::fail);
  EXPECT_THAT(secret.detail, Not(HasSubstr("hunter2")));
}

TEST_F(DoctorChecksTest, WithoutAutorsaThereIsAWarning) {
  EXPECT_EQ(check("AutoRSA").status, Status::warn);
  EXPECT_THAT(check("AutoRSA").remedy, HasSubstr("tradeauto autorsa install"));
}

TEST_F(DoctorChecksTest, TheClockIsAMatterOfAWarningAtMost) { EXPECT_NE(check("clock").status, Status::fail); }

}  // namespace
}  // namespace tradeauto
