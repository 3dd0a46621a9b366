#include "rpc/legacy_listener.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/timer.h"
#include "rpc/legacy_peer.h"

namespace tradeauto {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
// A main needs one; more come from its restarts, and from whoever may call.
constexpr std::size_t kMaxConnections = 32;
constexpr std::size_t kMaxTurnedAway = 100;
constexpr std::chrono::milliseconds kAcceptPause{100};

// The peer has ended its side, or gRPC has ended ours.
bool is_over(int watched) {
  pollfd look{.fd = watched, .events = POLLRDHUP, .revents = 0};
  return ::poll(&look, 1, 0) == 1;
}

}  // namespace

LegacyListener::LegacyListener(Needs needs) : needs_(std::move(needs)), acceptor_(needs_.strand) {}

LegacyListener::~LegacyListener() { hang_up(); }

Result<std::uint16_t> LegacyListener::open(const ListenAddress& address) { return listen(acceptor_, address); }

asio::awaitable<void> LegacyListener::serve() {
  while (acceptor_.is_open()) {
    auto [failed, socket] = co_await acceptor_.async_accept(kTuple);
    if (!failed) {
      take(std::move(socket));
    } else if (acceptor_.is_open()) {
      co_await sleep_for(needs_.clock, kAcceptPause);  // no descriptors left, say
    }
  }
}

void LegacyListener::close() {
  error_code ignored;  // it accepts no more, whatever the kernel says of it
  acceptor_.close(ignored);
}

bool LegacyListener::admits(const asio::ip::address& address) {
  const auto v4 = address.is_v6() && address.to_v6().is_v4_mapped()
                      ? asio::ip::address(asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()))
                      : address;
  if (may_speak_legacy(v4, allowed_) || may_speak_legacy(v4, always_allowed_)) return true;
  if (turned_away_.size() < kMaxTurnedAway && turned_away_.insert(v4).second) {
    needs_.log.warn("turned away: neither MAIN_SERVER_HOST's address nor in LEGACY_ALLOW", {{"peer", v4.to_string()}});
  }
  return false;
}

void LegacyListener::take(tcp::socket socket) {
  error_code failed;
  const tcp::endpoint peer = socket.remote_endpoint(failed);
  if (failed || !admits(peer.address()) || connections() >= kMaxConnections) return;
  socket.set_option(tcp::no_delay(true), failed);
  if (!failed) socket.native_non_blocking(true, failed);
  if (failed) return;
  const int watched = ::fcntl(socket.native_handle(), F_DUPFD_CLOEXEC, 0);
  if (watched < 0) return;
  const int owned = socket.release(failed);
  if (failed) {
    ::close(watched);
    return;
  }
  watched_.push_back(watched);
  ++accepted_;
  needs_.adopt(owned);
}

std::size_t LegacyListener::connections() {
  std::erase_if(watched_, [](int watched) {
    if (!is_over(watched)) return false;
    ::close(watched);
    return true;
  });
  return watched_.size();
}

void LegacyListener::hang_up() {
  for (const int watched : std::exchange(watched_, {})) {
    ::shutdown(watched, SHUT_RDWR);
    ::close(watched);
  }
}

}  // namespace tradeauto
