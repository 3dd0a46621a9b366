#pragma once

#include <optional>

#include "ports/access.h"
#include "ports/ledger.h"
#include "ports/registry.h"

// The events of what somebody does, once for all engines. Pure. None of them holds a secret: of credentials the names
// of the fields, of a token what it allows.
namespace tradeauto::deeds {

// Whether the event is of the audit trail, which keeps what somebody did: its type is a deed's, and who did it is
// known.
bool is_deed(const Event& event);
// For a deed: the place in the list apart.
bool matches(const Event& event, const DeedFilter& filter);

Event order_accepted(const Order& order, Actor by);  // a retry is one too
// `order` as it was before; `canceled` of its child orders were pending.
Event order_canceled(const Order& order, std::size_t canceled, Actor by, Timestamp now);
// The word of the API for what a resolution says.
std::string_view word_of(const Resolution& resolution);
Event child_order_resolved(const ChildOrder& child, const Resolution& resolution, Timestamp now);

Event group_created(const GroupName& group, Actor by, Timestamp now);
Event group_deleted(const GroupName& group, Actor by, Timestamp now);
// Added, changed, enabled or disabled: what it was before tells which.
Event account_put(const std::optional<RegisteredAccount>& before, const RegisteredAccount& stored, Actor by);
Event account_deleted(const RegisteredAccount& account, Actor by, Timestamp now);

Event token_created(const AccessToken& token, Actor by);
Event token_revoked(const AccessToken& token, Actor by, Timestamp now);

}  // namespace tradeauto::deeds
