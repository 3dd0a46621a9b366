#include "domain/legacy_credentials.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace tradeauto {
namespace {

const SecretString* value_of(const Credentials& given, std::string_view name) {
  const SecretString* value = given.find(name);
  return value == nullptr || value->empty() ? nullptr : value;
}

// What the original called the field. (Its CELL_PHONE_LAST_FOUR was never asked for.)
std::string_view legacy_name(const CredentialField& field) {
  return field.aliases.empty() || field.name == "PHONE_LAST_FOUR" ? field.name : field.aliases.front();
}

}  // namespace

Result<Credentials> take_legacy_credentials(Brokerage brokerage, Credentials given) {
  Credentials taken;
  for (const CredentialField& field : info(brokerage).fields) {
    const SecretString* value = value_of(given, field.name);
    for (const std::string_view alias : field.aliases) {
      if (value == nullptr) value = value_of(given, alias);
    }
    if (value != nullptr) {
      taken.set(std::string(field.name), *value);
    } else if (brokerage != Brokerage::paper) {
      return make_error(ErrorCode::unprocessable, "missing_field",
                        fmt::format("Missing field '{}' for broker '{}'.", legacy_name(field), to_string(brokerage)));
    }
  }
  return taken;
}

}  // namespace tradeauto
