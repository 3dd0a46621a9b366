#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/redis/redis_view.h"

namespace tradeauto {

// One event, as the script appends it to the stream.
struct RedisEvent {
  std::string sequence;
  std::string row;
};

// What is to be written, not yet written. The later change of a key or of a member is the one that counts.
struct RedisChanges {
  std::map<std::string, std::optional<std::string>> values;    // nothing: the key goes
  std::map<std::string, std::map<std::string, bool>> members;  // of an index; false: the member goes
  std::vector<RedisEvent> events;

  bool empty() const { return values.empty() && members.empty() && events.empty(); }
  void add(RedisChanges later);
};

// A view that has some changes made already.
class ChangedView final : public RedisView {
 public:
  ChangedView(RedisView& below, const RedisChanges& changes) : below_(below), changes_(changes) {}
  Result<std::vector<std::optional<std::string>>> get_all(const std::vector<std::string>& keys) override;
  Result<std::vector<std::string>> range(const RedisRange& range) override;

 private:
  RedisView& below_;
  const RedisChanges& changes_;
};

// What one operation reads and changes.
class RedisPart {
 public:
  explicit RedisPart(RedisView& below) : view_(below, changes_) {}
  RedisPart(const RedisPart&) = delete;
  RedisPart& operator=(const RedisPart&) = delete;

  RedisView& view() { return view_; }
  void set(const std::string& key, std::string value) { changes_.values[key] = std::move(value); }
  void remove(const std::string& key) { changes_.values[key] = std::nullopt; }
  void add_member(const std::string& index, const std::string& member) { changes_.members[index][member] = true; }
  void remove_member(const std::string& index, const std::string& member) { changes_.members[index][member] = false; }
  void append(RedisEvent event) { changes_.events.push_back(std::move(event)); }

  RedisChanges take() { return std::move(changes_); }

 private:
  RedisChanges changes_;
  ChangedView view_;
};

}  // namespace tradeauto
