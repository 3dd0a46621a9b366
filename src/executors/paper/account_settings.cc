#include "executors/paper/account_settings.h"

#include <charconv>
#include <string_view>

namespace tradeauto {
namespace {

// The values have been checked: whole numbers and decimals in their bounds.
template <typename Use>
void with_text(const Credentials& credentials, std::string_view field, const Use& use) {
  if (const SecretString* value = credentials.find(field); value != nullptr) use(value->reveal());
}

int number(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Result<AccountSettings> parse_account_settings(const Credentials& credentials) {
  CheckedCredentials checked = check_credentials(Brokerage::paper, credentials);
  if (!checked.faults.empty()) {
    Error error = make_error(ErrorCode::unprocessable, "bad_credentials", "the account's settings cannot be used");
    error.fields = std::move(checked.faults);
    return error;
  }
  AccountSettings settings;
  with_text(checked.credentials, "SUB_ACCOUNTS", [&](std::string_view text) { settings.sub_accounts = number(text); });
  with_text(checked.credentials, "FILL_DELAY_MS",
            [&](std::string_view text) { settings.fill_delay = std::chrono::milliseconds(number(text)); });
  with_text(checked.credentials, "FAULT",
            [&](std::string_view text) { settings.fault.kind = parse_fault_kind(text).value_or(FaultKind::none); });
  with_text(checked.credentials, "FAULT_SUB_ACCOUNT",
            [&](std::string_view text) { settings.fault.sub_account = number(text); });
  with_text(checked.credentials, "FAULT_SECONDS",
            [&](std::string_view text) { settings.fault.seconds = number(text); });
  if (const SecretString* cash = checked.credentials.find("CASH"); cash != nullptr) {
    TRY(const Decimal dollars, Decimal::parse(cash->reveal()));
    settings.cash = Money(dollars);
  }
  return settings;
}

}  // namespace tradeauto
