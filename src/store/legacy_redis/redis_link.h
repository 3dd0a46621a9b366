#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <hiredis/hiredis.h>

#include "base/result.h"
#include "base/secret.h"
#include "store/redis/redis_reply.h"

namespace tradeauto {

namespace asio = boost::asio;

// The texts of an array. Error: unavailable (not_redis) if it is anything else.
Result<std::vector<std::string_view>> texts_of(const redisReply& reply);

// One connection to a Redis, in clear; one command at a time. hiredis does the protocol, Asio the waiting.
class RedisLink {
 public:
  // `patience`: for the connection, and for each answer.
  RedisLink(asio::any_io_executor executor, std::chrono::milliseconds patience);

  // Failure: unavailable (connect_failed).
  asio::awaitable<Result<void>> connect(std::string host, std::uint16_t port);

  // The answer, which may be an error of the server's (REDIS_REPLY_ERROR). Failure: unavailable when there is no answer
  // in time, or one that is not Redis's; too_large beyond 64 MiB. No message quotes a word of the command.
  asio::awaitable<Result<RedisReply>> ask(std::vector<std::string> words);
  // The same for a command that ends with a secret.
  asio::awaitable<Result<RedisReply>> ask(std::vector<std::string> words, SecretString last);

 private:
  struct ReaderDeleter {
    void operator()(redisReader* reader) const { redisReaderFree(reader); }
  };

  asio::awaitable<Result<RedisReply>> send(SecretString wire);
  asio::awaitable<Result<RedisReply>> read();

  const std::chrono::milliseconds patience_;
  asio::ip::tcp::socket socket_;
  std::unique_ptr<redisReader, ReaderDeleter> reader_;
};

}  // namespace tradeauto
