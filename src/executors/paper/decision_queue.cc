#include "executors/paper/decision_queue.h"

#include <chrono>
#include <iterator>
#include <utility>

#include "net/timer.h"

namespace tradeauto {
namespace {

constexpr std::chrono::milliseconds kLockRetry{2};

}  // namespace

// Nothing stays in the queue that nobody waits for.
class DecisionQueue::Waiting {
 public:
  Waiting(DecisionQueue& queue, std::shared_ptr<Batch> batch) : queue_(queue), batch_(std::move(batch)) {
    const std::scoped_lock lock(queue_.mutex_);
    queue_.waiting_.push_back(batch_);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    const std::scoped_lock lock(queue_.mutex_);
    std::erase(queue_.waiting_, batch_);
  }

 private:
  DecisionQueue& queue_;
  const std::shared_ptr<Batch> batch_;
};

asio::awaitable<Result<std::vector<RecordedPlacement>>> DecisionQueue::decide(std::vector<PaperOrder> orders,
                                                                              Deadline deadline) {
  auto batch = std::make_shared<Batch>(Batch{.orders = std::move(orders), .answer = {}});
  const Waiting place_in_queue(*this, batch);
  while (true) {
    // Only the pool's thread touches `answer`, until it says that it is there.
    const bool answered = co_await pool_.run([this, batch, withdraw = deadline.over(clock_)] {
      flush();
      if (batch->answer) return true;
      if (!withdraw) return false;
      const std::scoped_lock lock(mutex_);
      std::erase(waiting_, batch);
      batch->answer = make_error(ErrorCode::unavailable, "paper_ledger_busy",
                                 "another process keeps the placement ledger locked; nothing was sent");
      return true;
    });
    if (answered) co_return std::move(*batch->answer);
    co_await sleep_for(clock_, kLockRetry);
  }
}

void DecisionQueue::flush() {
  Batches taken;
  {
    const std::scoped_lock lock(mutex_);
    taken.swap(waiting_);
  }
  if (taken.empty()) return;
  auto answers = ask(taken);
  if (answers.ok() && !answers->has_value()) {
    const std::scoped_lock lock(mutex_);
    waiting_.insert(waiting_.begin(), taken.begin(), taken.end());
    return;
  }
  std::size_t next = 0;
  for (const std::shared_ptr<Batch>& batch : taken) {
    if (!answers.ok()) {
      batch->answer = answers.error();
      continue;
    }
    const auto begin = std::make_move_iterator((*answers)->begin() + static_cast<std::ptrdiff_t>(next));
    next += batch->orders.size();
    batch->answer = std::vector<RecordedPlacement>(begin, begin + static_cast<std::ptrdiff_t>(batch->orders.size()));
  }
}

Result<std::optional<std::vector<RecordedPlacement>>> DecisionQueue::ask(const Batches& batches) {
  TRY_VOID(memory_.sync());
  std::vector<PaperOrder> all;
  for (const std::shared_ptr<Batch>& batch : batches) all.insert(all.end(), batch->orders.begin(), batch->orders.end());
  return broker_.decide(all);
}

}  // namespace tradeauto
