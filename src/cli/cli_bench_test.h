#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/fake_server_test.h"

namespace tradeauto {

// What one run of the command line did.
struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

// Commands against a fake server: answers by "METHOD target" (without its query), each used in turn, the last one for
// ever.
class CliBench : public ::testing::Test {
 protected:
  CliBench();

  void on(const std::string& call, FakeAnswer answer) {
    const std::lock_guard lock(mutex_);
    answers_[call].push_back(std::move(answer));
  }
  void on(const std::string& call, int status, std::string body) {
    on(call, {.status = status, .body = std::move(body)});
  }
  // Answers made by the test, on the server's thread.
  void handle(const std::string& call, FakeServer::Answer answer) {
    const std::lock_guard lock(mutex_);
    handlers_[call] = std::move(answer);
  }
  // All answers so far.
  void forget() {
    const std::lock_guard lock(mutex_);
    answers_.clear();
    used_.clear();
    handlers_.clear();
  }
  // Called with each request before it is answered.
  std::function<void(const FakeRequest&)> seen_;

  std::string address() const { return "127.0.0.1:" + std::to_string(server_.port()); }

  // `tradeauto WORDS…`, with `input` on standard input.
  Outcome run(std::vector<std::string> words, const std::string& input = {});
  // The same with stdout to a file, e.g. one that is always full.
  Outcome run_into(const char* file, std::vector<std::string> words);
  std::vector<FakeRequest> requests() const { return server_.requests(); }

  bool input_stays_open_ = false;  // as with a person who says nothing more

  CliContext& context() { return context_; }
  int served() const { return served_; }  // how often the server `tradeauto worker` would have started

 private:
  int parse_and_run(const std::vector<std::string>& words);
  FakeAnswer answer(const FakeRequest& request);

  std::mutex mutex_;  // the server's thread reads the answers while a test may add some
  std::map<std::string, std::vector<FakeAnswer>> answers_;
  std::map<std::string, std::size_t> used_;
  std::map<std::string, FakeServer::Answer> handlers_;
  SystemClock clock_;
  CliContext context_;
  int served_ = 0;
  FakeServer server_;
};

// An event as a stream has it: of the order o-1, and of the child order `child` ("c0") if that is not empty.
std::string event_text(int sequence, const std::string& type, const std::string& child, const std::string& detail = "");

// An order as the server shows it, with one child order for each of `statuses`.
std::string order_json(const std::string& status, const std::vector<std::string>& statuses);
std::string problem_json(int status, const std::string& code, const std::string& sent,
                         const std::string& errors = "[]");

}  // namespace tradeauto
