#include "http/problem.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/fake_values_test.h"
#include "http/response_head.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

TEST(ProblemTest, SaysAllThatAClientMayRelyOn) {
  Error error = make_error(ErrorCode::unprocessable, "bad_quantity", "quantity is above 0");
  error.fields.push_back({.pointer = "/quantity", .code = "out_of_range", .detail = "quantity is above 0"});
  const ApiReply reply = problem(error, {.instance = "/v1/orders", .request_id = "r-1"});
  EXPECT_EQ(reply.status, 422U);
  EXPECT_EQ(reply.content_type, "application/problem+json");
  EXPECT_EQ(json::parse(reply.body), json::parse(R"({"type":"/problems/bad_quantity","title":"Not a quantity",
    "status":422,"detail":"quantity is above 0","instance":"/v1/orders","code":"bad_quantity","request_id":"r-1","sent":"no",
    "errors":[{"pointer":"/quantity","code":"out_of_range","detail":"quantity is above 0"}]})"));
}

// A client's name is quoted, cut at a number of bytes: a document that is no UTF-8 could not be read at all.
TEST(ProblemTest, QuotesWhateverBytesAsUtf8) {
  const std::string cut = std::string("a\u00FC").substr(0, 2);
  Error error = make_error(ErrorCode::invalid_argument, "bad_query", cut + " is no parameter");
  error.fields.push_back({.pointer = "?" + cut, .code = "unknown_parameter", .detail = "\xFF"});
  const ApiReply reply = problem(error, {.instance = "/v1/orders", .request_id = "r-1"});
  EXPECT_EQ(reply.body.find('\xFF'), std::string::npos);
  const json::value body = json::parse(reply.body);
  EXPECT_EQ(body.at("detail"), "a\uFFFD is no parameter");
  EXPECT_EQ(body.at_pointer("/errors/0/pointer"), "?a\uFFFD");
  EXPECT_EQ(body.at_pointer("/errors/0/detail"), "\uFFFD");
}

TEST(ProblemTest, SaysWhenSomethingMayHaveBeenSent) {
  Error error = make_error(ErrorCode::internal, "", "the disk failed");
  error.effect = Effect::maybe;
  const json::value body = json::parse(problem(error, {}).body);
  EXPECT_EQ(body.at("sent"), "maybe");
  EXPECT_EQ(body.at("code"), "internal");
}

TEST(ProblemTest, AnEnginesOwnFaultIsToldByItsKind) {
  const json::value body = json::parse(problem(make_error(ErrorCode::conflict, "odd", "y"), {}).body);
  EXPECT_EQ(body.at("title"), "Conflict");
  EXPECT_EQ(body.at("code"), "conflict");
  EXPECT_EQ(body.at("type"), "/problems/conflict");
}

TEST(ProblemTest, HasAStatusForEachCode) {
  const std::vector<std::pair<ErrorCode, unsigned>> table = {{ErrorCode::invalid_argument, 400},
                                                             {ErrorCode::unprocessable, 422},
                                                             {ErrorCode::unauthenticated, 401},
                                                             {ErrorCode::permission_denied, 403},
                                                             {ErrorCode::not_found, 404},
                                                             {ErrorCode::conflict, 409},
                                                             {ErrorCode::precondition_failed, 412},
                                                             {ErrorCode::too_large, 413},
                                                             {ErrorCode::resource_exhausted, 429},
                                                             {ErrorCode::unavailable, 503},
                                                             {ErrorCode::deadline_exceeded, 504},
                                                             {ErrorCode::canceled, 503},
                                                             {ErrorCode::internal, 500}};
  for (const auto& [code, status] : table) {
    const ApiReply reply = problem(make_error(code, "x", "y"), {});
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(json::parse(reply.body).at("status").as_int64(), status);
  }
}

TEST(ProblemTest, AddsTheHeadersOfItsStatus) {
  EXPECT_THAT(problem(make_error(ErrorCode::unauthenticated, "x", "y"), {}).headers,
              Contains(Pair("WWW-Authenticate", "Bearer")));
  EXPECT_THAT(problem(make_error(ErrorCode::permission_denied, "missing_scope", {}), {}).headers,
              Contains(Pair("WWW-Authenticate", "Bearer error=\"insufficient_scope\"")));
  EXPECT_THAT(problem(make_error(ErrorCode::unavailable, "x", "y"), {}).headers, Contains(Pair("Retry-After", "1")));
}

TEST(ResponseHeadTest, IsAHeader) {
  const ApiReply reply{.status = 201, .headers = {{"Location", "/v1/orders/1"}}, .body = "{}"};
  EXPECT_EQ(response_head(reply, true, kFakeNow + std::chrono::milliseconds(3'723'456)),
            "HTTP/1.1 201 Created\r\nDate: Fri, 02 Jan 2026 01:02:03 GMT\r\nContent-Type: application/json\r\n"
            "X-Content-Type-Options: nosniff\r\nContent-Length: 2\r\nCache-Control: no-store\r\n"
            "Location: /v1/orders/1\r\nConnection: keep-alive\r\n\r\n");
}

TEST(ResponseHeadTest, NoContentHasNoLength) {
  const std::string head =
      response_head({.status = 204, .content_type = {}, .headers = {}, .body = {}}, false, kFakeNow);
  EXPECT_THAT(head, testing::StartsWith("HTTP/1.1 204 No Content\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Content-")));
  EXPECT_THAT(head, HasSubstr("Connection: close\r\n\r\n"));
}

TEST(ResponseHeadTest, NorHasNotModified) {
  const ApiReply reply{.status = 304, .content_type = {}, .headers = {{"ETag", "\"7\""}}, .body = {}};
  const std::string head = response_head(reply, true, kFakeNow);
  EXPECT_THAT(head, testing::StartsWith("HTTP/1.1 304 Not Modified\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Content-")));
  EXPECT_THAT(head, HasSubstr("ETag: \"7\"\r\n"));
}

}  // namespace
}  // namespace tradeauto
