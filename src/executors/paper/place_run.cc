#include "executors/paper/place_run.h"

#include <unistd.h>

#include <algorithm>

#include "net/timer.h"

namespace tradeauto {
namespace {

bool hangs(const Fault& fault) { return fault.kind == FaultKind::hang || fault.kind == FaultKind::accept_then_hang; }

}  // namespace

asio::awaitable<Result<void>> PlaceRun::run() {
  if (deadline_.over(parts_.clock)) {
    co_return make_error(ErrorCode::deadline_exceeded, "deadline_exceeded", "the run's time was over at its start");
  }
  const BootTime started = parts_.clock.boot_now();
  auto begun = co_await parts_.pool.run([this] { return begin(); });
  if (begun.ok()) begun = co_await ask_at_once();
  if (!begun.ok()) {
    co_await abandon(begun.error().effect);
    co_return begun;
  }
  for (Child& child : children_) {
    const bool waits = !hit_by(child).empty() && (hangs(child.fault) || child.fault.kind == FaultKind::slow);
    if (waits) {
      const auto told = co_await reporter_.tell(child.run.child_order, sink_);
      if (!told.ok()) {
        parts_.log.warn("a report is late",
                        {{"child_order", child.run.child_order}, {"message", told.error().message}});
      }
    } else {
      CO_TRY_VOID(co_await finish(child));
    }
  }
  for (Child& child : children_) {
    if (child.run.ended || child.fault.kind != FaultKind::slow) continue;
    CO_TRY_VOID(co_await ask_late(child, started));
  }
  for (Child& child : children_) {
    if (child.run.ended) continue;
    co_await sleep_until(parts_.clock, deadline_);
    CO_TRY_VOID(co_await finish(child));
  }
  co_return Result<void>{};
}

Result<void> PlaceRun::begin() {
  for (const TaskChildOrder& child : task_.child_orders) {
    TRY(const Fault fault, parts_.use_fault(task_.account, settings_.fault));
    PaperRun run{.child_order = child.id,
                 .account = task_.account,
                 .quantity = task_.quantity,
                 .sub_accounts = settings_.sub_accounts,
                 .ended = false,
                 .unanswered = {},
                 .reason = {},
                 .updated_at = parts_.clock.now()};
    TRY_VOID(parts_.memory->begin(run, settings_.fault));
    children_.push_back({.run = std::move(run), .symbol = child.symbol, .fault = fault});
  }
  return {};
}

PlaceRun::Numbers PlaceRun::hit_by(const Child& child) const {
  Numbers numbers;
  for (int number = 1; number <= settings_.sub_accounts; ++number) {
    if (child.fault.hits(number)) numbers.insert(number);
  }
  return numbers;
}

PaperOrder PlaceRun::order_of(const Child& child, int number) const {
  return {.account = task_.account,
          .sub_account = number,
          .child_order = child.run.child_order,
          .side = task_.side,
          .symbol = child.symbol,
          .quantity = task_.quantity,
          .opening_cash = settings_.cash,
          .fill_delay = settings_.fill_delay,
          .refuse = child.fault.kind == FaultKind::reject && child.fault.hits(number)};
}

std::vector<PaperOrder> PlaceRun::first_orders() {
  std::vector<PaperOrder> orders;
  for (Child& child : children_) {
    for (int number = 1; number <= settings_.sub_accounts; ++number) {
      const FaultKind kind = child.fault.hits(number) ? child.fault.kind : FaultKind::none;
      if (kind != FaultKind::hang && kind != FaultKind::slow) orders.push_back(order_of(child, number));
      if (kind != FaultKind::hang && kind != FaultKind::accept_then_hang && kind != FaultKind::crash) continue;
      child.run.unanswered.insert(number);
      child.run.reason = kind == FaultKind::crash ? "connection_lost" : "no_answer";
    }
  }
  return orders;
}

asio::awaitable<Result<void>> PlaceRun::ask_at_once() {
  std::vector<PaperOrder> orders = first_orders();
  // What the broker will be silent about is remembered first: no report may show what was not heard.
  CO_TRY_VOID(co_await parts_.pool.run([this]() -> Result<void> {
    for (const Child& child : children_) {
      if (!child.run.unanswered.empty()) TRY_VOID(parts_.memory->update(child.run));
    }
    return {};
  }));
  if (orders.empty()) co_return Result<void>{};
  const auto answers = co_await parts_.queue.decide(std::move(orders), deadline_);
  if (!answers.ok()) co_return answers.error();
  const bool crashes = std::ranges::any_of(
      children_, [this](const Child& child) { return child.fault.kind == FaultKind::crash && !hit_by(child).empty(); });
  if (crashes && parts_.settings.allow_crash) ::_exit(kPaperCrashExitCode);
  co_return Result<void>{};
}

asio::awaitable<Result<void>> PlaceRun::ask_late(Child& child, BootTime started) {
  const Numbers numbers = hit_by(child);
  co_await sleep_until(parts_.clock,
                       std::min(Deadline::at(started + std::chrono::seconds(child.fault.seconds)), deadline_));
  bool unheard = deadline_.over(parts_.clock);
  if (!unheard) {
    std::vector<PaperOrder> orders;
    for (const int number : numbers) orders.push_back(order_of(child, number));
    const auto answers = co_await parts_.queue.decide(std::move(orders), deadline_);
    if (!answers.ok()) {
      parts_.log.warn("a late order was not placed",
                      {{"child_order", child.run.child_order}, {"message", answers.error().message}});
    }
    unheard = !answers.ok() && answers.error().effect == Effect::maybe;
  }
  if (unheard) {
    child.run.unanswered = numbers;
    child.run.reason = "no_answer";
  }
  co_return co_await finish(child);
}

asio::awaitable<Result<void>> PlaceRun::finish(Child& child) {
  child.run.ended = true;
  child.run.updated_at = parts_.clock.now();
  // Before the report: what is reported complete is followed after a restart too.
  auto updated = co_await parts_.pool.run([this, run = child.run] { return parts_.memory->update(run); });
  if (!updated.ok()) {
    parts_.log.warn("a run cannot be remembered",
                    {{"child_order", child.run.child_order}, {"message", updated.error().message}});
  }
  auto told = co_await reporter_.tell(child.run.child_order, sink_);
  if (!told.ok()) {
    told.error().effect = Effect::maybe;
    co_return told.error();
  }
  if (told->next_fill) reporter_.follow(child.run.child_order, sink_, *told->next_fill);
  co_return Result<void>{};
}

asio::awaitable<void> PlaceRun::abandon(Effect effect) {
  auto done = co_await parts_.pool.run([this, effect]() -> Result<void> {
    for (Child& child : children_) {
      if (effect == Effect::none) {
        TRY_VOID(parts_.memory->forget(child.run.child_order));
        continue;
      }
      child.run.ended = true;
      child.run.reason = "no_answer";
      for (int number = 1; number <= settings_.sub_accounts; ++number) child.run.unanswered.insert(number);
      TRY_VOID(parts_.memory->update(child.run));
    }
    return {};
  });
  if (!done.ok()) parts_.log.warn("a run cannot be remembered", {{"message", done.error().message}});
}

}  // namespace tradeauto
