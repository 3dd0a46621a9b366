#include "net/tls_context.h"

#include <array>
#include <new>
#include <string_view>

#include <boost/asio/ssl/error.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "net/tls_pem.h"

namespace tradeauto {
namespace {

// For 1.2; every suite of 1.3 is like that.
constexpr const char* kSuites = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::string_view kHttp11 = "\x08http/1.1";
constexpr std::string_view kSessionContext = "tradeauto";

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT(*-reinterpret-cast): OpenSSL's way
}

Error bad_tls(std::string_view what) {
  std::array<char, 256> reason{};
  ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
  ERR_clear_error();
  return make_error(ErrorCode::invalid_argument, "bad_tls", fmt::format("{}: {}", what, reason.data()));
}

int choose_http11(SSL* /*tls*/, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                  unsigned int offered_size, void* /*argument*/) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, bytes(kHttp11), kHttp11.size(), offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Result<TlsContext> make_context(const SSL_METHOD* method) {
  TlsContext context(SSL_CTX_new(method), &SSL_CTX_free);
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context.get(), kSuites) != 1) {
    return bad_tls("TLS cannot be set up");
  }
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_PRIORITIZE_CHACHA);
  return context;
}

Result<void> show(SSL_CTX* context, const TlsMaterial& material) {
  if (material.certificates.empty()) return {};
  const auto chain = read_certificates(material.certificates);
  const auto key = read_key(material.key);
  if (chain.empty() || SSL_CTX_use_certificate(context, chain.front().get()) != 1) return bad_tls("the certificate");
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) return bad_tls("the certificates above it");
  }
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1) return bad_tls("the private key");
  return {};
}

Result<void> trust(SSL_CTX* context, const std::string& authorities) {
  if (authorities.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) != 1) return bad_tls("the system's authorities");
    return {};
  }
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const auto& authority : read_certificates(authorities)) {
    if (X509_STORE_add_cert(store, authority.get()) != 1) return bad_tls("the authorities");
  }
  return {};
}

// The pin lives as long as the context that asks it.
struct PinnedContext {
  std::string pinned;
  TlsContext context;
};

// The chain does not count then, the one certificate does.
int is_pinned(X509_STORE_CTX* store, void* pinned) {
  const X509* shown = X509_STORE_CTX_get0_cert(store);
  if (shown != nullptr && fingerprint(*shown) == *static_cast<const std::string*>(pinned)) return 1;
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

}  // namespace

Result<TlsContext> make_server_context(const TlsMaterial& material) {
  TRY(TlsContext context, make_context(TLS_server_method()));
  TRY_VOID(show(context.get(), material));
  SSL_CTX_set_alpn_select_cb(context.get(), &choose_http11, nullptr);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context(context.get(), bytes(kSessionContext), kSessionContext.size());
  SSL_CTX_set_num_tickets(context.get(), 1);
  return context;
}

Result<TlsContext> make_client_context(const TlsMaterial& material) {
  TRY(TlsContext context, make_context(TLS_client_method()));
  TRY_VOID(show(context.get(), material));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (material.pinned.empty()) {
    TRY_VOID(trust(context.get(), material.authorities));
  } else {
    const auto both = std::make_shared<PinnedContext>(PinnedContext{.pinned = material.pinned, .context = context});
    SSL_CTX_set_cert_verify_callback(context.get(), &is_pinned, &both->pinned);
    return TlsContext(both, context.get());
  }
  return context;
}

SSL* new_server_tls(const TlsContext& context) {
  SSL* tls = SSL_new(context.get());
  if (tls == nullptr) throw std::bad_alloc();
  return tls;
}

SSL* new_client_tls(const TlsContext& context, const std::string& host, const TlsMaterial& material) {
  SSL* tls = new_server_tls(context);
  if (!material.pinned.empty()) return tls;
  X509_VERIFY_PARAM* expected = SSL_get0_param(tls);
  // An address is looked for among the certificate's addresses, and not told in the handshake.
  if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) != 1) {
    ERR_clear_error();
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(tls, host.c_str());
    SSL_set_tlsext_host_name(tls, host.c_str());
  }
  return tls;
}

std::string handshake_failure(const SSL* tls, const boost::system::error_code& error) {
  const long verdict = SSL_get_verify_result(tls);
  if (verdict == X509_V_ERR_CERT_REJECTED) return "its certificate is not the one that this machine's server shows";
  if (verdict != X509_V_OK)
    return fmt::format("its certificate is not good: {}", X509_verify_cert_error_string(verdict));
  if (error.category() == boost::asio::error::get_ssl_category() &&
      ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_WRONG_VERSION_NUMBER) {
    return "it does not speak TLS there";
  }
  return error.message();
}

bool spoke_plain_http(const boost::system::error_code& error) {
  return error.category() == boost::asio::error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST;
}

}  // namespace tradeauto
