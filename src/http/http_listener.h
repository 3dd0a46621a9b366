#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include "base/deadline.h"
#include "base/result.h"
#include "http/connection.h"
#include "net/tls.h"

namespace tradeauto {

struct HttpListenerSettings {
  std::string host;         // HTTP_HOST
  std::uint16_t port = 0;   // HTTP_PORT; 0: any free one
  std::size_t connections;  // more get 503
  ConnectionSettings connection;
  std::shared_ptr<const TlsSource> tls = nullptr;  // what it shows to new connections; without it HTTP is in clear
};

// Takes connections, has each served by one handler, and drains them.
class HttpListener {
 public:
  struct Needs {
    RequestHandler& handler;
    const Clock& clock;
    Logger log;
    asio::any_io_executor executor;
  };
  HttpListener(HttpListenerSettings settings, Needs needs);
  ~HttpListener();

  // Holds the port and returns it; takes nothing yet. Blocks while the host's name is looked up. Error: as listen()'s.
  Result<std::uint16_t> open();
  // What the host's name came to; after open().
  asio::ip::address address() const;
  void accept();
  // Takes no more connections, lets requests end until `deadline`, then cuts them off. Once, after accept().
  asio::awaitable<void> stop(Deadline deadline);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tradeauto
