#include "store/redis/redis_changes.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace tradeauto {
namespace {

bool above(const std::string& member, const std::string& bound) {
  if (bound == "-") return true;
  const int order = member.compare(0, std::string::npos, bound, 1);
  return order > 0 || (order == 0 && bound.front() == '[');
}

bool below(const std::string& member, const std::string& bound) {
  if (bound == "+") return true;
  const int order = member.compare(0, std::string::npos, bound, 1);
  return order < 0 || (order == 0 && bound.front() == '[');
}

}  // namespace

void RedisChanges::add(RedisChanges later) {
  for (auto& [key, value] : later.values) values[key] = std::move(value);
  for (const auto& [index, changed] : later.members) {
    for (const auto& [member, there] : changed) members[index][member] = there;
  }
  std::ranges::move(later.events, std::back_inserter(events));
}

Result<std::vector<std::optional<std::string>>> ChangedView::get_all(const std::vector<std::string>& keys) {
  std::vector<std::string> missing;
  for (const std::string& key : keys) {
    if (!changes_.values.contains(key)) missing.push_back(key);
  }
  std::vector<std::optional<std::string>> rest;
  if (!missing.empty()) {
    TRY(rest, below_.get_all(missing));
  }
  std::vector<std::optional<std::string>> values;
  auto next = rest.begin();
  for (const std::string& key : keys) {
    const auto changed = changes_.values.find(key);
    values.push_back(changed != changes_.values.end() ? changed->second : std::move(*next++));
  }
  return values;
}

Result<std::vector<std::string>> ChangedView::range(const RedisRange& range) {
  const auto found = changes_.members.find(range.index);
  if (found == changes_.members.end()) return below_.range(range);
  const auto& changed = found->second;
  // Enough to fill the range also if each removed member were in it.
  RedisRange wider = range;
  wider.limit = std::min(range.limit, RedisRange{}.limit - changed.size()) + changed.size();
  TRY(std::vector<std::string> members, below_.range(wider));
  std::erase_if(members, [&](const std::string& member) { return changed.contains(member); });
  for (const auto& [member, there] : changed) {
    if (there && above(member, range.from) && below(member, range.to)) members.push_back(member);
  }
  if (range.newest_first) {
    std::ranges::sort(members, std::ranges::greater());
  } else {
    std::ranges::sort(members);
  }
  if (members.size() > range.limit) members.resize(range.limit);
  return members;
}

}  // namespace tradeauto
