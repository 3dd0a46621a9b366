#include "http/problem.h"

#include <string>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/utf8.h"
#include "http/problem_catalogue.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

// Of a code that has no entry in the catalogue.
std::string_view title_of(unsigned status) {
  switch (status) {
    case 400: return "Bad request";
    case 401: return "Not authenticated";
    case 403: return "Not allowed";
    case 404: return "Not found";
    case 405: return "Method not allowed";
    case 408: return "Request took too long";
    case 409: return "Conflict";
    case 412: return "Precondition failed";
    case 413: return "Request too large";
    case 415: return "Unsupported media type";
    case 417: return "Expectation not met";
    case 422: return "A rule is broken";
    case 429: return "Too many requests";
    case 431: return "Header too large";
    case 501: return "Not implemented";
    case 503: return "Not available now";
    case 504: return "Took too long";
    case 505: return "HTTP version not supported";
    default: return "Internal error";
  }
}

}  // namespace

unsigned status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return 400;
    case ErrorCode::unprocessable: return 422;
    case ErrorCode::unauthenticated: return 401;
    case ErrorCode::permission_denied: return 403;
    case ErrorCode::not_found: return 404;
    case ErrorCode::conflict: return 409;
    case ErrorCode::precondition_failed: return 412;
    case ErrorCode::too_large: return 413;
    case ErrorCode::resource_exhausted: return 429;
    case ErrorCode::unavailable:
    case ErrorCode::canceled: return 503;
    case ErrorCode::deadline_exceeded: return 504;
    case ErrorCode::internal: return 500;
  }
  return 500;
}

ApiReply problem(const Error& error, ProblemContext context) { return problem(status_of(error.code), error, context); }

ApiReply problem(unsigned status, const Error& error, ProblemContext context) {
  const ProblemEntry* known = find_problem(error.reason);
  // An engine's own faults are told by their kind: theirs are words of the log, and have no page.
  const std::string_view code = known == nullptr ? to_string(error.code) : std::string_view(error.reason);
  json::array fields;
  for (const FieldError& field : error.fields) {
    fields.push_back({{"pointer", as_utf8(field.pointer)}, {"code", field.code}, {"detail", as_utf8(field.detail)}});
  }
  const json::object body{{"type", fmt::format("/problems/{}", code)},
                          {"title", known == nullptr ? title_of(status) : known->title},
                          {"status", status},
                          {"detail", as_utf8(error.message)},  // it may quote what a client sent
                          {"instance", context.instance},
                          {"code", code},
                          {"request_id", context.request_id},
                          {"sent", error.effect == Effect::none ? "no" : "maybe"},
                          {"errors", std::move(fields)}};
  ApiReply reply;
  reply.status = status;
  reply.content_type = "application/problem+json";
  reply.body = json::serialize(body);
  if (status == 401) reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (code == "missing_scope") {  // RFC 6750, section 3.1
    reply.headers.emplace_back("WWW-Authenticate", "Bearer error=\"insufficient_scope\"");
  }
  if (status == 429 || status == 503) reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

}  // namespace tradeauto
