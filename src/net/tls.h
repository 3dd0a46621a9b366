#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace tradeauto {

// What one end of a TLS connection shows, and whom it trusts. All PEM.
struct TlsMaterial {
  std::string certificates;  // its own, then those up to the authority; empty: it shows none
  SecretString key;          // of the first one
  // Who may have signed what the other end shows. Empty: whom the system trusts (a client), nobody is asked (a server).
  std::string authorities;
  std::string pinned;  // client: SHA-256, in hex, of the one certificate that is good; then nothing else counts
};

// The settings that it came from, for errors: "TLS_CERT_FILE = /etc/tradeauto/cert.pem".
struct TlsOrigin {
  std::string certificates;
  std::string key;
  std::string authorities;
};

struct TlsFacts {
  std::string fingerprint;  // SHA-256 of the own certificate, in hex; empty: there is none
  Timestamp not_after{};    // when it expires
};

// Whether it can be used at `now`: every part can be read, the key is the certificate's, which is valid and has not
// expired. Error: invalid_argument (bad_certificate, bad_key, key_does_not_match, bad_authorities,
// certificate_expired, certificate_not_yet_valid) with the setting and the remedy; nothing of a key stands in it.
Result<TlsFacts> check_tls(const TlsMaterial& material, const TlsOrigin& origin, Timestamp now);

// What new connections take; those that stand keep what they began with. Thread-safe.
class TlsSource {
 public:
  explicit TlsSource(TlsMaterial material) : material_(std::make_shared<const TlsMaterial>(std::move(material))) {}

  std::shared_ptr<const TlsMaterial> current() const {
    const std::scoped_lock lock(mutex_);
    return material_;
  }
  // Checked before, by check_tls().
  void replace(TlsMaterial material) {
    auto fresh = std::make_shared<const TlsMaterial>(std::move(material));
    const std::scoped_lock lock(mutex_);
    material_.swap(fresh);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsMaterial> material_;
};

}  // namespace tradeauto
