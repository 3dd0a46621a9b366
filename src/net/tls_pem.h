#pragma once

#include <memory>
#include <string>
#include <vector>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/secret.h"

namespace tradeauto {

struct TlsObjectDeleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using TlsCertificate = std::unique_ptr<X509, TlsObjectDeleter>;
using TlsKey = std::unique_ptr<EVP_PKEY, TlsObjectDeleter>;

// Every certificate of a PEM text, in its order; none if one of them is broken.
std::vector<TlsCertificate> read_certificates(const std::string& pem);
// The first private key of a PEM text; null if there is none, or none without a pass phrase.
TlsKey read_key(const SecretString& pem);
// SHA-256 in hex.
std::string fingerprint(const X509& certificate);

}  // namespace tradeauto
