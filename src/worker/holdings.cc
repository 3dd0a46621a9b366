#include "worker/holdings.h"

#include <algorithm>
#include <utility>

namespace tradeauto {

namespace {

Error too_late() {
  return make_error(ErrorCode::deadline_exceeded, "account_busy",
                    "the account was busy until the time for the query was over");
}

}  // namespace

Result<Holdings::LogIn> Holdings::find(const AccountRef& ref) const {
  const AccountTable::Account* account = needs_.accounts.find(ref);
  if (account == nullptr) {
    return make_error(ErrorCode::conflict, "account_not_active", "the account is not active at this worker");
  }
  if (account->problem) return *account->problem;
  Executor* executor = needs_.executors.find(account->activation.brokerage);
  if (executor == nullptr) {
    return make_error(ErrorCode::unavailable, "executor_unavailable", "this worker has no executor for the brokerage");
  }
  return LogIn{
      .executor = executor, .brokerage = account->activation.brokerage, .credentials = account->activation.credentials};
}

// The turn comes first: who waits for it holds nothing that an order of the account, or one behind it in the lane,
// needs.
asio::awaitable<Result<HoldingsReport>> Holdings::run(AccountRef ref, Deadline deadline,
                                                      std::chrono::nanoseconds run_for) {
  CO_TRY(const LogIn now, find(ref));
  const Semaphore::Slot turn = co_await needs_.executors.take_turn(*now.executor, now.brokerage);
  const auto lock = needs_.accounts.lock_of(ref);
  const Semaphore::Slot alone = co_await lock->acquire();
  if (deadline.over(needs_.clock)) co_return too_late();
  CO_TRY(LogIn log_in, find(ref));
  const Semaphore::Slot place_in_lane = co_await needs_.executors.enter_lane(*log_in.executor, log_in.brokerage);
  if (deadline.over(needs_.clock)) co_return too_late();
  if (run_for > std::chrono::nanoseconds::zero()) deadline = std::min(deadline, Deadline::after(needs_.clock, run_for));
  co_return co_await log_in.executor->holdings(std::move(ref), log_in.brokerage, std::move(log_in.credentials),
                                               deadline);
}

}  // namespace tradeauto
