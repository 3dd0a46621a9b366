#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/rng.h"
#include "http/api_message.h"

namespace tradeauto {

// What stands behind a connection: a request whose framing is right -> its answer. Strand: none; calls overlap.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  // `peer` outlives the answer. `address`: where the client is; empty if that is not known.
  virtual asio::awaitable<ApiReply> handle(WireRequest request, Peer& peer, std::string address) = 0;
  // The answer to what is no request.
  virtual ApiReply refuse(unsigned status, const Error& error) = 0;
};

inline constexpr std::string_view kRequestIdHeader = "X-Request-Id";
// The client's own if it is short and printable, else a new one.
std::string request_id_of(const WireRequest& request, const Clock& clock, Rng& rng);
// refuse(), for every handler.
ApiReply refuse_request(unsigned status, const Error& error, const Clock& clock, Rng& rng, const Logger& log);

}  // namespace tradeauto
