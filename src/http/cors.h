#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/api_message.h"

namespace tradeauto {

// Which web pages of other origins may read answers (CORS_ORIGINS): those that are named, exactly, and never with what
// a browser sends by itself. A page needs a token of its own.
class Cors {
 public:
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  // A browser's question before a request of such a page; its answer is preflight().
  bool is_preflight(const WireRequest& request) const;
  ApiReply preflight() const;
  // What lets the page at `origin` read this answer, if it may.
  void allow(std::string_view origin, ApiReply& reply) const;

 private:
  bool knows(std::string_view origin) const;

  const std::vector<std::string> origins_;
};

// Each is "https://host" or "https://host:port" (http too) as browsers write it. Error: unprocessable (bad_origin),
// with the setting and the remedy.
Result<void> check_cors_origins(const std::vector<std::string>& origins);

}  // namespace tradeauto
