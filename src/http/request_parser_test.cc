#include "http/request_parser.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tradeauto {
namespace {

using State = RequestParser::State;

const std::string kBody = R"({"a":"b"})";

std::string post(const std::vector<std::string>& headers, const std::string& body = kBody,
                 const std::string& version = "HTTP/1.1", bool host = true) {
  std::string text = "POST /v1/orders " + version + "\r\n";
  if (host) text += "Host: h\r\n";
  for (const std::string& header : headers) text += header + "\r\n";
  return text + "\r\n" + body;
}

std::string length(std::size_t size = kBody.size()) { return "Content-Length: " + std::to_string(size); }

RequestParser fed(const std::string& bytes) {
  RequestParser parser({});
  parser.append(bytes);
  return parser;
}

TEST(RequestParserTest, ReadsARequestInAnyPieces) {
  const std::string bytes = post({length(), "X-A: 1", "x-a:\t2 "});
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    RequestParser parser({});
    parser.append(bytes.substr(0, cut));
    if (cut < bytes.size()) {
      ASSERT_NE(parser.state(), State::complete) << cut;
    }
    parser.append(bytes.substr(cut));
    ASSERT_EQ(parser.state(), State::complete) << cut;
    const WireRequest request = parser.take();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/v1/orders");
    EXPECT_EQ(request.header("x-a"), "1, 2");
    EXPECT_EQ(request.header("host"), "h");
    EXPECT_EQ(request.body, kBody);
    EXPECT_TRUE(request.keep_alive);
    EXPECT_EQ(parser.state(), State::empty);
  }
}

TEST(RequestParserTest, ReadsByteByByteWithChunks) {
  const std::string bytes =
      post({"Transfer-Encoding: Chunked"}, "4;x=y\r\n{\"a\"\r\n5\r\n:\"b\"}\r\n0\r\nT: x\r\n\r\n");
  RequestParser parser({});
  for (const char c : bytes) parser.append({&c, 1});
  ASSERT_EQ(parser.state(), State::complete);
  const WireRequest request = parser.take();
  EXPECT_EQ(request.body, kBody);
  EXPECT_EQ(request.header("t"), "") << "a trailer is no header";
}

TEST(RequestParserTest, KeepsWhatIsPipelinedForLater) {
  RequestParser parser = fed(post({length()}) + post({length()}, "second...") + "GET / HT");
  ASSERT_EQ(parser.state(), State::complete);
  EXPECT_GT(parser.waiting(), 0U);
  EXPECT_EQ(parser.take().body, kBody);
  ASSERT_EQ(parser.state(), State::complete);
  EXPECT_EQ(parser.take().body, "second...");
  EXPECT_EQ(parser.state(), State::head);
  parser.append("TP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(parser.take().method, "GET");
}

TEST(RequestParserTest, ForgivesOneEmptyLineBeforeARequest) {
  EXPECT_EQ(fed("\r\n" + post({length()})).state(), State::complete);
  EXPECT_EQ(fed("\r\n\r\n" + post({length()})).state(), State::broken);
  RequestParser parser = fed("\r");
  EXPECT_EQ(parser.state(), State::empty);
  parser.append("\n" + post({length()}));
  EXPECT_EQ(parser.state(), State::complete);
}

TEST(RequestParserTest, KnowsWhetherTheConnectionStays) {
  EXPECT_FALSE(fed(post({length(), "Connection: close"})).take().keep_alive);
  EXPECT_FALSE(fed(post({length()}, kBody, "HTTP/1.0", false)).take().keep_alive);
  EXPECT_FALSE(fed(post({length(), "Connection: keep-alive"}, kBody, "HTTP/1.0", false)).take().keep_alive);
}

TEST(RequestParserTest, TellsOnceThatTheClientWaitsForContinue) {
  RequestParser parser = fed(post({length(), "Expect: 100-Continue"}, ""));
  ASSERT_EQ(parser.state(), State::body);
  EXPECT_TRUE(parser.take_expectation());
  EXPECT_FALSE(parser.take_expectation());
  parser.append(kBody);
  EXPECT_EQ(parser.state(), State::complete);
  EXPECT_EQ(fed(post({length(), "Expect: magic"}, "")).fault().status, 417U);
}

struct Ambiguity {
  std::string name;
  std::string bytes;
  unsigned status = 400;
};

class AmbiguityTest : public testing::TestWithParam<Ambiguity> {};

TEST_P(AmbiguityTest, IsRefusedForGood) {
  const std::string behind = post({length()});
  RequestParser parser = fed(GetParam().bytes);
  parser.append(behind);
  ASSERT_EQ(parser.state(), State::broken);
  EXPECT_EQ(parser.fault().status, GetParam().status) << parser.fault().error.message;
  EXPECT_FALSE(parser.fault().error.message.empty());
  EXPECT_EQ(parser.fault().error.effect, Effect::none);
  parser.append(behind);
  EXPECT_EQ(parser.state(), State::broken);
}

const std::string kChunked = "9\r\n" + kBody + "\r\n0\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    RequestParserTest, AmbiguityTest,
    testing::Values(
        Ambiguity{"LengthAndChunked", post({length(5), "Transfer-Encoding: chunked"}, kChunked)},
        Ambiguity{"ChunkedAndLength", post({"Transfer-Encoding: chunked", length(5)}, kChunked)},
        Ambiguity{"TwoLengths", post({length(), length(5)})}, Ambiguity{"TwoEqualLengths", post({length(), length()})},
        Ambiguity{"ListOfLengths", post({"Content-Length: 9, 9"})},
        Ambiguity{"SignedLength", post({"Content-Length: +9"})},
        Ambiguity{"NegativeLength", post({"Content-Length: -1"})},
        Ambiguity{"HexadecimalLength", post({"Content-Length: 0x9"})},
        Ambiguity{"EmptyLength", post({"Content-Length:"})},
        Ambiguity{"LengthBeyondNumbers", post({"Content-Length: 99999999999999999999"})},
        Ambiguity{"HugeLength", post({"Content-Length: 1048577"}), 413},
        Ambiguity{"FoldedHeader", post({length(), "X-A: a\r\n b"})},
        Ambiguity{"FoldedWithTab", post({length(), "X-A: a\r\n\tb"})},
        Ambiguity{"FoldedFirstHeader", "POST / HTTP/1.1\r\n Host: h\r\n\r\n"},
        Ambiguity{"FoldedCoding", post({"Transfer-Encoding:\r\n chunked"}, kChunked)},
        Ambiguity{"BlankBeforeColon", post({"Content-Length : 9"})},
        Ambiguity{"UnknownCoding", post({"Transfer-Encoding: xchunked"}, kChunked), 501},
        Ambiguity{"CodingBeforeChunked", post({"Transfer-Encoding: gzip, chunked"}, kChunked), 501},
        Ambiguity{"CodingTwice", post({"Transfer-Encoding: chunked", "Transfer-Encoding: identity"}, kChunked)},
        Ambiguity{"ChunkedInHttp10", post({"Transfer-Encoding: chunked"}, kChunked, "HTTP/1.0")},
        Ambiguity{"BareLineFeed", post({length() + "\nX-A: a"})},
        Ambiguity{"BareLineFeedFirst", "GET / HTTP/1.1\nHost: h\n\n"},
        Ambiguity{"BareCarriageReturn", post({length(), "X-A: a\rb"})},
        Ambiguity{"ZeroByte", post({length(), std::string("X-A: a\0b", 8)})},
        Ambiguity{"NoHost", post({length()}, kBody, "HTTP/1.1", false)},
        Ambiguity{"TwoHosts", post({length(), "Host: i"})},
        Ambiguity{"BrokenChunk", post({"Transfer-Encoding: chunked"}, "zz\r\n" + kBody + "\r\n0\r\n\r\n")},
        Ambiguity{"ChunkTooShort", post({"Transfer-Encoding: chunked"}, "3\r\n" + kBody + "\r\n0\r\n\r\n")},
        Ambiguity{"HugeChunk", post({"Transfer-Encoding: chunked"}, "100001\r\n"), 413},
        Ambiguity{"ChunkBeyondNumbers", post({"Transfer-Encoding: chunked"}, "fffffffffffffffff\r\n")},
        Ambiguity{"LongChunkExtension", post({"Transfer-Encoding: chunked"}, "9;" + std::string(40'000, 'x'))},
        Ambiguity{"LongTrailer", post({"Transfer-Encoding: chunked"}, "0\r\nX: " + std::string(40'000, 'x'))},
        Ambiguity{"LongHeader", post({length(), "X-A: " + std::string(16 * 1024, 'x')}), 431},
        Ambiguity{"LongHeaderWithoutEnd", "GET / HTTP/1.1\r\nX: " + std::string(16 * 1024, 'x'), 431},
        Ambiguity{"LongTarget", "GET /" + std::string(16 * 1024, 'x'), 431},
        Ambiguity{"UnknownVersion", "GET / HTTP/9.9\r\n\r\n", 505},
        Ambiguity{"HttpTwo", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505}, Ambiguity{"NoTarget", "GET\r\n\r\n"},
        Ambiguity{"Tls", std::string("\x16\x03\x01\x02\x00\x01\x00", 7)}, Ambiguity{"EmptyLines", "\r\n\r\n\r\n"},
        Ambiguity{"LowerCaseMethod", "get / HTTP/1.1\r\nHost: h\r\n\r\n"}),
    [](const auto& test) { return test.param.name; });

TEST(RequestParserTest, TakesABodyAndAHeaderUpToTheirLimits) {
  const std::string body(1024 * 1024, ' ');
  EXPECT_EQ(fed(post({length(body.size())}, body)).take().body.size(), body.size());
  std::string chunked;
  for (int i = 0; i < 16; ++i) chunked += "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
  EXPECT_EQ(fed(post({"Transfer-Encoding: chunked"}, chunked + "0\r\n\r\n")).take().body.size(), body.size());
  EXPECT_EQ(fed(post({"Transfer-Encoding: chunked"}, chunked + "1\r\nx\r\n0\r\n\r\n")).fault().status, 413U);

  const std::string rest = post({"X-A: "}, "");
  EXPECT_EQ(fed(post({"X-A: " + std::string(16 * 1024 - rest.size(), 'x')}, "")).state(), State::complete);
  EXPECT_EQ(fed(post({"X-A: " + std::string(16 * 1024 - rest.size() + 1, 'x')}, "")).fault().status, 431U);
}

}  // namespace
}  // namespace tradeauto
