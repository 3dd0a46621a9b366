#pragma once

#include <string.h>  // explicit_bzero

#include <cstddef>
#include <memory>
#include <string_view>

#include <hiredis/hiredis.h>

namespace tradeauto {

// Wipes what the server sent before its memory is given back: an answer may hold a log-in.
struct ReplyDeleter {
  void operator()(redisReply* reply) const {
    wipe(*reply);
    freeReplyObject(reply);
  }

 private:
  static void wipe(redisReply& reply) {
    if (reply.str != nullptr) explicit_bzero(reply.str, reply.len);
    for (std::size_t i = 0; i < reply.elements; ++i) wipe(*reply.element[i]);
  }
};
using RedisReply = std::unique_ptr<redisReply, ReplyDeleter>;

inline std::string_view text_of(const redisReply& reply) {
  return reply.str == nullptr ? std::string_view() : std::string_view(reply.str, reply.len);
}

}  // namespace tradeauto
