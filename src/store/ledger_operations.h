#pragma once

#include <string>
#include <vector>

#include "store/ledger_rows.h"

// The rules of ports/ledger.h, once for all engines. Each function is one transaction's body: after an Error the engine
// rolls back. Everything is read before anything is written, so that an engine without roll-back is right as well.
namespace tradeauto::operations {

Result<Ledger::Accepted> accept(LedgerRows& rows, Order order, const std::string& body_hash, Actor by);
Result<Ledger::Accepted> retry(LedgerRows& rows, Order order, const std::string& body_hash, bool include_rejected,
                               Actor by);
Result<void> offered(LedgerRows& rows, const std::vector<ChildOrderId>& ids, const WorkerName& worker, Timestamp now);
Result<PermitDecision> permit(LedgerRows& rows, const PermitRequest& request);
Result<std::optional<ChildOrderChange>> report(LedgerRows& rows, const ChildOrderReport& report,
                                               const WorkerName& worker, Timestamp now);
// By a rule of the main server itself. The child orders that are not in the state from which `cause` leads are left
// alone.
Result<std::vector<ChildOrderChange>> change_all(LedgerRows& rows, const std::vector<ChildOrderId>& ids, Cause cause,
                                                 const rules::Words& words, Timestamp now);
Result<std::vector<ChildOrderChange>> cancel(LedgerRows& rows, const OrderId& id, Actor by, Timestamp now);
Result<ChildOrderChange> resolve(LedgerRows& rows, const Resolution& resolution, Timestamp now, Timestamp runs_over);
Result<std::vector<ChildOrderChange>> expire(LedgerRows& rows, Timestamp now);

}  // namespace tradeauto::operations
