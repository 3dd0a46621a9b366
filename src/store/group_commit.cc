#include "store/group_commit.h"

#include <pthread.h>

namespace tradeauto {

GroupCommit::GroupCommit(const std::string& thread_name, CommitTarget& target, std::function<void(Error)> on_failure)
    : target_(target), on_failure_(std::move(on_failure)), thread_([this, thread_name] {
        pthread_setname_np(pthread_self(), thread_name.c_str());
        run();
      }) {}

GroupCommit::~GroupCommit() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void GroupCommit::enqueue(Part part) {
  {
    const std::scoped_lock lock(mutex_);
    queue_.push_back(std::move(part));
  }
  wake_.notify_one();
}

void GroupCommit::run() {
  while (true) {
    std::vector<Part> parts;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
      if (queue_.empty()) return;
      parts.swap(queue_);
    }
    if (!failure_) {
      if (auto written = write_all(parts); !written.ok()) {
        failure_ = std::move(written).error();
        if (on_failure_) on_failure_(*failure_);
      }
    }
    for (const Part& part : parts) part.done(failure_);
  }
}

Result<void> GroupCommit::write_all(const std::vector<Part>& parts) {
  TRY_VOID(target_.begin());
  for (const Part& part : parts) TRY_VOID(target_.part(part.work));
  return target_.commit();
}

}  // namespace tradeauto
