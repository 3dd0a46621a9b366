#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "domain/brokerage.h"

namespace tradeauto {

// The log-in of one account: field name -> value. Values cannot be logged; names can.
class Credentials {
 public:
  void set(std::string field, SecretString value) { fields_.insert_or_assign(std::move(field), std::move(value)); }
  // nullptr when it is not set.
  const SecretString* find(std::string_view field) const {
    const auto it = fields_.find(field);
    return it == fields_.end() ? nullptr : &it->second;
  }
  bool empty() const { return fields_.empty(); }
  const std::map<std::string, SecretString, std::less<>>& fields() const { return fields_; }

 private:
  std::map<std::string, SecretString, std::less<>> fields_;
};

// Renames legacy field names to ours (BrokerageInfo::fields, aliases) and checks each value against what the
// brokerage's executor can express: every required field present; for the AutoRSA brokerages no empty value, no blank
// at either end, no ',' and, where the log-in has several fields, no ':'; per-field grammar of reference/autorsa.md 2.1
// (an e-mail where a token belongs, last four digits, Firstrade's OTP, Webull's exact four). All faults at once;
// pointers are "/credentials/<FIELD>"; no value is quoted.
struct CheckedCredentials {
  Credentials credentials;  // with our names; only meaningful without faults
  std::vector<FieldError> faults;
};
CheckedCredentials check_credentials(Brokerage brokerage, Credentials given);

// What makes a log-in the same log-in (promise 10): the user name, or the token where there is none; lower-cased where
// the brokerage ignores case. Empty for Paper, which is exempt. Feed it to a keyed hash only.
SecretString login_identity(Brokerage brokerage, const Credentials& checked);

}  // namespace tradeauto
