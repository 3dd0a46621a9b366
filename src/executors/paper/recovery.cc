#include "executors/paper/recovery.h"

#include <algorithm>

namespace tradeauto {
namespace {

using Numbers = std::set<int>;

Result<Numbers> silent_numbers(const PaperParts& parts, const PaperRun& run) {
  TRY(const Fault fault, parts.fault_now(run.account, parts.memory->last_fault(run.account)));
  Numbers silent;
  for (int number = 1; number <= run.sub_accounts; ++number) {
    if (fault.silences(number)) silent.insert(number);
  }
  return silent;
}

bool answered(const RecordedPlacement& recorded, const PaperRun& run) {
  return !run.unanswered.contains(recorded.placement.sub_account);
}

// Something to report of a run that another process began?
Result<bool> settle_run(PaperParts& parts, PaperRun run) {
  TRY(const auto placements, parts.broker->find(run.child_order));
  TRY(const Numbers silent, silent_numbers(parts, run));
  const auto known = static_cast<std::size_t>(
      std::ranges::count_if(placements, [&](const auto& each) { return answered(each, run); }));
  // Cut off in the middle: recover() is asked about it. Cut off after the last answer: as good as ended.
  const bool all_known = run.unanswered.empty() && known == static_cast<std::size_t>(run.sub_accounts);
  if (!run.ended && !all_known) return false;
  Numbers still;
  std::ranges::set_intersection(run.unanswered, silent, std::inserter(still, still.end()));
  const bool news = still != run.unanswered || known > 0;
  run.ended = true;
  run.unanswered = std::move(still);
  TRY_VOID(parts.memory->update(run));
  return news;
}

}  // namespace

Result<std::vector<ChildOrderId>> settle_ended_runs(PaperParts& parts) {
  std::vector<ChildOrderId> news;
  for (PaperRun& run : parts.memory->all()) {
    const ChildOrderId id = run.child_order;
    TRY(const bool told, settle_run(parts, std::move(run)));
    if (told) news.push_back(id);
  }
  return news;
}

Result<Recovered> settle_child_order(PaperParts& parts, const TransactionTask& task, const ChildOrderId& child_order) {
  TRY(const auto placements, parts.broker->find(child_order));
  PaperRun run{.child_order = child_order,
               .account = task.account,
               .quantity = task.quantity,
               .sub_accounts = 0,
               .ended = true,
               .unanswered = {},
               .reason = {},
               .updated_at = parts.clock.now()};
  const PaperRun* known = parts.memory->find(child_order);
  if (known == nullptr && placements.empty()) return Recovered::never_began;
  if (known == nullptr) {
    // Told to its end before, or lost with the power: the ledger alone speaks.
    run.sub_accounts = placements.back().placement.sub_account;
  } else if (known->ended) {
    run = *known;  // settle_ended_runs() has been here
  } else {
    run.sub_accounts = known->sub_accounts;
    TRY(run.unanswered, silent_numbers(parts, run));
    if (!run.unanswered.empty()) run.reason = "no_answer";
  }
  TRY_VOID(parts.memory->update(run));
  const bool all_silent = run.unanswered.size() == static_cast<std::size_t>(run.sub_accounts);
  return all_silent ? Recovered::unknown : Recovered::told;
}

}  // namespace tradeauto
