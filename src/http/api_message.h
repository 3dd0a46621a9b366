#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "domain/access.h"

namespace tradeauto {

namespace asio = boost::asio;

using NameValues = std::vector<std::pair<std::string, std::string>>;

// A request whose framing has been checked, and nothing else.
struct WireRequest {
  std::string method;
  std::string target;
  NameValues headers;  // lower-case names; those of one name are joined with ", "
  std::string body;
  bool keep_alive = true;

  // Empty when it is not there.
  std::string_view header(std::string_view name) const {
    const auto it = std::ranges::find(headers, name, &NameValues::value_type::first);
    return it == headers.end() ? std::string_view() : std::string_view(it->second);
  }
};

// The client at the other end, as a handler sees it that waits on its behalf.
class Peer {
 public:
  virtual ~Peer() = default;
  // Returns when waiting is pointless: the client closed its side, or the server drains. Cancel it when it is not
  // needed.
  virtual asio::awaitable<void> gone() = 0;
};

// What a handler gets.
struct ApiCall {
  WireRequest request;
  NameValues params;  // decoded parts of the path, by their name in the route's template
  NameValues query;   // decoded, in order
  Peer* peer = nullptr;
  Caller caller;
  std::string request_id = {};

  // Empty when the template has no such part.
  const std::string& param(std::string_view name) const {
    static const std::string kNone;
    const auto it = std::ranges::find(params, name, &NameValues::value_type::first);
    return it == params.end() ? kNone : it->second;
  }
};

// A body that comes piece by piece, for as long as the client stays. Strand: the connection's, one call at a time; a
// call may be cancelled, and is the last one then.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next piece; an empty one, or an error, is the end.
  virtual asio::awaitable<Result<std::string>> next() = 0;
};

struct ApiReply {
  unsigned status = 200;
  std::string content_type = "application/json";  // empty: no body at all
  NameValues headers = {};
  std::string body = {};
  std::shared_ptr<BodySource> source = nullptr;  // instead of a body; the connection ends with it
};

}  // namespace tradeauto
