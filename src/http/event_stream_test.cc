#include "http/event_stream.h"

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/http_bench_test.h"

namespace tradeauto {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kAccept = "Accept: text/event-stream\r\n";

std::string stream_from(const HttpBench& bench, std::uint64_t after) {
  return bench.request("GET", fmt::format("/v1/events?after={}", after), {}, kAccept);
}

// The ids of the events that came whole.
std::vector<std::uint64_t> ids_in(const std::string& text) {
  std::vector<std::uint64_t> ids;
  for (auto at = text.find("\nid: "); at != std::string::npos; at = text.find("\nid: ", at + 1)) {
    if (text.find("\n\n", at + 1) != std::string::npos) ids.push_back(std::stoull(text.substr(at + 5)));
  }
  return ids;
}

TEST(EventStreamTest, TellsWhatHappensWhileItIsOpen) {
  HttpBench bench;
  RawClient client(bench.port);
  client.send(bench.request("GET", "/v1/events", {}, kAccept));
  const std::string head = client.read_until("retry: 1000\n\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(head, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
  for (int i = 1; i <= 3; ++i) {
    bench.events.add("alarm", "family", std::nullopt, "two\nlines");
    EXPECT_THAT(client.read_until("}\n\n"), StartsWith(fmt::format("id: {}\nevent: alarm\ndata: {{", i)));
  }
}

TEST(EventStreamTest, WithoutAPlaceInTheLogItSaysWhereItBegins) {
  HttpBench bench;
  bench.events.add("alarm");
  RawClient anywhere(bench.port);
  anywhere.send(bench.request("GET", "/v1/events", {}, kAccept));
  EXPECT_THAT(anywhere.read_until("retry: 1000\n\n"), HasSubstr("\r\n\r\nid: 1\nretry: "));
  RawClient somewhere(bench.port);
  somewhere.send(stream_from(bench, 1));
  EXPECT_THAT(somewhere.read_until("retry: 1000\n\n"), HasSubstr("\r\n\r\nretry: "));
}

TEST(EventStreamTest, HeadIsTheHeadOnly) {
  HttpBench bench;
  RawClient client(bench.port);
  client.send(bench.request("HEAD", "/v1/events", {}, kAccept));
  EXPECT_THAT(client.read_all(), testing::EndsWith("\r\n\r\n"));
}

TEST(EventStreamTest, AConnectionThatWasKeptMayBecomeOne) {
  HttpBench bench;
  bench.events.add("alarm");
  RawClient client(bench.port);
  client.send(bench.request("GET", "/v1/version"));
  EXPECT_THAT(client.read_response(), HasSubstr("keep-alive"));
  client.send(stream_from(bench, 0));
  EXPECT_THAT(client.read_until("}\n\n"), HasSubstr("id: 1\n"));
}

TEST(EventStreamTest, CutAtEveryByteNothingIsLostOrDoubled) {
  HttpBench bench;
  for (int i = 0; i < 5; ++i) bench.events.add("alarm");
  RawClient whole(bench.port);
  whole.send(stream_from(bench, 0));
  const std::string all = whole.read_until("id: 5") + whole.read_until("}\n\n");
  for (std::size_t cut = 1; cut <= all.size(); cut += 7) {
    RawClient first(bench.port);
    first.send(stream_from(bench, 0));
    std::vector<std::uint64_t> ids = ids_in(first.read_bytes(cut));
    first.close();
    const std::uint64_t last = ids.empty() ? 0 : ids.back();
    if (last < 5) {
      RawClient again(bench.port);
      again.send(bench.request("GET", "/v1/events?after=0", {}, fmt::format("{}Last-Event-ID: {}\r\n", kAccept, last)));
      const std::string rest = again.read_until("id: 5") + again.read_until("}\n\n");
      for (const std::uint64_t id : ids_in(rest)) ids.push_back(id);
    }
    EXPECT_THAT(ids, testing::ElementsAre(1, 2, 3, 4, 5)) << "cut after " << cut << " bytes";
  }
}

TEST(EventStreamTest, ThereAreOnlySoManyAndASeatIsFreedWhenItsClientLeaves) {
  HttpServerSettings settings;
  settings.event_streams = 1;
  HttpBench bench(settings);
  auto first = std::make_unique<RawClient>(bench.port);
  first->send(stream_from(bench, 0));
  first->read_until("retry: 1000\n\n");
  RawClient second(bench.port);
  second.send(stream_from(bench, 0));
  const std::string refused = second.read_response();
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(refused, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_THAT(refused, HasSubstr("too_many_streams"));
  first.reset();
  std::string answer;
  do {
    second.send(stream_from(bench, 0));
    answer = second.read_response();
  } while (answer.starts_with("HTTP/1.1 503 "));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
}

TEST(EventStreamTest, ASlowReaderIsDroppedAndOthersGoOn) {
  HttpServerSettings settings;
  settings.write_time = std::chrono::seconds(3);
  HttpBench bench(settings);
  RawClient slow(bench.port);
  slow.send(stream_from(bench, 0));
  RawClient good(bench.port);
  good.send(stream_from(bench, 0));
  constexpr int kEvents = 400;
  const std::string detail(64 * 1024, 'x');
  for (int i = 0; i < kEvents; ++i) bench.events.add("alarm", "family", std::nullopt, detail);
  const std::string last = fmt::format("id: {}\n", kEvents);
  EXPECT_EQ(ids_in(good.read_until(last) + good.read_until("}\n\n")).size(), std::size_t{kEvents});
  // Its seat is free once it was dropped: the server waits for no reader, and so does this test for the server's end.
  bench.stop(std::chrono::minutes(10));
  EXPECT_THAT(slow.read_all(), Not(HasSubstr(last)));
}

TEST(EventStreamTest, AStopEndsThemAtOnce) {
  HttpBench bench;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<RawClient>(bench.port));
    clients.back()->send(stream_from(bench, 0));
    clients.back()->read_until("retry: 1000\n\n");
  }
  bench.stop(std::chrono::hours(1));
  for (const auto& client : clients) EXPECT_EQ(client->read_all(), "");
}

}  // namespace
}  // namespace tradeauto
