#include "app/tls_files.h"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "crypto/secret_file.h"

namespace tradeauto {
namespace {

std::string named(const Settings& settings, std::string_view key) {
  return fmt::format("{} = {}", key, settings.text(key));
}

bool is_set(const Settings& settings, std::string_view key) { return !settings.text(key).empty(); }

// Empty where the setting is.
Result<std::string> read_public(const Settings& settings, std::string_view key) {
  if (!is_set(settings, key)) return std::string();
  errno = 0;
  std::ifstream in(settings.text(key), std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.is_open() && !in.bad() && !text.empty()) return text;
  const std::string why = errno == 0 ? "it is empty" : std::generic_category().message(errno);
  return make_error(ErrorCode::invalid_argument, "tls_file",
                    fmt::format("{}: {}. Give a file that this user can read", named(settings, key), why));
}

Error incomplete(const Settings& settings, std::string_view has, std::string_view lacks) {
  return make_error(ErrorCode::invalid_argument, "tls_incomplete",
                    fmt::format("{} needs {} too", named(settings, has), lacks));
}

// `prefix`: TLS or REDIS.
Result<TlsFiles> read_all(const Settings& settings, std::string_view prefix, Timestamp now) {
  const std::string certificate = fmt::format("{}_CERT_FILE", prefix);
  const std::string key = fmt::format("{}_KEY_FILE", prefix);
  const std::string authority = fmt::format("{}_CA_FILE", prefix);
  TlsFiles files;
  TRY(files.material.certificates, read_public(settings, certificate));
  TRY(files.material.authorities, read_public(settings, authority));
  if (is_set(settings, certificate) != is_set(settings, key)) {
    return is_set(settings, certificate) ? incomplete(settings, certificate, fmt::format("its key, {},", key))
                                         : incomplete(settings, key, fmt::format("its certificate, {},", certificate));
  }
  if (is_set(settings, key)) {
    TRY(files.material.key, read_secret_file(settings.text(key), key));
  }
  const TlsOrigin origin{.certificates = named(settings, certificate),
                         .key = named(settings, key),
                         .authorities = named(settings, authority)};
  TRY(files.facts, check_tls(files.material, origin, now));
  return files;
}

}  // namespace

Result<std::optional<TlsFiles>> read_main_tls(const Settings& settings, Timestamp now) {
  TRY(TlsFiles files, read_all(settings, "TLS", now));
  if (!files.material.certificates.empty()) return std::optional(std::move(files));
  if (is_set(settings, "TLS_CA_FILE")) {
    return incomplete(settings, "TLS_CA_FILE",
                      "a certificate of the main server's own, TLS_CERT_FILE and TLS_KEY_FILE,");
  }
  return std::optional<TlsFiles>();
}

Result<std::optional<TlsFiles>> read_worker_tls(const Settings& settings, Timestamp now) {
  TRY(TlsFiles files, read_all(settings, "TLS", now));
  if (!files.material.authorities.empty()) return std::optional(std::move(files));
  if (is_set(settings, "TLS_CERT_FILE")) {
    return incomplete(settings, "TLS_CERT_FILE", "the authority of the main server's certificate, TLS_CA_FILE,");
  }
  return std::optional<TlsFiles>();
}

Result<TlsMaterial> read_redis_tls(const Settings& settings, Timestamp now) {
  TRY(TlsFiles files, read_all(settings, "REDIS", now));
  return std::move(files.material);
}

Result<TlsMaterial> read_command_tls(const Settings& settings) {
  TlsMaterial material;
  TRY(material.authorities, read_public(settings, "TLS_CA_FILE"));
  TRY_VOID(check_tls(material, {.certificates = {}, .key = {}, .authorities = named(settings, "TLS_CA_FILE")}, {}));
  return material;
}

}  // namespace tradeauto
