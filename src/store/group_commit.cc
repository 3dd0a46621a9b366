#include "store/group_commit.h"

namespace tradeauto {

GroupCommit::GroupCommit(const std::string& thread_name, CommitTarget& target, std::function<void(Error)> on_failure)
    : target_(target), on_failure_(std::move(on_failure)), thread_(thread_name, 1) {}

void GroupCommit::post(std::function<void()> work) {
  enqueue({.ahead = {},
           .work =
               [work = std::move(work)] {
                 work();
                 return true;
               },
           .done = [](const std::optional<Error>&) {}});
}

void GroupCommit::enqueue(Part part) {
  bool first = false;
  {
    const std::scoped_lock lock(mutex_);
    first = queue_.empty();
    queue_.push_back(std::move(part));
  }
  // What comes while the thread writes waits for its next turn, all of it together.
  if (first) asio::post(thread_.executor(), [this] { write_queued(); });
}

void GroupCommit::write_queued() {
  std::vector<Part> parts;
  {
    const std::scoped_lock lock(mutex_);
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

Result<void> GroupCommit::write_all(const std::vector<Part>& parts) {
  TRY_VOID(target_.begin());
  for (const Part& part : parts) {
    if (part.ahead) part.ahead();
  }
  for (const Part& part : parts) TRY_VOID(target_.part(part.work));
  return target_.commit();
}

}  // namespace tradeauto
