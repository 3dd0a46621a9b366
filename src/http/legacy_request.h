#pragma once

#include <optional>
#include <string_view>

#include "base/secret.h"
#include "domain/brokerage.h"
#include "domain/credentials.h"
#include "domain/order.h"
#include "http/api_message.h"
#include "http/legacy_reply.h"

namespace tradeauto {

// The requests of the original main's REST. Each parser gives nothing when it has added to `faults`.

// ?group_name=
std::optional<GroupName> parse_legacy_group(const NameValues& query, LegacyFaults& faults);
// ?group_name=&account_name=
std::optional<AccountRef> parse_legacy_account(const NameValues& query, LegacyFaults& faults);

struct LegacyActivation {
  AccountRef account;
  Brokerage brokerage = Brokerage::paper;
  Credentials credentials;  // as they came
};
// {"group_name", "account_name", "brokerage", "cred": {NAME: value}}; other fields are passed over, as there.
// `body` is secret as a whole: a fault quotes no value but those of the first three.
std::optional<LegacyActivation> parse_legacy_activation(const SecretString& body, std::string_view content_type,
                                                        LegacyFaults& faults);

struct LegacyTransaction {
  GroupName group;
  Side side = Side::buy;
  Quantity quantity;
  Symbol symbol;
  bool dry_run = false;
};
// ?group_name=&method=&amount=&ticker=&dry=. Nothing else, and nothing twice: what is passed over could be what makes
// the order another one. `default_order`: without method, amount and ticker it is the original's, buy 1 AAPL.
std::optional<LegacyTransaction> parse_legacy_transaction(const NameValues& query, bool default_order,
                                                          LegacyFaults& faults);

}  // namespace tradeauto
