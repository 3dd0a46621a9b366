#include "store/redis/redis_safety.h"

#include <array>
#include <charconv>
#include <map>
#include <string>

#include <fmt/format.h>

namespace tradeauto {
namespace {

constexpr int kOldest = 7;

struct Wanted {
  std::string_view name;
  std::string_view value;
};
constexpr std::array kWanted = {Wanted{.name = "appendonly", .value = "yes"},
                                Wanted{.name = "appendfsync", .value = "always"},
                                Wanted{.name = "no-appendfsync-on-rewrite", .value = "no"},
                                Wanted{.name = "maxmemory-policy", .value = "noeviction"}};

Error unsafe(std::string what) { return make_error(ErrorCode::unprocessable, "redis_unsafe", std::move(what)); }

// The value of a line "name:value" of INFO.
std::string_view info_value(std::string_view info, std::string_view name) {
  const std::size_t at = info.find(fmt::format("\n{}:", name));
  if (at == std::string_view::npos) return {};
  const std::string_view rest = info.substr(at + name.size() + 2);
  return rest.substr(0, rest.find_first_of("\r\n"));
}

Result<void> check_server(RedisConnection& connection) {
  TRY(const RedisReply reply, connection.ask({"INFO"}));
  const std::string_view info = text_of(*reply);
  const std::string_view version = info_value(info, "redis_version");
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  if (major < kOldest) return unsafe(fmt::format("this is Redis {}: it takes 7 or later", version));
  if (info_value(info, "cluster_enabled") == "1")
    return unsafe("this Redis is a part of a cluster: it takes one alone");
  if (info_value(info, "role") != "master") {
    return make_error(ErrorCode::unavailable, "redis_replica", "this Redis is a replica: it takes the primary");
  }
  return {};
}

}  // namespace

Result<void> check_safety(RedisConnection& connection, bool allow_loss) {
  TRY_VOID(check_server(connection));
  if (allow_loss) return {};
  std::string faults;
  for (const Wanted& wanted : kWanted) {
    const auto reply = connection.ask({"CONFIG", "GET", wanted.name});
    if (!reply.ok()) {
      if (reply.error().code == ErrorCode::unavailable) return reply.error();
      return unsafe("it cannot be seen whether this Redis keeps what it acknowledges, since CONFIG GET is refused");
    }
    const redisReply& pair = **reply;
    const std::string_view value = pair.elements == 2 ? text_of(*pair.element[1]) : std::string_view();
    if (value == wanted.value) continue;
    faults +=
        fmt::format("{}{} is \"{}\" and must be \"{}\"", faults.empty() ? "" : ", ", wanted.name, value, wanted.value);
  }
  if (faults.empty()) return {};
  return unsafe("this Redis may lose what it acknowledged: " + faults);
}

}  // namespace tradeauto
