// The server and the client of net, in TLS.
#include <gmock/gmock.h>

#include "http/http_bench_test.h"
#include "net/http_client.h"
#include "testing/certificate_maker.h"
#include "testing/end_test.h"
#include "testing/run_async.h"

namespace tradeauto {
namespace {

using std::chrono::hours;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class TlsServerTest : public testing::Test {
 protected:
  static MadeCertificate made(std::chrono::hours from, std::chrono::hours to) {
    const Timestamp now = SystemClock().now();
    return make_certificate(now + from, now + to);
  }
  static TlsMaterial showing(const MadeCertificate& made) {
    return {.certificates = made.certificate, .key = made.key, .authorities = {}, .pinned = {}};
  }
  static TlsMaterial trusting(const MadeCertificate& made) {
    return {.certificates = {}, .key = {}, .authorities = made.certificate, .pinned = {}};
  }
  HttpServerSettings settings() {
    HttpServerSettings out;
    out.tls = source_;
    return out;
  }
  Result<HttpResponse> ask(std::uint16_t port, TlsMaterial tls, std::string host = "127.0.0.1") {
    HttpClient client(std::move(host), port, clock_, std::move(tls));
    HttpRequest request;
    request.target = "/healthz";
    return run_async(io_, client.request(std::move(request), Deadline::after(clock_, kPatience)));
  }
  std::string refusal(std::uint16_t port, TlsMaterial tls, std::string host = "127.0.0.1") {
    const auto answer = ask(port, std::move(tls), std::move(host));
    if (answer.ok()) return "answered";
    EXPECT_EQ(answer.error().effect, Effect::none);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    return answer.error().message;
  }

  const SystemClock clock_;
  asio::io_context io_;
  const MadeCertificate shown_ = made(hours(-1), hours(1));
  const std::shared_ptr<TlsSource> source_ = std::make_shared<TlsSource>(showing(shown_));
};

TEST_F(TlsServerTest, AnswersWhoTrustsIt) {
  HttpBench bench(settings());
  const auto answer = ask(bench.port, trusting(shown_));
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
}

TEST_F(TlsServerTest, AStreamComesAsItHappens) {
  HttpBench bench(settings());
  HttpClient client("127.0.0.1", bench.port, clock_, trusting(shown_));
  HttpRequest request;
  request.target = "/v1/events";
  request.headers = {{"Accept", "text/event-stream"}, {"Authorization", "Bearer " + std::string(HttpBench::kToken)}};
  const Deadline deadline = Deadline::after(clock_, kPatience);
  const auto stream = run_async(io_, client.open(std::move(request), deadline));
  ASSERT_TRUE(stream.ok()) << stream.error().message;
  EXPECT_EQ(run_async(io_, (*stream)->read(deadline)).value(), "id: 0\nretry: 1000\n\n");
  bench.events.add("alarm");
  EXPECT_THAT(run_async(io_, (*stream)->read(deadline)).value(), StartsWith("id: 1\nevent: alarm\n"));
  bench.stop(std::chrono::seconds(10));
  const auto end = run_async(io_, (*stream)->read(deadline));
  EXPECT_TRUE(!end.ok() || end->empty());
}

TEST_F(TlsServerTest, AClientSendsNothingToWhomItDoesNotTrust) {
  HttpBench bench(settings());
  EXPECT_THAT(refusal(bench.port, trusting(made(hours(-1), hours(1)))), HasSubstr("certificate is not good"));
  EXPECT_THAT(refusal(bench.port, trusting(shown_), "localhost"), HasSubstr("mismatch"));
  HttpBench in_clear;
  EXPECT_THAT(refusal(in_clear.port, trusting(shown_)), HasSubstr("does not speak TLS"));
}

TEST_F(TlsServerTest, OfAPinnedCertificateNeitherNameNorAuthorityCounts) {
  HttpBench bench(settings());
  TlsMaterial pinning;
  pinning.pinned = check_tls(showing(shown_), {}, clock_.now())->fingerprint;
  EXPECT_TRUE(ask(bench.port, pinning, "localhost").ok());
  pinning.pinned.back() = pinning.pinned.back() == '0' ? '1' : '0';
  EXPECT_THAT(refusal(bench.port, pinning), HasSubstr("not the one"));
}

TEST_F(TlsServerTest, WhatIsReplacedCountsForNewConnections) {
  HttpBench bench(settings());
  EXPECT_TRUE(ask(bench.port, trusting(shown_)).ok());
  const MadeCertificate renewed = made(hours(-1), hours(2));
  source_->replace(showing(renewed));
  EXPECT_TRUE(ask(bench.port, trusting(renewed)).ok());
  EXPECT_NE(refusal(bench.port, trusting(shown_)), "answered");
}

TEST_F(TlsServerTest, TellsInClearWhoSpeaksInClear) {
  HttpBench bench(settings());
  RawClient client(bench.port);
  client.send(bench.request("GET", "/healthz"));
  const std::string answer = client.read_all();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer, HasSubstr("tls_wanted"));
}

TEST_F(TlsServerTest, CutsOffWhoDoesNotEndTheHandshake) {
  HttpServerSettings quick = settings();
  quick.handshake_time = std::chrono::seconds(2);  // a whole one is done sooner
  HttpBench bench(quick);
  RawClient silent(bench.port);
  RawClient half(bench.port);
  half.send(std::string_view("\x16\x03\x01\x02\x00\x01\x00", 7));
  EXPECT_EQ(silent.read_all(), "");
  EXPECT_EQ(half.read_all(), "");
  EXPECT_TRUE(ask(bench.port, trusting(shown_)).ok());
}

TEST_F(TlsServerTest, ADrainEndsAHandshakeThatIsUnderWay) {
  HttpBench bench(settings());
  RawClient half(bench.port);
  half.send(std::string_view("\x16\x03\x01\x02\x00\x01\x00", 7));
  EXPECT_TRUE(ask(bench.port, trusting(shown_)).ok());
  bench.stop(std::chrono::seconds(10));
  EXPECT_EQ(half.read_all(), "");
}

}  // namespace
}  // namespace tradeauto
