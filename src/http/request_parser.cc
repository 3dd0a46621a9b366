#include "http/request_parser.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/ascii.h"

namespace tradeauto {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Parser = http::request_parser<http::string_body>;
using Fields = http::request_header<>;

constexpr std::string_view kEndOfHead = "\r\n\r\n";

FramingFault fault_of(unsigned status, ErrorCode code, std::string reason, std::string detail) {
  return {.status = status, .error = make_error(code, std::move(reason), std::move(detail))};
}

FramingFault bad_framing(std::string detail) {
  return fault_of(400, ErrorCode::invalid_argument, "bad_framing", std::move(detail));
}

FramingFault fault_of(const error_code& error, const ParserLimits& limits) {
  if (error == http::error::body_limit) {
    return fault_of(413, ErrorCode::too_large, "body_too_large",
                    "a body is at most " + std::to_string(limits.body_bytes) + " bytes long");
  }
  if (error == http::error::bad_version) {
    return fault_of(505, ErrorCode::invalid_argument, "bad_http_version", "this server speaks HTTP/1.1");
  }
  return bad_framing("the request cannot be read: " + error.message());
}

// What Beast lets pass or would only see later. `head` is the header so far.
std::optional<FramingFault> check_head(std::string_view head) {
  if (head.empty()) return std::nullopt;
  if (head.front() < 'A' || head.front() > 'Z') return bad_framing("a request begins with its method");
  for (auto at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
    if (at == 0 || head[at - 1] != '\r') return bad_framing("a line of the header ends with CR LF");
    if (at + 1 < head.size() && (head[at + 1] == ' ' || head[at + 1] == '\t')) {
      return bad_framing("a header is not folded over lines");
    }
  }
  return std::nullopt;
}

// Its framing by its fields, once they are all there.
std::optional<FramingFault> check_fields(const Fields& fields) {
  const auto hosts = fields.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && fields.version() >= 11)) return bad_framing("a request has one Host");
  const auto lengths = fields.count(http::field::content_length);
  if (lengths > 1 || fields[http::field::content_length].find(',') != beast::string_view::npos) {
    return bad_framing("a request has at most one Content-Length");
  }
  const auto codings = fields.count(http::field::transfer_encoding);
  if (codings == 0) return std::nullopt;
  if (codings > 1 || lengths > 0 || fields.version() < 11) {
    return bad_framing("a request has one Transfer-Encoding, and then no Content-Length");
  }
  if (!beast::iequals(fields[http::field::transfer_encoding], "chunked")) {
    return fault_of(501, ErrorCode::invalid_argument, "unknown_transfer_coding",
                    "the one Transfer-Encoding that is read is chunked");
  }
  return std::nullopt;
}

WireRequest convert(const Parser& parser) {
  const auto& message = parser.get();
  WireRequest request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  request.keep_alive = parser.keep_alive() && message.version() >= 11;
  for (const auto& field : message) {
    std::string name = lower({field.name_string().data(), field.name_string().size()});
    const auto same = std::ranges::find(request.headers, name, &NameValues::value_type::first);
    if (same == request.headers.end()) {
      request.headers.emplace_back(std::move(name), std::string(field.value()));
    } else {
      same->second += ", " + std::string(field.value());
    }
  }
  return request;
}

}  // namespace

struct RequestParser::Impl {
  explicit Impl(ParserLimits its_limits) : limits(its_limits) { start(); }

  void start() {
    parser.emplace();
    parser->header_limit(static_cast<std::uint32_t>(limits.header_bytes) + 1);
    parser->body_limit(limits.body_bytes);
    parser->eager(true);
    request = {};
    state = State::empty;
    expects_continue = false;
  }

  void fail(FramingFault why) {
    fault = std::move(why);
    state = State::broken;
    pending.clear();
  }

  void advance() {
    if (state == State::empty || state == State::head) read_head();
    if (state == State::body) read_body();
  }

  void read_head() {
    if (state == State::empty && pending.starts_with("\r\n")) pending.erase(0, 2);  // RFC 9112, 2.2: one is forgiven
    if (pending.empty() || pending == "\r") return;
    state = State::head;
    const auto end = pending.find(kEndOfHead);
    const auto size = end == std::string::npos ? pending.size() : end + kEndOfHead.size();
    if (auto why = check_head(std::string_view(pending).substr(0, size))) return fail(std::move(*why));
    if (size > limits.header_bytes) {
      return fail(fault_of(431, ErrorCode::too_large, "header_too_large",
                           "a header is at most " + std::to_string(limits.header_bytes) + " bytes long"));
    }
    if (end == std::string::npos) return;
    if (!put(size)) return;
    if (auto why = check_fields(parser->get())) return fail(std::move(*why));
    // Now, so that a trailer behind a chunked body adds nothing to it.
    request = convert(*parser);
    expects_continue = !parser->is_done() && beast::iequals(request.header("expect"), "100-continue");
    if (!request.header("expect").empty() && !beast::iequals(request.header("expect"), "100-continue")) {
      return fail(fault_of(417, ErrorCode::invalid_argument, "bad_expectation", "the one Expect is 100-continue"));
    }
    state = State::body;
  }

  void read_body() {
    while (!parser->is_done() && !pending.empty()) {
      const std::size_t before = pending.size();
      if (!put(before)) return;
      if (pending.size() == before) break;  // it wants more
    }
    if (parser->is_done()) {
      request.body = std::move(parser->get().body());
      state = State::complete;
    } else if (pending.size() > limits.header_bytes) {
      fail(bad_framing("a chunk's header or the trailer is too long"));
    }
  }

  // Feeds the first `size` pending bytes; false when they broke it.
  bool put(std::size_t size) {
    error_code error;
    const std::size_t used = parser->put(asio::buffer(pending.data(), size), error);
    if (error && error != http::error::need_more) {
      fail(fault_of(error, limits));
      return false;
    }
    pending.erase(0, used);
    return true;
  }

  const ParserLimits limits;
  std::string pending;
  std::optional<Parser> parser;
  WireRequest request;
  State state = State::empty;
  bool expects_continue = false;
  FramingFault fault;
};

RequestParser::RequestParser(ParserLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser::~RequestParser() = default;

void RequestParser::append(std::string_view bytes) {
  if (impl_->state == State::broken) return;
  impl_->pending += bytes;
  if (impl_->state != State::complete) impl_->advance();
}

RequestParser::State RequestParser::state() const { return impl_->state; }

const FramingFault& RequestParser::fault() const { return impl_->fault; }

bool RequestParser::take_expectation() { return std::exchange(impl_->expects_continue, false); }

std::size_t RequestParser::waiting() const { return impl_->pending.size(); }

WireRequest RequestParser::take() {
  WireRequest request = std::move(impl_->request);
  impl_->start();
  impl_->advance();
  return request;
}

}  // namespace tradeauto
