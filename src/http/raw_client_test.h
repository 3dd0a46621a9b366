#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tradeauto {

// Bytes to a server on loopback and back. Nothing blocks for ever: a read gives up after 20 s and says so.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { close(); }

  bool connected() const { return connected_; }

  // What the peer no longer takes is dropped: it has said why.
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }
  void end_sending() { ::shutdown(socket_, SHUT_WR); }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  // One response, save its head's end is where it ends (HEAD, 204, 100).
  std::string read_head() {
    while (true) {
      const auto end = buffer_.find("\r\n\r\n");
      if (end != std::string::npos) return take(end + 4);
      if (!read_more()) return take(buffer_.size()) + "<end>";
    }
  }
  std::string read_response() {
    std::string response = read_head();
    constexpr std::string_view kLength = "Content-Length: ";
    const auto at = response.find(kLength);
    if (at == std::string::npos) return response;
    const std::size_t length = std::stoul(response.substr(at + kLength.size()));
    while (buffer_.size() < length && read_more()) {
    }
    return response + take(std::min(length, buffer_.size()));
  }
  // Up to and including `end`; what there is, if it does not come.
  std::string read_until(std::string_view end) {
    for (std::size_t from = 0;;) {
      const auto at = buffer_.find(end, from);
      if (at != std::string::npos) return take(at + end.size());
      from = buffer_.size() < end.size() ? 0 : buffer_.size() - end.size() + 1;
      if (!read_more()) return take(buffer_.size()) + "<end>";
    }
  }
  std::string read_bytes(std::size_t size) {
    while (buffer_.size() < size && read_more()) {
    }
    return take(std::min(size, buffer_.size()));
  }
  // All that comes until the server closes.
  std::string read_all() {
    while (read_more()) {
    }
    return take(buffer_.size());
  }

 private:
  bool read_more() {
    std::array<char, 4096> bytes;
    const ssize_t size = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) buffer_ += "<too late>";
    if (size <= 0) return false;
    buffer_.append(bytes.data(), static_cast<std::size_t>(size));
    return true;
  }
  std::string take(std::size_t size) {
    std::string taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return taken;
  }

  int socket_;
  bool connected_ = false;
  std::string buffer_;
};

}  // namespace tradeauto
