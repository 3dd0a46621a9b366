#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <hiredis/hiredis.h>

#include "testing/temp_folder.h"

namespace tradeauto {

// A real Redis on a free loopback port, that keeps what it acknowledges. Ends with this, or with the process.
class RedisServer {
 public:
  RedisServer() : port_(free_port()) { start(); }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  ~RedisServer() { kill(); }

  std::uint16_t port() const { return port_; }

  // kill -9; what it holds in its folder stays.
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  // With lines that count beyond those that make it safe. Returns when it answers.
  void start(std::string_view more = "") {
    const std::filesystem::path config = folder_.path() / "redis.conf";
    std::ofstream(config) << "port " << port_ << "\nbind 127.0.0.1\nsave \"\"\nappendonly yes\nappendfsync always\n"
                          << "dir " << folder_.path().string() << "\nlogfile " << (folder_.path() / "log").string()
                          << "\n"
                          << more;
    process_ = spawn(config);
    while (process_ > 0 && !answers()) ::waitpid(process_, nullptr, WNOHANG) == process_ ? process_ = 0 : 0;
  }
  bool running() const { return process_ > 0; }
  // What a crash that lost the disk leaves.
  void forget() const { std::filesystem::remove_all(folder_.path() / "appendonlydir"); }

  // One command on a connection of its own; its answer as text, or the error's.
  std::string command(const char* text) const {
    redisContext* context = redisConnect("127.0.0.1", port_);
    std::string answer;
    if (context != nullptr && context->err == 0) {
      auto* reply = static_cast<redisReply*>(redisCommand(context, text));
      if (reply != nullptr && reply->str != nullptr) answer = std::string(reply->str, reply->len);
      if (reply != nullptr) freeReplyObject(reply);
    }
    if (context != nullptr) redisFree(context);
    return answer;
  }

 private:
  bool answers() const { return command("PING") == "PONG"; }

  static std::uint16_t free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ::bind(probe, reinterpret_cast<sockaddr*>(&address), size);          // NOLINT(*-reinterpret-cast): the API's way
    ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);  // NOLINT(*-reinterpret-cast)
    ::close(probe);
    return ntohs(address.sin_port);
  }

  // redis-tools has the server under the name of its checker, and goes by argv[0].
  static pid_t spawn(const std::filesystem::path& config) {
    const std::string file = config.string();
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (const char* program : {"redis-server", "/usr/bin/redis-check-rdb"}) {
      ::execlp(program, "redis-server", file.c_str(), nullptr);
    }
    ::_exit(127);
  }

  TempFolder folder_;
  std::uint16_t port_ = 0;
  pid_t process_ = 0;
};

}  // namespace tradeauto
