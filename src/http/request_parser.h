#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "http/api_message.h"

namespace tradeauto {

// Why bytes are no request. The connection answers it and closes: where the next request would begin is not known.
struct FramingFault {
  unsigned status = 400;
  Error error;
};

struct ParserLimits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 1024 * 1024;
};

// Bytes of a connection -> requests of HTTP/1.1 (RFC 9112), stricter than the RFC wherever two readers could disagree
// about where a request ends: both lengths, two lengths, folded headers, bare line feeds, no Host or two, unknown
// codings. Pure: no socket, no time.
class RequestParser {
 public:
  enum class State {
    empty,     // between requests
    head,      // in the header
    body,      // the header is read
    complete,  // take() it
    broken,    // see fault(); for good
  };

  explicit RequestParser(ParserLimits limits);
  RequestParser(RequestParser&&) noexcept;
  ~RequestParser();

  // Adds bytes from the wire. Reading ahead while a request is `complete` is fine: they wait for take().
  void append(std::string_view bytes);
  State state() const;
  const FramingFault& fault() const;
  // In `body`: the client waits for 100 (Continue) before it sends any. True once for a request.
  bool take_expectation();
  // Bytes that wait behind a complete request.
  std::size_t waiting() const;

  // The complete request; what waits behind it becomes the next one.
  WireRequest take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tradeauto
