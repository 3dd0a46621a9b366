#pragma once

#include <string>

#include "base/rng.h"
#include "crypto/crypto.h"
#include "domain/credentials.h"
#include "domain/names.h"

namespace tradeauto {

// Credentials ↔ what may be written to disk. A box opens only for the account that it was made for. Thread-safe.
class CredentialBox {
 public:
  // `rng` outlives the box.
  CredentialBox(MasterKey key, Rng& rng) : key_(std::move(key)), rng_(rng) {}

  std::string seal(const AccountRef& ref, const Credentials& credentials) const;
  // Error: internal (unsealable).
  Result<Credentials> open(const AccountRef& ref, std::string_view sealed) const;
  // The same log-in gives the same bytes; empty for a brokerage that is exempt.
  std::string fingerprint(Brokerage brokerage, const Credentials& checked) const;

 private:
  const MasterKey key_;
  Rng& rng_;
};

}  // namespace tradeauto
