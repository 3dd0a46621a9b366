#pragma once

#include <vector>

#include "domain/task.h"
#include "executors/paper/account_settings.h"
#include "executors/paper/paper_parts.h"

namespace tradeauto {

// What the broker can be asked without placing anything. All on the pool.

// The reports of a dry run: the price, and what the broker would say.
Result<std::vector<ChildOrderReport>> rehearse_orders(PaperParts& parts, const TransactionTask& task,
                                                      const AccountSettings& settings);

// Every sub-account's cash and positions; without those that `fault` silences, and then not complete.
Result<HoldingsReport> look_at_holdings(PaperParts& parts, const AccountRef& account, const AccountSettings& settings,
                                        const Fault& fault);

}  // namespace tradeauto
