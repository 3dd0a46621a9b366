#include "cli/cli_bench_test.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace tradeauto {
namespace {

// A stream into memory.
class Capture {
 public:
  Capture() : file_(::open_memstream(&data_, &size_)) {}
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  ~Capture() {
    std::fclose(file_);
    std::free(data_);  // NOLINT(cppcoreguidelines-no-malloc): open_memstream's
  }
  std::FILE* file() { return file_; }
  std::string text() {
    std::fflush(file_);
    return {data_, size_};
  }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* file_;
};

// A pipe with a text in it and nothing after it.
class Input {
 public:
  explicit Input(const std::string& text, bool stays_open = false) {
    if (::pipe(ends_) != 0) std::abort();
    const auto written = ::write(ends_[1], text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size())) std::abort();
    if (!stays_open) close_writer();
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() {
    ::close(ends_[0]);
    close_writer();
  }
  int fd() const { return ends_[0]; }

 private:
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

  int ends_[2] = {-1, -1};
};

}  // namespace

CliBench::CliBench()
    : context_{.server = nullptr,
               .token = [] { return Result<SecretString>(SecretString("ta_test")); },
               .version = "1.2.3",
               .clock = clock_},
      server_([this](const FakeRequest& request) { return answer(request); }) {
  context_.server = [this] {
    return Result<ServerAddress>(ServerAddress{.host = "127.0.0.1", .port = server_.port()});
  };
}

FakeAnswer CliBench::answer(const FakeRequest& request) {
  if (seen_) seen_(request);
  const std::lock_guard lock(mutex_);
  const std::string call = request.method + " " + request.target.substr(0, request.target.find('?'));
  if (const auto made = handlers_.find(call); made != handlers_.end()) return made->second(request);
  const auto found = answers_.find(call);
  if (found == answers_.end()) return {.status = 404, .body = problem_json(404, "not_found", "no")};
  std::size_t& used = used_[call];
  return found->second[std::min(used++, found->second.size() - 1)];
}

Outcome CliBench::run(std::vector<std::string> words, const std::string& input) {
  Capture out;
  Capture err;
  const Input stdin_pipe(input, input_stays_open_);
  context_.out = out.file();
  context_.err = err.file();
  context_.input = stdin_pipe.fd();
  Outcome outcome;
  outcome.code = parse_and_run(words);
  outcome.out = out.text();
  outcome.err = err.text();
  return outcome;
}

Outcome CliBench::run_into(const char* file, std::vector<std::string> words) {
  Capture err;
  const Input stdin_pipe("");
  context_.out = std::fopen(file, "w");
  context_.err = err.file();
  context_.input = stdin_pipe.fd();
  Outcome outcome;
  outcome.code = parse_and_run(words);
  outcome.err = err.text();
  std::fclose(context_.out);
  return outcome;
}

int CliBench::parse_and_run(const std::vector<std::string>& words) {
  CLI::App app("One order, in all accounts.", "tradeauto");
  app.fallthrough();
  app.require_subcommand(1);
  CLI::App* const server = app.add_subcommand("worker", "one worker");
  server->footer("its settings")->callback([this] { ++served_; });
  int exit_code = 0;
  add_commands(app, context_, exit_code);
  std::vector<const char*> argv = {"tradeauto"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return run_commands(app, context_, static_cast<int>(argv.size()), argv.data(), exit_code);
}

std::string event_text(int sequence, const std::string& type, const std::string& child, const std::string& detail) {
  return fmt::format(
      "id: {0}\nevent: {1}\ndata: {{\"sequence\":{0},\"at\":\"2026-01-02T03:04:06.{0:06}Z\",\"type\":\"{1}\","
      "\"actor\":{{\"kind\":\"worker\",\"name\":\"w1\"}},\"order_id\":\"o-1\",\"child_order_id\":{2},\"group\":"
      "\"demo\",\"worker\":null,\"detail\":\"{3}\"}}\n\n",
      sequence, type, child.empty() ? "null" : fmt::format("\"{}\"", child), detail);
}

std::string order_json(const std::string& status, const std::vector<std::string>& statuses) {
  std::string children;
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    const bool unsent = statuses[i] == "denied" || statuses[i] == "expired" || statuses[i] == "pending";
    children += fmt::format(
        R"({}{{"id":"c{}","group":"demo","updated_at":"2026-01-02T03:04:05.000000Z","account":"account{}","brokerage":"Paper","symbol":"AAPL","status":"{}","reason":"","sent":"{}","executions":[{{"sub_account":"x1","status":"{}","message":"said so"}}]}})",
        i == 0 ? "" : ",", i, i, statuses[i], unsent ? "no" : "yes", statuses[i]);
  }
  return fmt::format(
      R"({{"id":"o-1","client_order_id":"k-1","group":"demo","accounts":null,"side":"buy","quantity":"1","symbols":["AAPL"],"dry_run":false,"status":"{}","created_at":"2026-01-02T03:04:05Z","child_orders":[{}]}})",
      status, children);
}

std::string problem_json(int status, const std::string& code, const std::string& sent, const std::string& errors) {
  return fmt::format(
      R"({{"type":"/problems/{1}","title":"Refused","status":{0},"detail":"because of {1}","code":"{1}","request_id":"r","sent":"{2}","errors":{3}}})",
      status, code, sent, errors);
}

}  // namespace tradeauto
