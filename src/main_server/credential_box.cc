#include "main_server/credential_box.h"

#include <cstdint>
#include <optional>

#include <fmt/format.h>

namespace tradeauto {
namespace {

std::string context_of(const AccountRef& ref) { return fmt::format("credentials {}/{}", ref.group, ref.account); }

// The plain text inside a box: for each field, name and value, each as a 4-byte little-endian length and its bytes.
void append(std::string& out, std::string_view text) {
  auto size = static_cast<std::uint32_t>(text.size());
  for (int i = 0; i < 4; ++i, size >>= 8) out += static_cast<char>(size & 0xFF);
  out += text;
}

std::optional<std::string_view> take(std::string_view& in) {
  if (in.size() < 4) return std::nullopt;
  std::uint32_t size = 0;
  for (int i = 3; i >= 0; --i) size = (size << 8) | static_cast<unsigned char>(in[static_cast<std::size_t>(i)]);
  in.remove_prefix(4);
  if (in.size() < size) return std::nullopt;
  const std::string_view text = in.substr(0, size);
  in.remove_prefix(size);
  return text;
}

}  // namespace

std::string CredentialBox::seal(const AccountRef& ref, const Credentials& credentials) const {
  std::size_t size = 0;
  for (const auto& [name, value] : credentials.fields()) size += name.size() + value.reveal().size() + 8;
  std::string plain;
  plain.reserve(size);  // so that no growth leaves an unwiped copy behind
  for (const auto& [name, value] : credentials.fields()) {
    append(plain, name);
    append(plain, value.reveal());
  }
  return key_.seal(SecretString(std::move(plain)), context_of(ref), rng_);
}

Result<Credentials> CredentialBox::open(const AccountRef& ref, std::string_view sealed) const {
  TRY(const SecretString plain, key_.open(sealed, context_of(ref)));
  Credentials credentials;
  std::string_view rest = plain.reveal();
  while (!rest.empty()) {
    const auto name = take(rest);
    const auto value = name ? take(rest) : std::nullopt;
    if (!value) return make_error(ErrorCode::internal, "unsealable", "stored credentials are damaged");
    credentials.set(std::string(*name), SecretString(std::string(*value)));
  }
  return credentials;
}

std::string CredentialBox::fingerprint(Brokerage brokerage, const Credentials& checked) const {
  const SecretString identity = login_identity(brokerage, checked);
  if (identity.empty()) return {};
  return key_.fingerprint(identity, to_string(brokerage));
}

}  // namespace tradeauto
