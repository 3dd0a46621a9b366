#include "autorsa_output/tradier_log_ins.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "autorsa_output/line_match.h"
#include "autorsa_output/log_in.h"

namespace tradeauto::autorsa_output {
namespace {

constexpr std::size_t kMaxListed = 64;  // sub-accounts of one log-in
constexpr std::string_view kRequest = "Error making request to Tradier API ";

// How the tool begins a line of its own that cannot stand in a log-in.
constexpr std::array<std::string_view, 5> kElsewhere{"Error with ", "Logging in", "Tradier ", "All ", "="};

class LogInReader {
 public:
  // Whether the line may stand there.
  bool read(std::string_view line) {
    if (over_) return false;
    std::string_view count;
    if (LineMatch(line).literal("Tradier accounts found: ").digits(&count).matched()) return open(count);
    if (line.starts_with(kRequest)) return read_failure(line.substr(kRequest.size()));
    if (line == "Logged in to Tradier!") {
      over_ = true;
      return listed();
    }
    if (is_masked_number(line)) {
      if (listed()) return false;
      log_ins_.back().accounts.emplace_back(line);
      --open_;
      text_ = false;
      return true;
    }
    if (line.starts_with("Ignoring ")) {
      if (listed()) return false;
      --open_;
      text_ = false;
      return true;
    }
    if (std::ranges::any_of(kElsewhere, [&](std::string_view begin) { return line.starts_with(begin); })) return false;
    return text_;
  }

  bool over() const { return over_; }
  std::vector<LogIn> take() { return std::move(log_ins_); }

 private:
  bool listed() const { return open_ == 0; }

  bool open(std::string_view count) {
    if (!listed() || count.size() > 2) return false;
    for (const char c : count) open_ = open_ * 10 + static_cast<std::size_t>(c - '0');
    log_ins_.emplace_back();
    text_ = false;
    return open_ <= kMaxListed;
  }

  // The profile's failure is a log-in's; that of the balances stands behind a sub-account and changes nothing.
  bool read_failure(std::string_view path) {
    text_ = true;
    if (path.starts_with("/user/profile: ")) {
      log_ins_.push_back({.failed = true, .accounts = {}});
      return listed();
    }
    if (log_ins_.empty() || log_ins_.back().accounts.empty() || !path.starts_with("/accounts/")) return false;
    const auto end = path.find(": ");
    return end != std::string_view::npos && path.substr(0, end).ends_with("/balances");
  }

  std::vector<LogIn> log_ins_;
  std::size_t open_ = 0;  // sub-accounts of the last log-in that are still to be listed
  bool text_ = false;     // foreign lines may stand here
  bool over_ = false;
};

}  // namespace

std::optional<std::vector<LogIn>> read_tradier_log_ins(const RunText& part, std::size_t count) {
  if (part.bars.empty() || part.body >= part.lines.size()) return std::nullopt;
  LogInReader reader;
  for (std::size_t i = part.body + 1; i < part.bars.front(); ++i) {
    if (!reader.read(part.lines[i])) return std::nullopt;
  }
  if (!reader.over()) return std::nullopt;
  auto log_ins = reader.take();
  if (log_ins.size() != count) return std::nullopt;
  return log_ins;
}

}  // namespace tradeauto::autorsa_output
