#include "store/redis/redis_view.h"

#include <string_view>
#include <utility>

namespace tradeauto {

Error unexpected_answer() {
  return make_error(ErrorCode::internal, "redis_unexpected",
                    "Redis answers with another kind of value than was asked for");
}

Result<std::vector<std::optional<std::string>>> texts_of(const redisReply& reply, std::size_t count) {
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != count) return unexpected_answer();
  std::vector<std::optional<std::string>> texts;
  for (std::size_t i = 0; i < reply.elements; ++i) {
    const redisReply& element = *reply.element[i];
    if (element.type == REDIS_REPLY_STRING) {
      texts.emplace_back(text_of(element));
    } else {
      texts.emplace_back();
    }
  }
  return texts;
}

Result<std::vector<std::string>> members_of(const redisReply& reply) {
  TRY(auto texts, texts_of(reply, reply.elements));
  std::vector<std::string> members;
  for (auto& text : texts) members.push_back(std::move(text).value_or(""));
  return members;
}

Result<std::optional<std::string>> RedisView::get(const std::string& key) {
  TRY(auto values, get_all({key}));
  return std::move(values.front());
}

Result<std::vector<std::optional<std::string>>> StoredView::get_all(const std::vector<std::string>& keys) {
  if (keys.empty()) return std::vector<std::optional<std::string>>();
  std::vector<std::string_view> words{"MGET"};
  words.insert(words.end(), keys.begin(), keys.end());
  TRY(const RedisReply reply, client_.ask(words));
  return texts_of(*reply, keys.size());
}

Result<std::vector<std::string>> StoredView::range(const RedisRange& range) {
  const std::string limit = std::to_string(range.limit);
  std::vector<std::string_view> words{"ZRANGE", range.index, range.newest_first ? range.to : range.from,
                                      range.newest_first ? range.from : range.to, "BYLEX"};
  if (range.newest_first) words.emplace_back("REV");
  words.insert(words.end(), {"LIMIT", "0", limit});
  TRY(const RedisReply reply, client_.ask(words));
  return members_of(*reply);
}

}  // namespace tradeauto
