#include "net/blocking_tls.h"

#include <cerrno>

#include <boost/asio/ssl/error.hpp>
#include <fmt/format.h>
#include <openssl/err.h>

#include "net/tls_context.h"

namespace tradeauto {
namespace {

using boost::system::error_code;

error_code error_of(const SSL* tls, int result, int number) {
  const int kind = SSL_get_error(tls, result);
  if (const unsigned long queued = ERR_get_error(); kind == SSL_ERROR_SSL && queued != 0) {
    return {static_cast<int>(queued), boost::asio::error::get_ssl_category()};
  }
  // The socket blocks: that it would have to wait means that its time is over.
  if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) number = ETIMEDOUT;
  return {number == 0 ? ECONNRESET : number, boost::system::generic_category()};
}

}  // namespace

void BlockingTls::Deleter::operator()(ssl_st* tls) const { SSL_free(tls); }

Result<BlockingTls> BlockingTls::connect(int socket, const std::string& host, const TlsMaterial& material) {
  TRY(const TlsContext context, make_client_context(material));
  BlockingTls made(new_client_tls(context, host, material));
  SSL* tls = made.tls_.get();
  ERR_clear_error();
  errno = 0;
  const int result = SSL_set_fd(tls, socket) == 1 ? SSL_connect(tls) : 0;
  if (result == 1) return made;
  const error_code failed = error_of(tls, result, errno);
  return make_error(ErrorCode::unavailable, "tls_failed",
                    fmt::format("no TLS with it: {}", handshake_failure(tls, failed)));
}

bool BlockingTls::write(std::string_view text) {
  ERR_clear_error();
  std::size_t wrote = 0;
  return text.empty() || SSL_write_ex(tls_.get(), text.data(), text.size(), &wrote) == 1;
}

std::size_t BlockingTls::read(std::span<char> into) {
  ERR_clear_error();
  std::size_t got = 0;
  return SSL_read_ex(tls_.get(), into.data(), into.size(), &got) == 1 ? got : 0;
}

}  // namespace tradeauto
