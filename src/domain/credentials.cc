#include "domain/credentials.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "domain/credential_grammar.h"

namespace tradeauto {
namespace {

// A field name comes from the client: escaped as RFC 6901 asks.
std::string pointer_to(std::string_view field) {
  std::string pointer = "/credentials/";
  for (const char c : field) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

std::string allowed_fields(const BrokerageInfo& brokerage) {
  std::string names;
  for (const CredentialField& field : brokerage.fields) {
    if (!names.empty()) names += ", ";
    names += field.name;
    if (field.optional) names += " (optional)";
  }
  return names;
}

// The original demanded a user name of Public beside what is its API secret now; clients of the old names still send
// it.
bool is_no_longer_used(Brokerage brokerage, std::string_view field) {
  return brokerage == Brokerage::public_ && field == "USERNAME";
}

bool is_known(const BrokerageInfo& brokerage, std::string_view given) {
  return std::ranges::any_of(brokerage.fields, [&](const CredentialField& field) {
    return field.name == given || std::ranges::find(field.aliases, given) != field.aliases.end();
  });
}

// The name under which the client sent this field: ours before the legacy ones.
std::optional<std::string_view> given_name(const CredentialField& field, const Credentials& given) {
  if (given.find(field.name) != nullptr) return field.name;
  for (const std::string_view alias : field.aliases) {
    if (given.find(alias) != nullptr) return alias;
  }
  return std::nullopt;
}

SecretString lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return SecretString(std::move(lower));
}

int number_or(const Credentials& credentials, std::string_view field, int otherwise) {
  const SecretString* value = credentials.find(field);
  if (value == nullptr) return otherwise;
  const std::string_view text = value->reveal();
  int number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The one rule that needs two fields.
void check_fault_sub_account(CheckedCredentials& checked) {
  const int sub_accounts = number_or(checked.credentials, "SUB_ACCOUNTS", 1);
  if (number_or(checked.credentials, "FAULT_SUB_ACCOUNT", 1) > sub_accounts) {
    checked.faults.push_back(
        {.pointer = pointer_to("FAULT_SUB_ACCOUNT"),
         .code = "out_of_range",
         .detail = fmt::format("FAULT_SUB_ACCOUNT is a whole number from 1 to SUB_ACCOUNTS ({})", sub_accounts)});
  }
}

}  // namespace

CheckedCredentials check_credentials(Brokerage brokerage, Credentials given) {
  const BrokerageInfo& about = info(brokerage);
  CheckedCredentials checked;
  for (const CredentialField& field : about.fields) {
    const auto name = given_name(field, given);
    if (!name) {
      if (!field.optional) {
        checked.faults.push_back({.pointer = pointer_to(field.name),
                                  .code = "required",
                                  .detail = fmt::format("{} needs {} ({})", about.name, field.name, field.label)});
      }
      continue;
    }
    const SecretString& value = *given.find(*name);
    if (auto fault = check_value(brokerage, field.name, value.reveal())) {
      checked.faults.push_back({.pointer = pointer_to(*name),
                                .code = std::move(fault->code),
                                .detail = fmt::format("{} {}", *name, fault->detail)});
      continue;
    }
    checked.credentials.set(std::string(field.name), field.name == "DEBUG" ? lower_case(value.reveal()) : value);
  }
  for (const auto& [name, value] : given.fields()) {
    if (is_known(about, name) || is_no_longer_used(brokerage, name)) continue;
    checked.faults.push_back({.pointer = pointer_to(name),
                              .code = "unknown_field",
                              .detail = fmt::format("{} takes {}", about.name, allowed_fields(about))});
  }
  if (brokerage == Brokerage::paper && checked.faults.empty()) check_fault_sub_account(checked);
  return checked;
}

SecretString login_identity(Brokerage brokerage, const Credentials& checked) {
  if (brokerage == Brokerage::paper) return {};
  // User names and e-mail addresses: no brokerage tells two log-ins apart by case alone, and taking one log-in for two
  // buys twice.
  for (const std::string_view name : {"USERNAME", "EMAIL"}) {
    if (const SecretString* value = checked.find(name)) return lower_case(value->reveal());
  }
  // Tastytrade's refresh token can be renewed; the client secret stays with the log-in.
  for (const std::string_view name : {"ACCESS_TOKEN", "CLIENT_SECRET"}) {
    if (const SecretString* value = checked.find(name)) return *value;
  }
  return {};
}

}  // namespace tradeauto
