#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/tls.h"

struct ssl_st;

namespace tradeauto {

// A client's end of TLS over a connected socket of somebody else's, which blocks and has its time limits set
// (SO_RCVTIMEO, SO_SNDTIMEO) and stays open as long as this lives. For engines with threads of their own.
class BlockingTls {
 public:
  // Error: unavailable (tls_failed), with what is wrong with the other end; invalid_argument (bad_tls).
  static Result<BlockingTls> connect(int socket, const std::string& host, const TlsMaterial& material);

  // False: it broke, or took too long; nothing more goes over it then.
  bool write(std::string_view text);
  // How many bytes came; 0: it ended, broke, or took too long.
  std::size_t read(std::span<char> into);

 private:
  struct Deleter {
    void operator()(ssl_st* tls) const;
  };
  explicit BlockingTls(ssl_st* tls) : tls_(tls) {}

  std::unique_ptr<ssl_st, Deleter> tls_;
};

}  // namespace tradeauto
