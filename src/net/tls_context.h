#pragma once

#include <memory>
#include <string>

#include <boost/system/error_code.hpp>
#include <openssl/ssl.h>

#include "base/result.h"
#include "net/tls.h"

namespace tradeauto {

using TlsContext = std::shared_ptr<SSL_CTX>;

// TLS 1.3, and 1.2 with forward secrecy and AEAD. Error: invalid_argument (bad_tls) with OpenSSL's reason; none comes
// for what check_tls() found good.
// A server's: ALPN http/1.1 and resumption by tickets, which are void in the next context.
Result<TlsContext> make_server_context(const TlsMaterial& material);
Result<TlsContext> make_client_context(const TlsMaterial& material);

// A new connection's state. The client's demands that the other end is `host` (a name or an address, not in brackets),
// or the pinned one. Never null: without memory the process ends.
SSL* new_server_tls(const TlsContext& context);
SSL* new_client_tls(const TlsContext& context, const std::string& host, const TlsMaterial& material);

// Why a handshake failed, for people: what is wrong with the other end's certificate, else `error`.
std::string handshake_failure(const SSL* tls, const boost::system::error_code& error);
// Somebody spoke HTTP in clear to us.
bool spoke_plain_http(const boost::system::error_code& error);

}  // namespace tradeauto
