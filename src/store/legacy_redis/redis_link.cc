#include "store/legacy_redis/redis_link.h"

#include <string.h>  // explicit_bzero

#include <array>
#include <chrono>
#include <utility>
#include <variant>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace tradeauto {
namespace {

using namespace asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace): its purpose
using boost::system::error_code;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kAnswerLimit = 64UL << 20;

asio::awaitable<error_code> connect_to(asio::ip::tcp::socket& socket, asio::ip::tcp::resolver::results_type endpoints) {
  const auto [error, endpoint] = co_await asio::async_connect(socket, endpoints, kTuple);
  co_return error;
}

asio::awaitable<error_code> write_to(asio::ip::tcp::socket& socket, std::string_view text) {
  const auto [error, size] = co_await asio::async_write(socket, asio::buffer(text), kTuple);
  co_return error;
}

asio::awaitable<error_code> read_from(asio::ip::tcp::socket& socket, asio::mutable_buffer into, std::size_t& size) {
  const auto [error, got] = co_await socket.async_read_some(into, kTuple);
  size = got;
  co_return error;
}

asio::awaitable<error_code> run_out(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  const auto [error] = co_await timer.async_wait(kTuple);
  co_return error ? error : error_code(asio::error::timed_out);
}

// The outcome of `work`, or timed_out.
asio::awaitable<error_code> within(std::chrono::milliseconds time, asio::awaitable<error_code> work) {
  const auto first = co_await (std::move(work) || run_out(time));
  co_return std::visit([](const error_code& error) { return error; }, first);
}

Error failure(std::string_view what, std::string reason, const error_code& error) {
  if (error == asio::error::operation_aborted) {
    return make_error(ErrorCode::canceled, "interrupted", "interrupted while talking to Redis");
  }
  return make_error(ErrorCode::unavailable, std::move(reason), fmt::format("{}: {}", what, error.message()));
}

Error not_redis() {
  return make_error(ErrorCode::unavailable, "not_redis", "what answers there does not speak as Redis does");
}

}  // namespace

Result<std::vector<std::string_view>> texts_of(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ARRAY) return not_redis();
  std::vector<std::string_view> texts;
  for (std::size_t i = 0; i < reply.elements; ++i) {
    if (reply.element[i]->type != REDIS_REPLY_STRING) return not_redis();
    texts.push_back(text_of(*reply.element[i]));
  }
  return texts;
}

RedisLink::RedisLink(asio::any_io_executor executor, std::chrono::milliseconds patience)
    : patience_(patience), socket_(std::move(executor)), reader_(redisReaderCreate()) {}

asio::awaitable<Result<void>> RedisLink::connect(std::string host, std::uint16_t port) {
  asio::ip::tcp::resolver resolver(socket_.get_executor());
  const auto [unknown, endpoints] = co_await resolver.async_resolve(host, std::to_string(port), kTuple);
  if (unknown) co_return failure("it cannot be found", "connect_failed", unknown);
  const error_code error = co_await within(patience_, connect_to(socket_, endpoints));
  if (error) co_return failure("no connection", "connect_failed", error);
  co_return Result<void>{};
}

asio::awaitable<Result<RedisReply>> RedisLink::ask(std::vector<std::string> words) {
  return ask(std::move(words), SecretString());
}

asio::awaitable<Result<RedisReply>> RedisLink::ask(std::vector<std::string> words, SecretString last) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  const auto add = [&](std::string_view word) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  };
  for (const std::string& word : words) add(word);
  if (!last.empty()) add(last.reveal());
  char* made = nullptr;
  const int size = redisFormatCommandArgv(&made, static_cast<int>(texts.size()), texts.data(), sizes.data());
  if (size < 0) co_return make_error(ErrorCode::internal, "out_of_memory", "no memory for a command to Redis");
  SecretString wire(std::string(made, static_cast<std::size_t>(size)));
  explicit_bzero(made, static_cast<std::size_t>(size));
  redisFreeCommand(made);
  co_return co_await send(std::move(wire));
}

asio::awaitable<Result<RedisReply>> RedisLink::send(SecretString wire) {
  const error_code error = co_await within(patience_, write_to(socket_, wire.reveal()));
  if (error) co_return failure("the connection broke", "no_answer", error);
  co_return co_await read();
}

asio::awaitable<Result<RedisReply>> RedisLink::read() {
  std::array<char, 16UL * 1024> block{};
  for (std::size_t total = 0; total < kAnswerLimit;) {
    void* reply = nullptr;
    if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) co_return not_redis();
    if (reply != nullptr) co_return RedisReply(static_cast<redisReply*>(reply));
    std::size_t got = 0;
    const error_code error = co_await within(patience_, read_from(socket_, asio::buffer(block), got));
    if (error) co_return failure("the connection broke", "no_answer", error);
    redisReaderFeed(reader_.get(), block.data(), got);
    explicit_bzero(block.data(), got);
    total += got;
  }
  co_return make_error(ErrorCode::too_large, "answer_too_long", "an answer of Redis is longer than 64 MiB");
}

}  // namespace tradeauto
