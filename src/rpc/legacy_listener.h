#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "net/listener.h"

namespace tradeauto {

// Where an original main calls back. Accepts, looks at who calls, hands the connection on and sees when it has closed,
// which gRPC tells nobody. Strand: the owner's.
class LegacyListener final {
 public:
  struct Needs {
    std::function<void(int socket)> adopt;  // takes a connected, non-blocking socket over
    const Clock& clock;
    Logger log;
    asio::any_io_executor strand;
  };
  explicit LegacyListener(Needs needs);
  ~LegacyListener();
  LegacyListener(const LegacyListener&) = delete;
  LegacyListener& operator=(const LegacyListener&) = delete;

  // Blocks for a name look-up at most. Error: net/listener.h. Once.
  Result<std::uint16_t> open(const ListenAddress& address);
  // Accepts until it is cancelled or closed.
  asio::awaitable<void> serve();
  void close();

  // Who may call, besides this machine and who was always allowed.
  void allow(std::vector<asio::ip::address> addresses) { allowed_ = std::move(addresses); }
  // Addresses beyond loopback that may always call (LEGACY_ALLOW).
  void always_allow(std::vector<asio::ip::address> addresses) { always_allowed_ = std::move(addresses); }

  // Connections since the start.
  std::uint64_t accepted() const { return accepted_; }
  // Connections that stand now.
  std::size_t connections();
  // Ends them all.
  void hang_up();

 private:
  void take(asio::ip::tcp::socket socket);
  bool admits(const asio::ip::address& address);

  Needs needs_;
  asio::ip::tcp::acceptor acceptor_;
  std::vector<asio::ip::address> allowed_;
  std::vector<asio::ip::address> always_allowed_;
  std::set<asio::ip::address> turned_away_;  // told in the log once each
  // Descriptors of the same connections that gRPC has: ours tell when they have closed.
  std::vector<int> watched_;
  std::uint64_t accepted_ = 0;
};

}  // namespace tradeauto
