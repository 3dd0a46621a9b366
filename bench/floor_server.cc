// What an order cannot be accepted without, and nothing else: HTTP, and a record that is on disk before the answer.
//
// usage: floor_server FOLDER [REDIS_PORT REDIS_PASSWORD]
//        FOLDER: where the records go, on the disk that is measured. Prints its port; ends when standard input closes.
//
// POST /echo    answers with the body
// POST /commit  appends the body to a file; one fdatasync serves all that wait (group commit); then as /echo
// POST /xadd    the same with an XADD to Redis, all that wait in one pipeline

#include <fcntl.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>
#include <hiredis/hiredis.h>

namespace tradeauto::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;

[[noreturn]] void die(const std::string& text) {
  fmt::print(stderr, "floor_server: {}\n", text);
  std::exit(1);
}

struct Waiting {
  std::string body;
  std::function<void()> done;
};

// One thread that writes what has gathered while it wrote what came before.
class Writer {
 public:
  using Write = std::function<void(const std::vector<Waiting>&)>;

  explicit Writer(Write write)
      : write_(std::move(write)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

  // Completes on the caller's executor once `body` is written.
  asio::awaitable<void> add(std::string body) {
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
        [this, executor, body = std::move(body)](auto handler) mutable {
          auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          const std::scoped_lock lock(mutex_);
          waiting_.push_back(
              {std::move(body), [executor, shared] { asio::post(executor, [shared] { std::move (*shared)(); }); }});
          changed_.notify_one();
        },
        asio::use_awaitable);
  }

 private:
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
      const std::vector<Waiting> batch = std::exchange(waiting_, {});
      lock.unlock();
      write_(batch);
      for (const Waiting& one : batch) one.done();
      lock.lock();
    }
  }

  const Write write_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Waiting> waiting_;
  std::jthread thread_;  // last: it uses the others
};

Writer::Write to_file(const std::string& folder) {
  const int file = ::open((folder + "/floor").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) die("cannot open a file in " + folder);
  return [file](const std::vector<Waiting>& batch) {
    std::string text;
    for (const Waiting& one : batch) text += one.body;
    if (::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()) || ::fdatasync(file) != 0) {
      die("cannot write");
    }
  };
}

Writer::Write to_redis(int port, const std::string& password) {
  redisContext* redis = redisConnect("127.0.0.1", port);
  if (redis == nullptr || redis->err != 0) die("no Redis");
  freeReplyObject(redisCommand(redis, "AUTH %s", password.c_str()));
  return [redis](const std::vector<Waiting>& batch) {
    for (const Waiting& one : batch) {
      redisAppendCommand(redis, "XADD bench:floor * body %b", one.body.data(), one.body.size());
    }
    for (std::size_t at = 0; at < batch.size(); ++at) {
      void* reply = nullptr;
      if (redisGetReply(redis, &reply) != REDIS_OK) die("no answer of Redis");
      if (static_cast<redisReply*>(reply)->type != REDIS_REPLY_STRING) die("XADD failed");
      freeReplyObject(reply);
    }
  };
}

asio::awaitable<void> serve(Tcp::socket socket, Writer& file, Writer* redis) {
  boost::beast::flat_buffer buffer;
  for (;;) {
    http::request<http::string_body> request;
    boost::system::error_code error;
    co_await http::async_read(socket, buffer, request, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;  // the client has gone
    if (request.target() == "/commit") co_await file.add(request.body());
    if (request.target() == "/xadd" && redis != nullptr) co_await redis->add(request.body());
    http::response<http::string_body> response{http::status::created, 11};
    response.set(http::field::content_type, "application/json");
    response.body() = std::move(request.body());
    response.prepare_payload();
    co_await http::async_write(socket, response, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
  }
}

asio::awaitable<void> listen(Tcp::acceptor& acceptor, Writer& file, Writer* redis) {
  for (;;) {
    Tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(Tcp::no_delay(true));
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), file, redis), asio::detached);
  }
}

void run(std::span<char*> words) {
  if (words.size() != 2 && words.size() != 4) die("usage: FOLDER [REDIS_PORT REDIS_PASSWORD]");
  Writer file(to_file(words[1]));
  std::optional<Writer> redis;
  if (words.size() == 4) redis.emplace(to_redis(std::atoi(words[2]), words[3]));
  asio::io_context io(1);
  Tcp::acceptor acceptor(io, Tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
  asio::co_spawn(io, listen(acceptor, file, redis ? &*redis : nullptr), asio::detached);
  fmt::print("{}\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  const std::jthread until_input_closes([&io] {
    for (char byte = 0; ::read(STDIN_FILENO, &byte, 1) > 0;) {
    }
    io.stop();
  });
  io.run();
}

}  // namespace
}  // namespace tradeauto::bench

int main(int argc, char** argv) {
  try {
    tradeauto::bench::run({argv, static_cast<std::size_t>(argc)});
  } catch (const std::exception& error) {
    tradeauto::bench::die(error.what());
  }
}
