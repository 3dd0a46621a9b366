#pragma once

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "base/secret.h"
#include "net/tls_pem.h"

namespace tradeauto {

// A certificate of the test's own, self-signed, for the host 127.0.0.1; made anew each time.
struct MadeCertificate {
  std::string certificate;
  SecretString key;
};

namespace certificate_maker {

inline std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace certificate_maker

inline MadeCertificate make_certificate(Timestamp begin, Timestamp end) {
  using std::chrono::floor;
  using std::chrono::seconds;
  const TlsKey key(EVP_EC_gen("P-256"));
  const TlsCertificate certificate(X509_new());
  X509* made = certificate.get();
  X509_set_version(made, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  ASN1_TIME_set(X509_getm_notBefore(made), floor<seconds>(begin).time_since_epoch().count());
  ASN1_TIME_set(X509_getm_notAfter(made), floor<seconds>(end).time_since_epoch().count());
  X509_set_pubkey(made, key.get());
  X509_EXTENSION* name = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(made, name, -1);
  X509_EXTENSION_free(name);
  X509_sign(made, key.get(), EVP_sha256());
  const std::unique_ptr<BIO, decltype(&BIO_free)> first(BIO_new(BIO_s_mem()), &BIO_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> second(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(first.get(), made);
  PEM_write_bio_PrivateKey(second.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {.certificate = certificate_maker::text_of(first.get()),
          .key = SecretString(certificate_maker::text_of(second.get()))};
}

}  // namespace tradeauto
