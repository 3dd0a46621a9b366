#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "executors/paper/account_book.h"
#include "executors/paper/append_log.h"
#include "executors/paper/prices.h"

namespace tradeauto {

// What a client asks of the broker for one sub-account.
struct PaperOrder {
  AccountRef account;
  int sub_account = 1;
  ChildOrderId child_order;
  Side side = Side::buy;
  Symbol symbol;
  Quantity quantity;
  Money opening_cash;
  std::chrono::milliseconds fill_delay{};
  bool refuse = false;  // the fault `reject`
};

// A placement and its line in the ledger.
struct RecordedPlacement {
  Placement placement;
  std::string line;
};

// The simulated broker. Everything it knows is in its placement ledger, so that a restart, or another process with the
// same folder, sees the same. Decides one order at a time across all processes (flock). Thread: one at a time; every
// call blocks. Memory: a few hundred bytes for each child order, more for each open one.
class PaperBroker {
 public:
  // `folder` exists. What is referred to outlives the broker. Failure: internal (paper_ledger_corrupt,
  // paper_file_failed).
  static Result<std::unique_ptr<PaperBroker>> open(const std::filesystem::path& folder, PaperPrices prices,
                                                   const Clock& clock);

  // Decides each order; its answer stands at the same place. The lines are on disk when it returns. A child order that
  // was decided for the sub-account before gets that first decision again, and a line `duplicate`. Nothing while
  // another process has the ledger: ask again. Failure: effect none if nothing was decided.
  Result<std::optional<std::vector<RecordedPlacement>>> decide(const std::vector<PaperOrder>& orders);

  // What the broker would decide now; writes nothing. Without a sub-account of its own rules: `at` and ids are empty.
  Result<Placement> preview(const PaperOrder& order);

  // The first decisions on a child order, by sub-account.
  Result<std::vector<RecordedPlacement>> find(const ChildOrderId& child_order);

  // A share's price now; nothing if it is not traded here.
  Result<std::optional<Price>> price(const Symbol& symbol) { return prices_.price(symbol, clock_.now()); }

  // The books of an account as of now, by sub-account from 1; those that never saw an accepted order are missing.
  Result<std::map<int, AccountBook>> books(const AccountRef& account);

 private:
  struct Entry {
    int sub_account;
    std::uint64_t offset;
  };
  struct Draft;  // lines that are being decided

  PaperBroker(AppendLog log, PaperPrices prices, const Clock& clock)
      : log_(std::move(log)), prices_(std::move(prices)), clock_(clock) {}
  Result<void> catch_up();
  Result<void> apply(std::uint64_t offset, const Placement& placement);
  Result<RecordedPlacement> decide_one(const PaperOrder& order, Draft& draft);
  Result<Placement> judge(const PaperOrder& order, Timestamp now);
  const Entry* find_entry(const PaperOrder& order) const;

  AppendLog log_;
  PaperPrices prices_;
  const Clock& clock_;
  bool stale_ = false;  // what is in memory may not be what is in the file
  std::uint64_t accepted_ = 0;
  std::unordered_map<ChildOrderId, std::vector<Entry>> decided_;
  std::map<AccountRef, std::map<int, AccountBook>> accounts_;
};

}  // namespace tradeauto
