#include "net/tls.h"

#include <array>
#include <ctime>
#include <string_view>

#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "net/tls_context.h"
#include "net/tls_pem.h"

namespace tradeauto {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

Bio reader(std::string_view text) { return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free}; }

// A key with a pass phrase is not asked for one: nobody sits at a server.
int no_pass_phrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*argument*/) { return -1; }

Timestamp to_timestamp(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return Timestamp(std::chrono::seconds(::timegm(&parts)));
}

Error wrong(std::string reason, std::string_view setting, std::string_view why) {
  return make_error(ErrorCode::invalid_argument, std::move(reason), fmt::format("{}: {}", setting, why));
}

Result<TlsFacts> check_own(const TlsMaterial& material, const TlsOrigin& origin, Timestamp now) {
  const auto chain = read_certificates(material.certificates);
  if (chain.empty()) {
    return wrong("bad_certificate", origin.certificates, "it holds no certificate, or a broken one; give PEM");
  }
  const TlsKey key = read_key(material.key);
  if (!key) {
    return wrong("bad_key", origin.key, "it holds no private key that can be read; give PEM without a pass phrase");
  }
  if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
    ERR_clear_error();
    return wrong("key_does_not_match", origin.key,
                 fmt::format("it is not the key of the first certificate in {}", origin.certificates));
  }
  const X509* own = chain.front().get();
  const Timestamp begin = to_timestamp(X509_get0_notBefore(own));
  const Timestamp end = to_timestamp(X509_get0_notAfter(own));
  if (now > end) {
    return wrong("certificate_expired", origin.certificates,
                 fmt::format("it expired at {}; no client would go on. Renew it", to_rfc3339(end)));
  }
  if (now < begin) {
    return wrong("certificate_not_yet_valid", origin.certificates,
                 fmt::format("it is valid from {} on; correct it, or this machine's clock", to_rfc3339(begin)));
  }
  return TlsFacts{.fingerprint = fingerprint(*own), .not_after = end};
}

}  // namespace

std::vector<TlsCertificate> read_certificates(const std::string& pem) {
  std::vector<TlsCertificate> found;
  const Bio in = reader(pem);
  while (X509* certificate = PEM_read_bio_X509(in.get(), nullptr, &no_pass_phrase, nullptr)) {
    found.emplace_back(certificate);
  }
  // The end of the text is an error of this one kind.
  const bool whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!whole) found.clear();
  return found;
}

TlsKey read_key(const SecretString& pem) {
  const Bio in = reader(pem.reveal());
  TlsKey key(PEM_read_bio_PrivateKey(in.get(), nullptr, &no_pass_phrase, nullptr));
  ERR_clear_error();
  return key;
}

std::string fingerprint(const X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  X509_digest(&certificate, EVP_sha256(), digest.data(), &size);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest.at(i));
  return hex;
}

Result<TlsFacts> check_tls(const TlsMaterial& material, const TlsOrigin& origin, Timestamp now) {
  TlsFacts facts;
  if (!material.certificates.empty()) {
    TRY(facts, check_own(material, origin, now));
    // What OpenSSL takes apart from that: a key that is too short, say.
    if (auto context = make_server_context(material); !context.ok()) {
      return wrong("bad_certificate", origin.certificates, context.error().message);
    }
  }
  if (!material.authorities.empty() && read_certificates(material.authorities).empty()) {
    return wrong("bad_authorities", origin.authorities, "it holds no certificate, or a broken one; give PEM");
  }
  return facts;
}

}  // namespace tradeauto
