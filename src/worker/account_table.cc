#include "worker/account_table.h"

#include <utility>

namespace tradeauto {

void AccountTable::open_group(const GroupName& group, Epoch epoch) {
  close_group(group);
  groups_[group] = epoch;
}

void AccountTable::close_group(const GroupName& group) {
  groups_.erase(group);
  std::erase_if(accounts_, [&](const auto& entry) { return entry.first.group == group; });
}

void AccountTable::close_all() {
  groups_.clear();
  accounts_.clear();
  std::erase_if(locks_, [](const auto& entry) { return entry.second.expired(); });
}

bool AccountTable::put(AccountActivation activation, std::optional<Error> problem) {
  if (!holds(activation.account.group, activation.epoch)) return false;
  const AccountRef ref = activation.account;
  accounts_.insert_or_assign(ref, Account{.activation = std::move(activation), .problem = std::move(problem)});
  return true;
}

void AccountTable::remove(const AccountRef& ref, Epoch epoch) {
  if (holds(ref.group, epoch)) accounts_.erase(ref);
}

const AccountTable::Account* AccountTable::find(const AccountRef& ref, Epoch epoch) const {
  return holds(ref.group, epoch) ? find(ref) : nullptr;
}

const AccountTable::Account* AccountTable::find(const AccountRef& ref) const {
  const auto it = accounts_.find(ref);
  return it == accounts_.end() ? nullptr : &it->second;
}

bool AccountTable::holds(const GroupName& group, Epoch epoch) const {
  const auto it = groups_.find(group);
  return it != groups_.end() && it->second == epoch;
}

std::shared_ptr<Semaphore> AccountTable::lock_of(const AccountRef& ref) {
  std::weak_ptr<Semaphore>& slot = locks_[ref];
  auto lock = slot.lock();
  if (!lock) {
    lock = Semaphore::make(1);
    slot = lock;
  }
  return lock;
}

}  // namespace tradeauto
