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

asio::awaitable<Result<HoldingsReport>> Holdings::run(AccountRef ref, Deadline deadline,
                                                      std::chrono::nanoseconds run_for) {
  const auto lock = needs_.accounts.lock_of(ref);
  const Semaphore::Slot alone = co_await lock->acquire();
  if (deadline.over(needs_.clock)) co_return too_late();
  const AccountTable::Account* account = needs_.accounts.find(ref);
  if (account == nullptr) {
    co_return make_error(ErrorCode::conflict, "account_not_active", "the account is not active at this worker");
  }
  if (account->problem) co_return *account->problem;
  const Brokerage brokerage = account->activation.brokerage;
  Credentials credentials = account->activation.credentials;
  Executor* executor = needs_.executors.find(brokerage);
  if (executor == nullptr) {
    co_return make_error(ErrorCode::unavailable, "executor_unavailable",
                         "this worker has no executor for the brokerage");
  }
  const Semaphore::Slot place_in_lane = co_await needs_.executors.enter_lane(*executor, brokerage);
  if (deadline.over(needs_.clock)) co_return too_late();
  if (run_for > std::chrono::nanoseconds::zero()) deadline = std::min(deadline, Deadline::after(needs_.clock, run_for));
  co_return co_await executor->holdings(std::move(ref), brokerage, std::move(credentials), deadline);
}

}  // namespace tradeauto
