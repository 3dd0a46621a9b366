#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "domain/task.h"

namespace tradeauto {

// The tasks that were offered to one worker and have no permit yet. Strand: router.
class Offers {
 public:
  // The task as it is kept, until it is taken or removed; nullptr if it was offered already.
  const TransactionTask* add(TransactionTask task) {
    const auto [it, added] = tasks_.try_emplace(task.id, task);
    if (!added) return nullptr;
    by_account_[it->second.account].insert(it->first);
    new_.push_back(it->first);
    return &it->second;
  }
  const TransactionTask* find(const TaskId& id) const {
    const auto it = tasks_.find(id);
    return it == tasks_.end() ? nullptr : &it->second;
  }
  std::optional<TransactionTask> take(const TaskId& id) {
    auto node = tasks_.extract(id);
    if (node.empty()) return std::nullopt;
    const auto of_account = by_account_.find(node.mapped().account);
    of_account->second.erase(id);
    if (of_account->second.empty()) by_account_.erase(of_account);
    return std::move(node.mapped());
  }
  std::vector<TaskId> of(const AccountRef& account) const {
    const auto it = by_account_.find(account);
    return it == by_account_.end() ? std::vector<TaskId>() : std::vector<TaskId>(it->second.begin(), it->second.end());
  }
  std::size_t count(const AccountRef& account) const {
    const auto it = by_account_.find(account);
    return it == by_account_.end() ? 0 : it->second.size();
  }
  // The child orders of those that were added since the last call and are still here.
  std::vector<ChildOrderId> take_new() {
    std::vector<ChildOrderId> ids;
    for (const TaskId& id : std::exchange(new_, {})) {
      const TransactionTask* task = find(id);
      if (task == nullptr) continue;
      for (const TaskChildOrder& child : task->child_orders) ids.push_back(child.id);
    }
    return ids;
  }
  void clear() {
    new_.clear();
    tasks_.clear();
    by_account_.clear();
  }

 private:
  std::map<TaskId, TransactionTask> tasks_;
  std::map<AccountRef, std::set<TaskId>> by_account_;
  std::vector<TaskId> new_;
};

}  // namespace tradeauto
