// Clients of REST that keep their connections and send one order after the other.
//
// usage: rest_load HOST:PORT KIND CLIENTS SECONDS [--token FILE] [--ca FILE]
//        KIND: a path of floor_server (/echo, /commit), or `accept` (POST /v1/orders until the 201), or `settle` (until
//        the broker has filled it). Client number N sends to the group gN; --ca: in TLS.
//
// Prints one JSON line: rate (a second), p50 and p99 (milliseconds). All kinds send the same body.

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "bench_times.h"

namespace tradeauto::bench {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;

[[noreturn]] void die(const std::string& text) {
  fmt::print(stderr, "rest_load: {}\n", text);
  std::exit(1);
}

struct Load {
  std::string host;
  std::string port;
  std::string kind;
  int clients = 1;
  int seconds = 1;
  std::string token;
  std::string authority;  // file; empty: in clear

  bool floor() const { return kind.starts_with('/'); }
};

class Client {
 public:
  Client(const Load& load, int number) : load_(load), number_(number), context_(ssl::context::tls_client) {
    if (!load.authority.empty()) {
      context_.set_verify_mode(ssl::verify_peer);
      context_.load_verify_file(load.authority);
    }
    stream_.emplace(io_, context_);
    Tcp::resolver resolver(io_);
    asio::connect(stream_->next_layer(), resolver.resolve(load.host, load.port));
    stream_->next_layer().set_option(Tcp::no_delay(true));
    if (!load.authority.empty()) stream_->handshake(ssl::stream_base::client);
  }

  void send_one() {
    http::request<http::string_body> request{http::verb::post, load_.floor() ? load_.kind : "/v1/orders", 11};
    request.set(http::field::host, load_.host);
    request.set(http::field::content_type, "application/json");
    if (!load_.token.empty()) request.set(http::field::authorization, "Bearer " + load_.token);
    if (load_.kind == "settle") request.set("Prefer", "wait=30");
    request.body() =
        fmt::format(R"({{"client_order_id":"{}-{}-{}","group":"g{}","side":"buy","quantity":"1","symbols":["AAPL"]}})",
                    ::getpid(), number_, ++sent_, number_);
    request.prepare_payload();
    const auto response =
        load_.authority.empty() ? exchange(stream_->next_layer(), request) : exchange(*stream_, request);
    if (response.result_int() >= 300) die(fmt::format("{} {}", response.result_int(), response.body()));
    if (load_.kind == "settle" && response.body().find(R"("status":"settled")") == std::string::npos)
      die(response.body());
  }

 private:
  template <class Stream>
  http::response<http::string_body> exchange(Stream& stream, const http::request<http::string_body>& request) {
    http::write(stream, request);
    http::response<http::string_body> response;
    http::read(stream, buffer_, response);
    return response;
  }

  const Load& load_;
  const int number_;
  int sent_ = 0;
  asio::io_context io_;
  ssl::context context_;
  std::optional<ssl::stream<Tcp::socket>> stream_;
  boost::beast::flat_buffer buffer_;
};

int number_of(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1)
    die(fmt::format("not a number: {}", text));
  return number;
}

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line)) die("cannot read " + file);
  return line;
}

Load load_of(std::span<char*> words) {
  if (words.size() < 5 || words.size() % 2 == 0)
    die("usage: HOST:PORT KIND CLIENTS SECONDS [--token FILE] [--ca FILE]");
  Load load;
  const std::string address = words[1];
  const auto colon = address.rfind(':');
  if (colon == std::string::npos) die("no HOST:PORT: " + address);
  load.host = address.substr(0, colon);
  load.port = address.substr(colon + 1);
  load.kind = words[2];
  load.clients = number_of(words[3]);
  load.seconds = number_of(words[4]);
  for (std::size_t at = 5; at < words.size(); at += 2) {
    const std::string_view flag = words[at];
    if (flag == "--token")
      load.token = first_line(words[at + 1]);
    else if (flag == "--ca")
      load.authority = words[at + 1];
    else
      die(fmt::format("unknown flag {}", flag));
  }
  return load;
}

void run(const Load& load) {
  std::vector<std::unique_ptr<Client>> clients;
  for (int number = 0; number < load.clients; ++number) clients.push_back(std::make_unique<Client>(load, number));
  const Times times = measure(load.clients, std::chrono::seconds(load.seconds), [&clients](int number) {
    clients[static_cast<std::size_t>(number)]->send_one();
    return true;
  });
  fmt::print(R"({{"rate":{:.1f},"p50":{:.4f},"p99":{:.4f}}})"
             "\n",
             times.rate(), times.quantile(0.5), times.quantile(0.99));
}

}  // namespace
}  // namespace tradeauto::bench

int main(int argc, char** argv) {
  try {
    tradeauto::bench::run(tradeauto::bench::load_of({argv, static_cast<std::size_t>(argc)}));
  } catch (const std::exception& error) {
    tradeauto::bench::die(error.what());
  }
}
