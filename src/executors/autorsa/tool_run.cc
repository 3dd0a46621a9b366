#include "executors/autorsa/tool_run.h"

#include <fmt/format.h>

namespace tradeauto {
namespace {

constexpr std::size_t kTail = 2000;

std::string tail(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  if (text.size() > kTail) text.remove_prefix(text.size() - kTail);
  return std::string(text);
}

std::string how_it_ended(const ChildResult& result) {
  if (result.end == ChildEnd::deadline) return "took too long and was ended";
  if (result.signal) return fmt::format("was killed by signal {}", *result.signal);
  if (result.exit_code) return fmt::format("failed with {}", *result.exit_code);
  return "was ended";
}

}  // namespace

std::string without_url_passwords(std::string text) {
  for (std::size_t at = 0; (at = text.find("://", at)) != std::string::npos;) {
    at += 3;
    const std::size_t end = text.find_first_of("/ \t\r\n'\"<>", at);
    const std::size_t mark = text.substr(at, end - at).rfind('@');
    if (mark != std::string::npos) text.replace(at, mark, "[redacted]");
  }
  return text;
}

asio::awaitable<Result<std::string>> ToolRunner::run(std::vector<std::string> words, std::chrono::seconds time) {
  ChildSpec spec;
  spec.supervisor = supervisor_;
  spec.words = std::move(words);
  for (const auto& [name, value] : environment_) spec.environment.emplace_back(name, SecretString(std::string(value)));
  spec.directory = "/";
  const std::string program = spec.words.front();
  CO_TRY(const ChildResult result, co_await run_child(std::move(spec), pool_, clock_, Deadline::after(clock_, time)));
  if (result.end == ChildEnd::by_itself && result.exit_code == 0) co_return result.out;
  const std::string said = tail(result.err.empty() ? result.out : result.err);
  co_return make_error(
      ErrorCode::unavailable, "tool_failed",
      without_url_passwords(fmt::format("{} {}{}{}", program, how_it_ended(result), said.empty() ? "" : ":\n", said)));
}

}  // namespace tradeauto
