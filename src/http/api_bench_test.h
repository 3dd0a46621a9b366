#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "http/api_handler.h"
#include "http/fake_access_test.h"
#include "http/fake_accounts_test.h"
#include "http/fake_events_test.h"
#include "http/fake_holdings_test.h"
#include "http/fake_orders_test.h"
#include "http/fake_workers_test.h"
#include "testing/null_log.h"
#include "testing/run_async.h"

namespace tradeauto {

// A client that is gone as soon as anybody looks, or stays for ever.
class FakePeer final : public Peer {
 public:
  explicit FakePeer(bool stays) : stays_(stays) {}
  asio::awaitable<void> gone() override {
    const SystemClock clock;
    Signal never;
    if (stays_) co_await never.wait(never.version(), clock, Deadline::never());
  }

 private:
  bool stays_;
};

// The whole API over fakes, without sockets.
class ApiBench {
 public:
  explicit ApiBench(LegacyApiSettings legacy = {}, bool auth = true)
      : handler({.version = "1.2.3", .longest_wait = std::chrono::seconds(60), .auth = auth, .legacy = legacy},
                {.orders = orders,
                 .accounts = accounts,
                 .workers = workers,
                 .holdings = holdings,
                 .events = events,
                 .access = access,
                 .clock = clock,
                 .rng = rng,
                 .log = null_logger()}) {}

  struct Answer {
    ApiReply reply;
    boost::json::value body;

    // Empty when it is not there.
    std::string header(std::string_view name) const {
      const auto it = std::ranges::find(reply.headers, name, &NameValues::value_type::first);
      return it == reply.headers.end() ? std::string() : it->second;
    }
    std::string code() const { return std::string(body.at("code").as_string()); }
  };

  Answer call(std::string method, std::string target, std::string body = {}, NameValues headers = {}) {
    Answer answer;
    answer.reply = call_raw(std::move(method), std::move(target), std::move(body), std::move(headers));
    if (!answer.reply.body.empty()) answer.body = boost::json::parse(answer.reply.body);
    return answer;
  }

  // The same for an answer that is no JSON.
  ApiReply call_raw(std::string method, std::string target, std::string body = {}, NameValues headers = {}) {
    WireRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = std::move(headers);
    if (with_token) request.headers.emplace_back("authorization", "Bearer " + token);
    if (!body.empty() && request.header("content-type").empty()) {
      request.headers.emplace_back("content-type", "application/json");
    }
    request.body = std::move(body);
    return run_async(io_, handler.handle(std::move(request), peer, {}));
  }

  bool with_token = true;
  std::string token = "ta_test";  // the administrator's
  SystemClock clock;
  SystemRng rng;
  FakeOrders orders;
  FakeAccounts accounts;
  FakeWorkers workers;
  FakeHoldings holdings;
  FakeEvents events;
  FakeAccess access;
  FakePeer peer{true};
  ApiHandler handler;

 private:
  asio::io_context io_;
};

}  // namespace tradeauto
