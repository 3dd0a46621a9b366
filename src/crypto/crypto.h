#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/rng.h"
#include "base/secret.h"

namespace tradeauto {

using Digest = std::array<std::uint8_t, 32>;

// SHA-256 over the parts, each preceded by its length, so that ("ab","c") and ("a","bc") differ.
Digest digest_of(std::initializer_list<std::string_view> parts);

// Lower-case hexadecimal.
std::string to_hex(const Digest& digest);

// In time that depends on the lengths only.
bool equal_constant_time(std::string_view a, std::string_view b);

// The key that everything secret at rest hangs on: 256 bits. Copies share nothing and are wiped.
class MasterKey {
 public:
  // `bytes` must be 32 bytes long. Error: internal (bad_master_key).
  static Result<MasterKey> from_bytes(SecretString bytes);
  static MasterKey generate(Rng& rng);

  // The raw key, for its file only.
  const SecretString& bytes() const { return bytes_; }

  // XChaCha20-Poly1305 with a random nonce. `context` binds the box to its place (who it belongs to) and is not stored
  // in it.
  std::string seal(const SecretString& plain, std::string_view context, Rng& rng) const;
  // Error: internal (unsealable) if the box was changed, belongs to another context or was made with another key.
  Result<SecretString> open(std::string_view sealed, std::string_view context) const;

  // BLAKE2b, keyed with a subkey of its own: the same input gives the same bytes, and nobody without the key can try
  // inputs.
  std::string fingerprint(const SecretString& input, std::string_view context) const;

 private:
  explicit MasterKey(SecretString bytes) : bytes_(std::move(bytes)) {}

  SecretString bytes_;
};

// An access token: "ta_", 256 random bits and a checksum in base64url without padding.
SecretString make_token(Rng& rng);
// Has the form of a token and its checksum: tells a typing error from a wrong token. Proves nothing about its validity.
bool is_well_formed_token(std::string_view token);

}  // namespace tradeauto
