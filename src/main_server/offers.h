#pragma once

#include <map>
#include <optional>
#include <set>
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
  void clear() {
    tasks_.clear();
    by_account_.clear();
  }

 private:
  std::map<TaskId, TransactionTask> tasks_;
  std::map<AccountRef, std::set<TaskId>> by_account_;
};

}  // namespace tradeauto
