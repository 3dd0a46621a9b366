#include "store/redis/redis_scripts.h"

#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace tradeauto::redis_scripts {
namespace {

// Format 2 tells of events who did it. The events of format 1 are read as they are; a program that knows no other than
// these is kept away from now on.
constexpr std::string_view kTake = R"(
if redis.call('EXISTS', 'tradeauto') == 0 then
  if redis.call('DBSIZE') > 0 then return redis.error_reply('-FOREIGN database') end
  redis.call('HSET', 'tradeauto', 'format', '2', 'ledger', ARGV[2], 'incarnation', ARGV[3], 'batch', '0')
end
local format = redis.call('HGET', 'tradeauto', 'format')
if format ~= '1' and format ~= '2' then return redis.error_reply('-NEWER format') end
if format == '1' then redis.call('HSET', 'tradeauto', 'format', '2') end
redis.call('HSET', 'tradeauto', 'owner', ARGV[1])
return redis.call('HMGET', 'tradeauto', 'ledger', 'incarnation', 'batch')
)";

// In both: what was acknowledged and is not there was lost by Redis, and is known only now, to this process.
#define TRADEAUTO_CHECK_LOSS                                          \
  "local has = redis.call('HMGET', 'tradeauto', 'owner', 'batch')\n"  \
  "if not has[2] then return redis.error_reply('-LOST writes') end\n" \
  "if tonumber(has[2]) < tonumber(ARGV[2]) then\n"                    \
  "  redis.call('HINCRBY', 'tradeauto', 'incarnation', 1)\n"          \
  "  return redis.error_reply('-LOST writes')\n"                      \
  "end\n"                                                             \
  "if has[1] ~= ARGV[1] then return redis.error_reply('-FENCED owner') end\n"

constexpr std::string_view kCheck = TRADEAUTO_CHECK_LOSS "return 1\n";

// A batch that is there already is written to once more: its answer must not come before it is on disk.
constexpr std::string_view kApply = TRADEAUTO_CHECK_LOSS R"(
local batch = tonumber(ARGV[2]) + 1
if tonumber(has[2]) < batch then
  local i = 3
  while i <= #ARGV do
    local what = ARGV[i]
    if what == 'set' then redis.call('SET', ARGV[i + 1], ARGV[i + 2])
    elseif what == 'del' then redis.call('DEL', ARGV[i + 1])
    elseif what == 'add' then redis.call('ZADD', ARGV[i + 1], 0, ARGV[i + 2])
    elseif what == 'rem' then redis.call('ZREM', ARGV[i + 1], ARGV[i + 2])
    else redis.call('XADD', 'events', ARGV[i + 1] .. '-0', 'row', ARGV[i + 2]) end
    i = i + 3
  end
end
redis.call('HSET', 'tradeauto', 'batch', string.format('%d', batch))
return 1
)";

#undef TRADEAUTO_CHECK_LOSS

// Of a range: index, from, to, "1" for the newest first, how many.
constexpr std::string_view kRead = R"(
local values = {}
for i, key in ipairs(KEYS) do values[i] = redis.call('GET', key) end
local members = {}
for i = 1, #ARGV, 5 do
  if ARGV[i + 3] == '1' then
    members[#members + 1] = redis.call('ZRANGE', ARGV[i], ARGV[i + 2], ARGV[i + 1], 'BYLEX', 'REV', 'LIMIT', 0, ARGV[i + 4])
  else
    members[#members + 1] = redis.call('ZRANGE', ARGV[i], ARGV[i + 1], ARGV[i + 2], 'BYLEX', 'LIMIT', 0, ARGV[i + 4])
  end
end
return {values, members}
)";

Error told(Error error) {
  const auto say = [&](std::string_view text) { error.message = std::string(text); };
  if (error.reason == "redis_foreign") say("the database holds something else: name an empty one (/0 to /15)");
  if (error.reason == "redis_newer") say("the database was written by a newer program");
  if (error.reason == "redis_fenced") say("another main server has taken over this database");
  if (error.reason == "redis_lost") say("Redis has lost what it had acknowledged");
  if (error.reason == "redis_oom") say("Redis is full: it uses all the memory that it may (maxmemory)");
  if (error.reason == "redis_misconf") say("Redis cannot write its file: look at its disk, and into its log");
  return error;
}

Result<std::uint64_t> number(const redisReply& reply) {
  const std::string_view text = text_of(reply);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return make_error(ErrorCode::internal, "database_corrupt", "Redis holds a hash `tradeauto` that cannot be read");
  }
  return value;
}

std::vector<std::string_view> words_of(const RedisChanges& changes) {
  std::vector<std::string_view> words;
  for (const auto& [key, value] : changes.values) {
    words.insert(words.end(), {value ? "set" : "del", key, value ? std::string_view(*value) : std::string_view()});
  }
  for (const auto& [index, changed] : changes.members) {
    for (const auto& [member, there] : changed) words.insert(words.end(), {there ? "add" : "rem", index, member});
  }
  for (const RedisEvent& event : changes.events) words.insert(words.end(), {"event", event.sequence, event.row});
  return words;
}

}  // namespace

Result<Taken> take(RedisConnection& connection, const std::string& owner, const Taken& if_new) {
  const std::string incarnation = std::to_string(if_new.incarnation);
  auto reply = connection.ask({"EVAL", kTake, "0", owner, if_new.ledger.str(), incarnation});
  if (!reply.ok()) return told(std::move(reply).error());
  const redisReply& fields = **reply;
  if (fields.elements != 3) {
    return make_error(ErrorCode::internal, "database_corrupt", "Redis holds a hash `tradeauto` that is not whole");
  }
  Taken taken{.ledger = LedgerId(std::string(text_of(*fields.element[0])))};
  TRY(taken.incarnation, number(*fields.element[1]));
  TRY(taken.batch, number(*fields.element[2]));
  return taken;
}

Result<void> check(RedisConnection& connection, const std::string& owner, std::uint64_t applied) {
  const auto reply = connection.ask({"EVAL", kCheck, "0", owner, std::to_string(applied)});
  if (!reply.ok()) return told(reply.error());
  return {};
}

Result<ReadAnswer> read(RedisClient& client, const std::vector<std::string>& keys,
                        const std::vector<RedisRange>& ranges) {
  const std::string count = std::to_string(keys.size());
  std::vector<std::string> limits;
  for (const RedisRange& range : ranges) limits.push_back(std::to_string(range.limit));
  std::vector<std::string_view> words{"EVAL", kRead, count};
  words.insert(words.end(), keys.begin(), keys.end());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const RedisRange& range = ranges[i];
    words.insert(words.end(), {range.index, range.from, range.to, range.newest_first ? "1" : "0", limits[i]});
  }
  TRY(const RedisReply reply, client.ask(words));
  if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) return unexpected_answer();
  const redisReply& lists = *reply->element[1];
  if (lists.type != REDIS_REPLY_ARRAY || lists.elements != ranges.size()) return unexpected_answer();
  ReadAnswer answer;
  TRY(answer.values, texts_of(*reply->element[0], keys.size()));
  for (std::size_t i = 0; i < lists.elements; ++i) {
    TRY(auto members, members_of(*lists.element[i]));
    answer.members.push_back(std::move(members));
  }
  return answer;
}

Result<void> apply(RedisClient& client, const std::string& owner, std::uint64_t applied, const RedisChanges& changes) {
  const std::string batch = std::to_string(applied);
  std::vector<std::string_view> words{"EVAL", kApply, "0", owner, batch};
  const auto more = words_of(changes);
  words.insert(words.end(), more.begin(), more.end());
  const auto reply = client.ask(words);
  if (!reply.ok()) return told(reply.error());
  return {};
}

}  // namespace tradeauto::redis_scripts
