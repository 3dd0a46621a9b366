#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/tls_context.h"

namespace tradeauto {

namespace asio = boost::asio;

// The bytes of one client: a socket in clear, or TLS over it. What waits on it ends when the socket below is cancelled
// or closed, and loses nothing that came. Strand: the socket's.
class Stream {
 public:
  using Transferred = std::tuple<boost::system::error_code, std::size_t>;

  // Without `tls` in clear.
  Stream(asio::ip::tcp::socket socket, const TlsContext& tls);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  asio::ip::tcp::socket& socket() { return socket_; }
  bool is_tls() const { return tls_ != nullptr; }

  // Nothing to do in clear. The failure is a sentence, for the log; empty: it is done.
  asio::awaitable<std::string> handshake();
  // The handshake failed because the client speaks HTTP in clear: then so does this, to tell it.
  bool fell_back() const { return fell_back_; }

  asio::awaitable<Transferred> read_some(std::span<char> buffer);
  // The same for those who only want to notice that the client left: a wait that is cancelled has taken nothing.
  asio::awaitable<Transferred> read_next(std::span<char> buffer);
  asio::awaitable<boost::system::error_code> write(std::string_view head, std::string_view body);
  // Tells the client that nothing more comes. What is read afterwards are bytes without a meaning.
  asio::awaitable<boost::system::error_code> finish();

 private:
  struct Tls;

  asio::awaitable<Transferred> wait_and_read(std::span<char> buffer);

  asio::ip::tcp::socket socket_;
  std::unique_ptr<Tls> tls_;
  bool fell_back_ = false;
};

}  // namespace tradeauto
