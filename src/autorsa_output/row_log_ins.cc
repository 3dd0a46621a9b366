#include "autorsa_output/row_log_ins.h"

#include <string>
#include <string_view>

#include "autorsa_output/line_match.h"
#include "autorsa_output/redact.h"

namespace tradeauto::autorsa_output {
namespace {

constexpr std::size_t kMaxListed = 64;  // sub-accounts of one log-in
constexpr std::size_t kMaxName = 128;

struct Words {
  std::string_view name;     // "Public"
  std::string_view failure;  // begins its line
  std::string_view end;      // printed once, after all
};

constexpr Words kPublic{.name = "Public", .failure = "Error logging in to Public: ", .end = "Logged in to Public!"};
constexpr Words kFennel{.name = "Fennel", .failure = "Error logging into Fennel: ", .end = "Logged into Fennel!"};

class LogInReader {
 public:
  explicit LogInReader(Brokerage brokerage) : words_(brokerage == Brokerage::fennel ? kFennel : kPublic) {}

  // Whether the line may stand there.
  bool read(std::string_view line) {
    if (over_) return false;
    if (line == words_.end) {
      over_ = true;
      return !open_;
    }
    if (line.starts_with(words_.failure)) {
      text_ = true;
      return fail();
    }
    LineMatch own(line);
    std::string_view number;
    std::string_view rest;
    if (own.literal(words_.name).literal(" ").digits(&number).literal(": ").anything(&rest).matched()) {
      text_ = false;
      return read_numbered(number, rest);
    }
    if (line.starts_with("Found ") && words_.name == kFennel.name) {
      text_ = false;
      return read_found(line.substr(6));
    }
    return text_ && !line.starts_with(words_.name) && !line.starts_with("Error with ");
  }

  bool over() const { return over_; }
  std::vector<LogIn> take() { return std::move(log_ins_); }

 private:
  // Of a log-in that has listed sub-accounts more may be unknown.
  bool fail() {
    if (open_) return false;
    log_ins_.push_back({.failed = true, .accounts = {}});
    return true;
  }

  bool read_numbered(std::string_view number, std::string_view rest) {
    const bool next = number == std::to_string(log_ins_.size() + 1);
    if (rest.starts_with(words_.name)) return next && fail();  // "Public no longer supports email login."
    if (words_.name == kFennel.name) {
      // A listing has been counted by its first line; without one the log-in has no sub-account.
      const bool closes = rest == "Logged in" && (open_ ? number == std::to_string(log_ins_.size()) : next);
      if (!open_) log_ins_.emplace_back();
      open_ = false;
      return closes;
    }
    std::string_view account;
    if (!LineMatch(rest).literal("Found account ").account(&account).matched()) return false;
    if (next) log_ins_.emplace_back();
    const bool current = next || (number == std::to_string(log_ins_.size()) && !log_ins_.back().failed);
    return current && add(account);
  }

  bool read_found(std::string_view account) {
    if (!open_) log_ins_.emplace_back();
    open_ = true;
    return add(account);
  }

  bool add(std::string_view account) {
    auto& accounts = log_ins_.back().accounts;
    if (accounts.size() == kMaxListed || account.empty() || account.size() > kMaxName) return false;
    accounts.push_back(masked(presentable(account, {}, kMaxName)));
    return true;
  }

  Words words_;
  std::vector<LogIn> log_ins_;
  bool open_ = false;  // Fennel's listing, until its log-in's own line
  bool text_ = false;  // foreign lines may stand here
  bool over_ = false;
};

}  // namespace

std::optional<std::vector<LogIn>> read_row_log_ins(const RunText& part, Brokerage brokerage, std::size_t count) {
  if (part.bars.empty() || part.body >= part.lines.size()) return std::nullopt;
  LogInReader reader(brokerage);
  for (std::size_t i = part.body + 1; i < part.bars.front(); ++i) {
    if (!reader.read(part.lines[i])) return std::nullopt;
  }
  if (!reader.over()) return std::nullopt;
  auto log_ins = reader.take();
  if (log_ins.size() != count) return std::nullopt;
  return log_ins;
}

}  // namespace tradeauto::autorsa_output
