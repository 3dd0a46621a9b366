#include "executors/paper/paper_broker.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace tradeauto {

// Lines that are decided and not yet in the file; they begin at `begin` there.
struct PaperBroker::Draft {
  std::uint64_t begin;
  std::string lines;
};

namespace {

// Unlocks at the end of a decision, however it ends.
class Unlock {
 public:
  explicit Unlock(AppendLog& log) : log_(log) {}
  Unlock(const Unlock&) = delete;
  Unlock& operator=(const Unlock&) = delete;
  ~Unlock() { log_.unlock(); }

 private:
  AppendLog& log_;
};

}  // namespace

Result<std::unique_ptr<PaperBroker>> PaperBroker::open(const std::filesystem::path& folder, PaperPrices prices,
                                                       const Clock& clock) {
  TRY(AppendLog log, AppendLog::open(folder / "placements.jsonl"));
  std::unique_ptr<PaperBroker> broker(new PaperBroker(std::move(log), std::move(prices), clock));
  TRY_VOID(broker->catch_up());
  return broker;
}

Result<void> PaperBroker::catch_up() {
  if (std::exchange(stale_, false)) {
    log_.rewind();
    accepted_ = 0;
    decided_.clear();
    accounts_.clear();
  }
  const auto take = [this](std::uint64_t offset, std::string_view line) -> Result<void> {
    auto placement = parse_placement(line);
    auto applied = placement.ok() ? apply(offset, *placement) : Result<void>(placement.error());
    if (!applied.ok()) {
      applied.error().message = fmt::format("placements.jsonl at byte {}: {}", offset, applied.error().message);
    }
    return applied;
  };
  auto read = log_.read_new(take);
  if (!read.ok()) stale_ = true;
  return read;
}

Result<void> PaperBroker::apply(std::uint64_t offset, const Placement& placement) {
  if (placement.decision == Decision::duplicate) return {};
  decided_[placement.child_order].push_back({.sub_account = placement.sub_account, .offset = offset});
  if (placement.decision != Decision::accepted) return {};
  ++accepted_;
  AccountBook& book = accounts_[placement.account][placement.sub_account];
  TRY_VOID(book.settle(placement.at));
  return book.take(placement);
}

Result<std::optional<std::vector<RecordedPlacement>>> PaperBroker::decide(const std::vector<PaperOrder>& orders) {
  TRY(const bool locked, log_.try_lock());
  if (!locked) return std::optional<std::vector<RecordedPlacement>>();
  const Unlock unlock(log_);
  TRY_VOID(catch_up());
  // Until the lines are on disk, memory is ahead of the file.
  stale_ = true;
  Draft draft{.begin = log_.end(), .lines = {}};
  std::vector<RecordedPlacement> answers;
  answers.reserve(orders.size());
  for (const PaperOrder& order : orders) {
    TRY(RecordedPlacement answer, decide_one(order, draft));
    answers.push_back(std::move(answer));
  }
  TRY_VOID(log_.append(draft.lines));
  stale_ = false;
  return std::optional(std::move(answers));
}

Result<RecordedPlacement> PaperBroker::decide_one(const PaperOrder& order, Draft& draft) {
  const Timestamp now = clock_.now();
  if (const Entry* entry = find_entry(order); entry != nullptr) {
    RecordedPlacement first;
    if (entry->offset >= draft.begin) {
      const std::size_t from = entry->offset - draft.begin;
      first.line = draft.lines.substr(from, draft.lines.find('\n', from) - from);
    } else {
      TRY(first.line, log_.line_at(entry->offset));
    }
    TRY(first.placement, parse_placement(first.line));
    Placement again = first.placement;
    again.at = now;
    again.decision = Decision::duplicate;
    again.reason.clear();
    again.fills_at.reset();
    draft.lines += to_line(again) + '\n';
    return first;
  }
  TRY(Placement placement, judge(order, now));
  if (placement.decision == Decision::accepted) {
    placement.broker_order_id = fmt::format("P{}", accepted_ + 1);
    placement.fills_at = now + order.fill_delay;
  }
  RecordedPlacement recorded{.placement = placement, .line = to_line(placement)};
  TRY_VOID(apply(draft.begin + draft.lines.size(), placement));
  draft.lines += recorded.line + '\n';
  return recorded;
}

const PaperBroker::Entry* PaperBroker::find_entry(const PaperOrder& order) const {
  const auto found = decided_.find(order.child_order);
  if (found == decided_.end()) return nullptr;
  const auto entry = std::ranges::find(found->second, order.sub_account, &Entry::sub_account);
  return entry == found->second.end() ? nullptr : &*entry;
}

Result<Placement> PaperBroker::judge(const PaperOrder& order, Timestamp now) {
  Placement placement{.at = now,
                      .account = order.account,
                      .sub_account = order.sub_account,
                      .child_order = order.child_order,
                      .side = order.side,
                      .symbol = order.symbol,
                      .quantity = order.quantity,
                      .decision = Decision::rejected,
                      .reason = {},
                      .broker_order_id = {},
                      .price = {},
                      .fills_at = {}};
  TRY(placement.price, prices_.price(order.symbol, now));
  if (order.refuse) {
    placement.reason = "simulated_fault";
    return placement;
  }
  if (!placement.price) {
    placement.reason = "unknown_symbol";
    return placement;
  }
  AccountBook empty;
  AccountBook* book = &empty;
  if (const auto account = accounts_.find(order.account); account != accounts_.end()) {
    if (const auto found = account->second.find(order.sub_account); found != account->second.end())
      book = &found->second;
  }
  TRY_VOID(book->settle(now));
  placement.reason = book->refusal(order.side, order.symbol, order.quantity, *placement.price, order.opening_cash);
  if (placement.reason.empty()) placement.decision = Decision::accepted;
  return placement;
}

Result<Placement> PaperBroker::preview(const PaperOrder& order) {
  TRY_VOID(catch_up());
  return judge(order, clock_.now());
}

Result<std::vector<RecordedPlacement>> PaperBroker::find(const ChildOrderId& child_order) {
  TRY_VOID(catch_up());
  std::vector<RecordedPlacement> found;
  const auto entries = decided_.find(child_order);
  if (entries == decided_.end()) return found;
  for (const Entry& entry : entries->second) {
    TRY(std::string line, log_.line_at(entry.offset));
    TRY(Placement placement, parse_placement(line));
    found.push_back({.placement = std::move(placement), .line = std::move(line)});
  }
  std::ranges::sort(found, {}, [](const RecordedPlacement& each) { return each.placement.sub_account; });
  return found;
}

Result<std::map<int, AccountBook>> PaperBroker::books(const AccountRef& account) {
  TRY_VOID(catch_up());
  const auto found = accounts_.find(account);
  if (found == accounts_.end()) return std::map<int, AccountBook>();
  for (auto& [number, book] : found->second) TRY_VOID(book.settle(clock_.now()));
  return found->second;
}

}  // namespace tradeauto
