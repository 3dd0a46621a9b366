#include "cli/sse_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

namespace tradeauto {
namespace {

using ::testing::ElementsAre;

// "id type data" of each.
std::vector<std::string> told(const std::vector<SseEvent>& events) {
  std::vector<std::string> all;
  for (const SseEvent& event : events) all.push_back(fmt::format("{} {} {}", event.id, event.type, event.data));
  return all;
}

std::vector<std::string> read_all(std::string_view text, std::size_t piece) {
  SseReader reader;
  std::vector<SseEvent> events;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    EXPECT_TRUE(reader.feed(text.substr(0, piece), events).ok());
  }
  return told(events);
}

TEST(SseReaderTest, ReadsTheSameHoweverItIsCut) {
  const std::string_view text =
      "\xEF\xBB\xBFretry: 1000\n\n"
      "id: 1\nevent: alarm\ndata: {\"a\":1}\n\n"
      ":\n\n"
      "id:2\r\nevent:x\r\ndata: one\r\ndata:two\r\n\r\n"
      ": a comment\rdata: \xC3\xA4\r\r"
      "data\n\nfoo: bar\nevent: unfinished\ndata: never";
  const auto wanted = ElementsAre("1 alarm {\"a\":1}", "2 x one\ntwo", "2 message \xC3\xA4", "2 message ");
  for (std::size_t piece = 1; piece <= text.size(); ++piece) EXPECT_THAT(read_all(text, piece), wanted) << piece;
}

TEST(SseReaderTest, AnIdWithoutDataIsAPosition) {
  SseReader reader;
  std::vector<SseEvent> events;
  ASSERT_TRUE(reader.feed("id: 41\nretry: 250\n\nid: 42\n", events).ok());
  EXPECT_EQ(reader.last_id(), "41");
  EXPECT_EQ(reader.retry_ms(), 250U);
  EXPECT_THAT(events, testing::IsEmpty());
  ASSERT_TRUE(reader.feed("retry: soon\nid: \n\n", events).ok());
  EXPECT_EQ(reader.last_id(), "");
  EXPECT_EQ(reader.retry_ms(), 250U);
}

TEST(SseReaderTest, ATypeIsOfItsOwnEventOnly) {
  EXPECT_THAT(read_all("event: lost\n\ndata: a\n\n", 100), ElementsAre(" message a"));
}

TEST(SseReaderTest, WhatHasNoEndIsRefused) {
  const std::string much(std::size_t{1} << 20, 'x');
  SseReader reader;
  std::vector<SseEvent> events;
  ASSERT_TRUE(reader.feed(much, events).ok());
  EXPECT_EQ(reader.feed("x", events).error().reason, "bad_stream");
  SseReader lines;
  ASSERT_TRUE(lines.feed("data: " + much.substr(10) + "\n", events).ok());
  EXPECT_EQ(lines.feed("data: 12345678901\n", events).error().reason, "bad_stream");
}

}  // namespace
}  // namespace tradeauto
