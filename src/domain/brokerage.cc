#include "domain/brokerage.h"

#include <array>
#include <string>

#include <fmt/format.h>

namespace tradeauto {
namespace {

using Names = std::span<const std::string_view>;

// Legacy wire names that carry the same value as ours (legacy-contract.md, credential fields).
constexpr std::array<std::string_view, 1> kEmail = {"EMAIL"};
constexpr std::array<std::string_view, 1> kPassword = {"PASSWORD"};
constexpr std::array<std::string_view, 1> kUsername = {"USERNAME"};
constexpr std::array<std::string_view, 1> kCellPhone = {"CELL_PHONE_LAST_FOUR"};

constexpr CredentialField user(std::string_view help = {}) {
  return {.name = "USERNAME", .label = "User name", .secret = false, .optional = false, .aliases = {}, .help = help};
}
constexpr CredentialField password() {
  return {.name = "PASSWORD", .label = "Password", .secret = true, .optional = false, .aliases = {}, .help = {}};
}
constexpr CredentialField secret(std::string_view name, std::string_view label, bool optional, Names aliases,
                                 std::string_view help) {
  return {.name = name, .label = label, .secret = true, .optional = optional, .aliases = aliases, .help = help};
}
constexpr CredentialField phone() {
  return {.name = "PHONE_LAST_FOUR",
          .label = "Last four digits of the phone",
          .secret = false,
          .optional = false,
          .aliases = kCellPhone,
          .help = "four digits"};
}
constexpr CredentialField debug() {
  return {.name = "DEBUG",
          .label = "Debug",
          .secret = false,
          .optional = true,
          .aliases = {},
          .help = "\"true\" makes the tool write screenshots"};
}

constexpr std::string_view kTotpHelp = "the secret of the authenticator app, or NA";

constexpr std::array kUserPassword = {user(), password()};
constexpr std::array kUserPasswordPhone = {user(), password(), phone()};
constexpr std::array kUserPasswordPhoneDebug = {user(), password(), phone(), debug()};
constexpr std::array kFennel = {
    secret("ACCESS_TOKEN", "Personal access token", false, kEmail, "not an e-mail address")};
constexpr std::array kUserPasswordTotpOrNa = {user(), password(),
                                              secret("TOTP_SECRET_OR_NA", "Authenticator secret", true, {}, kTotpHelp)};
constexpr std::array kFirstrade = {
    user(), password(),
    secret(
        "OTP", "PIN, phone, e-mail or authenticator secret", false, {},
        "4 digits (PIN), 10 digits (phone), an e-mail address, or an authenticator secret of more than 14 characters")};
constexpr std::array kPublic = {secret("ACCESS_TOKEN", "API secret", false, kPassword, "not an e-mail address")};
constexpr std::array kRobinhood = {user(), password(),
                                   secret("TOTP_OR_NA", "Authenticator secret", true, {}, kTotpHelp)};
constexpr std::array kSofi = {user(), password(), secret("TOTP_SECRET", "Authenticator secret", true, {}, kTotpHelp)};
constexpr std::array kTornado = {
    CredentialField{
        .name = "EMAIL", .label = "E-mail address", .secret = false, .optional = false, .aliases = {}, .help = {}},
    password()};
constexpr std::array kTradier = {secret("ACCESS_TOKEN", "Access token", false, {}, "of the live API")};
constexpr std::array kTastytrade = {
    secret("CLIENT_SECRET", "Client secret", false, kUsername, "of your access to the API"),
    secret("REFRESH_TOKEN", "Refresh token", false, kPassword, "that belongs to the client secret")};
constexpr std::array kWebull = {user("a phone number is written +1-XXXXXXXXXX"), password(),
                                secret("DID", "Device id", false, {}, "that Webull knows you by"),
                                secret("TRADING_PIN", "Trading PIN", false, {}, "six digits")};

constexpr CredentialField setting(std::string_view name, std::string_view label, std::string_view help) {
  return {.name = name, .label = label, .secret = false, .optional = true, .aliases = {}, .help = help};
}
constexpr std::array kPaper = {
    setting("SUB_ACCOUNTS", "Number of sub-accounts", "1 to 20; default 1"),
    setting("CASH", "Cash of each sub-account at the start, in dollars", "a decimal above 0; default 100000"),
    setting("FILL_DELAY_MS", "Time from submitted to filled, in milliseconds", "0 to 600000; default 200"),
    setting("FAULT", "Fault to simulate", "none, reject, slow, hang, crash or accept_then_hang; default none"),
    setting("FAULT_SUB_ACCOUNT", "Which sub-account has the fault", "1 to SUB_ACCOUNTS; default all"),
    setting("FAULT_SECONDS", "How late the fault slow is, in seconds", "0 to 600; default 5"),
};

constexpr std::array<BrokerageInfo, 17> kBrokerages = {{
    {Brokerage::bbae, "BBAE", Guarantee::none, false, false, false, kUserPassword},
    {Brokerage::chase, "Chase", Guarantee::none, true, false, true, kUserPasswordPhoneDebug},
    {Brokerage::dspac, "DSPAC", Guarantee::none, false, false, false, kUserPassword},
    {Brokerage::fennel, "Fennel", Guarantee::none, false, false, false, kFennel},
    {Brokerage::fidelity, "Fidelity", Guarantee::none, true, false, false, kUserPasswordTotpOrNa},
    {Brokerage::firstrade, "Firstrade", Guarantee::none, false, false, true, kFirstrade},
    {Brokerage::public_, "Public", Guarantee::none, false, false, false, kPublic},
    {Brokerage::robinhood, "Robinhood", Guarantee::none, false, false, false, kRobinhood},
    {Brokerage::schwab, "Schwab", Guarantee::none, true, false, true, kUserPasswordTotpOrNa},
    {Brokerage::sofi, "SoFi", Guarantee::none, true, false, false, kSofi},
    {Brokerage::tornado, "Tornado", Guarantee::none, true, false, false, kTornado},
    {Brokerage::tradier, "Tradier", Guarantee::none, false, false, true, kTradier},
    {Brokerage::tastytrade, "Tastytrade", Guarantee::none, false, false, false, kTastytrade},
    {Brokerage::webull, "Webull", Guarantee::none, false, false, true, kWebull},
    {Brokerage::vanguard, "Vanguard", Guarantee::none, true, false, true, kUserPasswordPhoneDebug},
    {Brokerage::wells_fargo, "WellsFargo", Guarantee::none, true, false, true, kUserPasswordPhone},
    {Brokerage::paper, "Paper", Guarantee::dedupes, false, true, false, kPaper},
}};

}  // namespace

std::span<const BrokerageInfo> all_brokerages() { return kBrokerages; }

const BrokerageInfo& info(Brokerage brokerage) { return kBrokerages.at(static_cast<std::size_t>(brokerage)); }

std::string_view to_string(Brokerage brokerage) { return info(brokerage).name; }

std::string_view to_string(Guarantee guarantee) {
  switch (guarantee) {
    case Guarantee::dedupes: return "dedupes";
    case Guarantee::findable: return "findable";
    case Guarantee::none: return "none";
  }
  return "none";
}

Result<Brokerage> parse_brokerage(std::string_view name) {
  std::string allowed;
  for (const BrokerageInfo& each : kBrokerages) {
    if (each.name == name) return each.brokerage;
    if (!allowed.empty()) allowed += ", ";
    allowed += each.name;
  }
  return make_error(ErrorCode::unprocessable, "unknown_brokerage", fmt::format("a brokerage is one of: {}", allowed));
}

}  // namespace tradeauto
