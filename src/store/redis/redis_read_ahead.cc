#include "store/redis/redis_read_ahead.h"

#include <algorithm>
#include <utility>

#include "store/redis/redis_scripts.h"

namespace tradeauto {

void ReadAheadView::wish(const RedisWish& wish) {
  wished_.keys.insert(wished_.keys.end(), wish.keys.begin(), wish.keys.end());
  wished_.ranges.insert(wished_.ranges.end(), wish.ranges.begin(), wish.ranges.end());
}

void ReadAheadView::clear() {
  wished_ = {};
  values_.clear();
  members_.clear();
}

Result<void> ReadAheadView::fetch_wished() {
  if (wished_.keys.empty() && wished_.ranges.empty()) return {};
  std::ranges::sort(wished_.keys);
  const auto twice = std::ranges::unique(wished_.keys);
  wished_.keys.erase(twice.begin(), twice.end());
  TRY(auto answer, redis_scripts::read(client_, wished_.keys, wished_.ranges));
  for (std::size_t i = 0; i < wished_.keys.size(); ++i) values_[wished_.keys[i]] = std::move(answer.values[i]);
  for (std::size_t i = 0; i < wished_.ranges.size(); ++i) {
    const RedisRange& asked = wished_.ranges[i];
    members_[asked.index] = {.asked = asked, .found = std::move(answer.members[i])};
  }
  wished_ = {};
  return {};
}

Result<std::vector<std::optional<std::string>>> ReadAheadView::get_all(const std::vector<std::string>& keys) {
  TRY_VOID(fetch_wished());
  std::vector<std::string> missing;
  for (const std::string& key : keys) {
    if (!values_.contains(key)) missing.push_back(key);
  }
  TRY(auto fresh, stored_.get_all(missing));
  for (std::size_t i = 0; i < missing.size(); ++i) values_[missing[i]] = std::move(fresh[i]);
  std::vector<std::optional<std::string>> values;
  for (const std::string& key : keys) values.push_back(values_.at(key));
  return values;
}

const ReadAheadView::Members* ReadAheadView::known(const RedisRange& range) const {
  const auto it = members_.find(range.index);
  if (it == members_.end()) return nullptr;
  const RedisRange& asked = it->second.asked;
  const bool same = asked.from == range.from && asked.to == range.to && asked.newest_first == range.newest_first;
  const bool enough = range.limit <= asked.limit || it->second.found.size() < asked.limit;
  return same && enough ? &it->second : nullptr;
}

Result<std::vector<std::string>> ReadAheadView::range(const RedisRange& range) {
  TRY_VOID(fetch_wished());
  if (known(range) == nullptr) {
    TRY(auto found, stored_.range(range));
    members_[range.index] = {.asked = range, .found = std::move(found)};
  }
  std::vector<std::string> members = members_.at(range.index).found;
  if (members.size() > range.limit) members.resize(range.limit);
  return members;
}

}  // namespace tradeauto
