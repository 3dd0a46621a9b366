#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "http/request_handler.h"
#include "http/request_parser.h"
#include "http/stream.h"

namespace tradeauto {

struct ConnectionSettings {
  ParserLimits limits;
  std::chrono::milliseconds handshake_time;
  std::chrono::milliseconds idle_time;
  std::chrono::milliseconds header_time;
  std::chrono::milliseconds body_time;
  std::chrono::milliseconds write_time;
  std::chrono::milliseconds linger_time;
};

// One client: reads requests, one after the other, and writes their answers in the same order.
// Strand: the socket's, save for drain() and cut(), which anybody may call.
class Connection final : public Peer, public std::enable_shared_from_this<Connection> {
 public:
  // `settings`, `handler`, `clock` and `log` outlive it. Without `tls` in clear.
  Connection(asio::ip::tcp::socket socket, const TlsContext& tls, const ConnectionSettings& settings,
             RequestHandler& handler, const Clock& clock, const Logger& log);

  // Until the client leaves, breaks the framing, is too slow or is drained.
  asio::awaitable<void> serve();
  // Answers 503 without reading, and closes.
  asio::awaitable<void> turn_away();

  // The request that is under way is the last one.
  void drain();
  void cut();

  asio::awaitable<void> gone() override;

 private:
  // False: it came to nothing; what there was to say has been said.
  asio::awaitable<bool> handshake();
  // True: a request is complete. False: there will be none; what there was to say has been said.
  asio::awaitable<bool> read_request();
  std::chrono::milliseconds time_for(RequestParser::State state) const;
  asio::awaitable<bool> write(std::string_view head, std::string_view body);
  // A body without an end that is known: it ends with the connection. Who does not take a piece in time is dropped.
  asio::awaitable<void> stream(const ApiReply& reply, bool head_only);
  asio::awaitable<void> refuse(unsigned status, Error error);
  // Reads and drops for a while, so that bytes which nobody wants do not reset the connection before the answer is
  // read.
  asio::awaitable<void> linger();
  void close();
  void start_timer(std::chrono::milliseconds time);
  void stop_timer();

  const ConnectionSettings& settings_;
  RequestHandler& handler_;
  const Clock& clock_;
  const Logger& log_;
  Stream stream_;
  asio::steady_timer timer_;  // Asio's own time: how long a socket may be silent is no business of the injected clock
  std::uint64_t timer_run_ = 0;
  bool timed_out_ = false;
  bool draining_ = false;
  bool interruptible_ = false;  // drain() may cancel what the socket does
  RequestParser parser_;
  std::array<char, 16 * 1024> buffer_;
};

}  // namespace tradeauto
