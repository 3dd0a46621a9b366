#include "crypto/crypto.h"

#include <mutex>
#include <stdexcept>
#include <utility>

#include <sodium.h>

namespace tradeauto {
namespace {

constexpr std::size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::string_view kTokenPrefix = "ta_";
constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenChecksumBytes = 4;
constexpr std::size_t kTokenTextBytes = 48;  // base64 of 36 bytes

void ensure_sodium() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
  });
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

void update(crypto_hash_sha256_state& state, std::string_view part) {
  std::array<unsigned char, 8> length{};
  std::uint64_t size = part.size();
  for (std::size_t i = length.size(); i-- > 0; size >>= 8) length.at(i) = static_cast<unsigned char>(size & 0xFF);
  crypto_hash_sha256_update(&state, length.data(), length.size());
  crypto_hash_sha256_update(&state, bytes_of(part), part.size());
}

std::string random_string(Rng& rng, std::size_t size) {
  std::string out(size, '\0');
  rng.fill({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return out;
}

std::string to_base64(const std::string& bytes) {
  std::string out(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes_of(std::string_view(bytes)), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  out.resize(out.size() - 1);  // the terminating NUL
  return out;
}

std::string token_checksum(std::string_view body) {
  const Digest digest = digest_of({"tradeauto token", body});
  return {reinterpret_cast<const char*>(digest.data()), kTokenChecksumBytes};
}

}  // namespace

Digest digest_of(std::initializer_list<std::string_view> parts) {
  ensure_sodium();
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (const std::string_view part : parts) update(state, part);
  Digest digest{};
  crypto_hash_sha256_final(&state, digest.data());
  return digest;
}

std::string to_hex(const Digest& digest) {
  std::string out(digest.size() * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), digest.data(), digest.size());
  out.pop_back();
  return out;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  ensure_sodium();
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

Result<MasterKey> MasterKey::from_bytes(SecretString bytes) {
  ensure_sodium();
  if (bytes.reveal().size() != kKeyBytes) {
    return make_error(ErrorCode::internal, "bad_master_key", "a master key is exactly 32 bytes");
  }
  return MasterKey(std::move(bytes));
}

MasterKey MasterKey::generate(Rng& rng) {
  ensure_sodium();
  return MasterKey(SecretString(random_string(rng, kKeyBytes)));
}

std::string MasterKey::seal(const SecretString& plain, std::string_view context, Rng& rng) const {
  const std::string_view message = plain.reveal();
  const std::string nonce = random_string(rng, kNonceBytes);
  std::string box(message.size() + kTagBytes, '\0');
  unsigned long long size = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(box), &size, bytes_of(message), message.size(), bytes_of(context),
                                             context.size(), nullptr, bytes_of(std::string_view(nonce)),
                                             bytes_of(bytes_.reveal()));
  box.resize(size);
  return nonce + box;
}

Result<SecretString> MasterKey::open(std::string_view sealed, std::string_view context) const {
  const auto failed = [] {
    return make_error(
        ErrorCode::internal, "unsealable",
        "stored credentials cannot be decrypted: they were changed, or MASTER_KEY_FILE holds another key");
  };
  if (sealed.size() < kNonceBytes + kTagBytes) return failed();
  const std::string_view nonce = sealed.substr(0, kNonceBytes);
  const std::string_view box = sealed.substr(kNonceBytes);
  std::string plain(box.size() - kTagBytes, '\0');
  unsigned long long size = 0;
  const int result = crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_of(plain), &size, nullptr, bytes_of(box),
                                                                box.size(), bytes_of(context), context.size(),
                                                                bytes_of(nonce), bytes_of(bytes_.reveal()));
  if (result != 0) return failed();
  plain.resize(size);
  return SecretString(std::move(plain));
}

std::string MasterKey::fingerprint(const SecretString& input, std::string_view context) const {
  std::array<unsigned char, 32> subkey{};
  crypto_kdf_derive_from_key(subkey.data(), subkey.size(), 1, "tafinger", bytes_of(bytes_.reveal()));
  std::array<unsigned char, 32> out{};
  crypto_generichash_state state;
  crypto_generichash_init(&state, subkey.data(), subkey.size(), out.size());
  const auto size = static_cast<unsigned char>(context.size());
  crypto_generichash_update(&state, &size, 1);
  crypto_generichash_update(&state, bytes_of(context), context.size());
  crypto_generichash_update(&state, bytes_of(input.reveal()), input.reveal().size());
  crypto_generichash_final(&state, out.data(), out.size());
  sodium_memzero(subkey.data(), subkey.size());
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

SecretString make_token(Rng& rng) {
  std::string body = random_string(rng, kTokenBytes);
  body += token_checksum(body);
  return SecretString(std::string(kTokenPrefix) + to_base64(body));
}

bool is_well_formed_token(std::string_view token) {
  ensure_sodium();
  if (!token.starts_with(kTokenPrefix) || token.size() != kTokenPrefix.size() + kTokenTextBytes) return false;
  token.remove_prefix(kTokenPrefix.size());
  std::string body(kTokenBytes + kTokenChecksumBytes, '\0');
  std::size_t size = 0;
  const int result = sodium_base642bin(bytes_of(body), body.size(), token.data(), token.size(), nullptr, &size, nullptr,
                                       sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  if (result != 0 || size != body.size()) return false;
  return token_checksum(std::string_view(body).substr(0, kTokenBytes)) == body.substr(kTokenBytes);
}

}  // namespace tradeauto
