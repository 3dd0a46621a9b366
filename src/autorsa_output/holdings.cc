#include <algorithm>
#include <optional>

#include "autorsa_output/line_match.h"
#include "autorsa_output/log_in.h"
#include "autorsa_output/redact.h"
#include "autorsa_output/run_output.h"
#include "autorsa_output/run_text.h"
#include "autorsa_output/verdict.h"

namespace tradeauto {
namespace {

using namespace autorsa_output;  // NOLINT(google-build-using-namespace): this room's own

constexpr std::string_view kNone = "No holdings in Account";
constexpr std::size_t kMaxHoldings = 100'000;

// Total is all that the account is worth at some brokerages, its cash at these.
bool total_is_cash(Brokerage brokerage) {
  return brokerage == Brokerage::public_ || brokerage == Brokerage::fennel || brokerage == Brokerage::robinhood ||
         brokerage == Brokerage::tastytrade;
}

// Fennel and Chase print the value of the position where its price should stand.
bool price_is_right(Brokerage brokerage) { return brokerage != Brokerage::fennel && brokerage != Brokerage::chase; }

std::optional<Decimal> money(std::string_view text) {
  const auto value = Decimal::parse(text);
  if (!value) return std::nullopt;
  return *value;
}

// An error of a request stands at the beginning of a line, perhaps after the log-in's name and the account.
bool is_error(std::string_view line) {
  if (line.starts_with("Error") || line.starts_with("Login failed") || line.starts_with("Traceback ")) return true;
  return line.find(": Error ") != std::string_view::npos || line.ends_with(" not found, skipping...");
}

class HoldingsReader {
 public:
  HoldingsReader(HoldingsReport& report, Brokerage brokerage) : report_(report), brokerage_(brokerage) {}

  void read(std::string_view line) {
    if (read_total(line) || read_account(line)) return;
    if (!open_) return spoil("a line that is not understood");
    if (line == kNone) {
      if (some_) spoil("an account with and without holdings");
      none_ = true;
      return;
    }
    if (!read_holding(line)) spoil("a line that is not understood");
  }

  void finish(const AccountListing& listing) {
    if (open_) spoil("an account without its total");
    if (report_.sub_accounts.empty()) spoil("no account is listed");
    if (!listing.sound || (listing.seen && listing.accounts != report_.sub_accounts)) {
      spoil("the accounts are not those that the log-in listed");
    }
  }

  void spoil(std::string_view why) {
    if (report_.complete) report_.message = why;
    report_.complete = false;
  }

 private:
  // "Tradier 1 (xxxxxx3001)"
  bool read_account(std::string_view line) {
    const auto begin = line.rfind(" (");
    if (begin == std::string_view::npos || begin == 0 || !line.ends_with(')')) return false;
    const std::string_view account = line.substr(begin + 2, line.size() - begin - 3);
    if (account.empty() || account.size() > 128 || account.find_first_of("()") != std::string_view::npos) return false;
    if (open_) spoil("an account without its total");
    account_ = masked(presentable(account, {}, 128));
    report_.sub_accounts.push_back(account_);
    open_ = true;
    some_ = none_ = false;
    return true;
  }

  // "AAPL: 1.0 @ $190.00 = $190.00"
  bool read_holding(std::string_view line) {
    std::string_view ticker;
    std::string_view price;
    std::string_view total;
    std::optional<Decimal> quantity;
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) return false;
    ticker = line.substr(0, colon);
    LineMatch match(line.substr(colon));
    match.literal(": ").number(&quantity).literal(" @ $").until(" = $", &price).literal(" = $").anything(&total);
    const auto symbol = parse_symbol(ticker);
    const auto value = money(price);
    if (!match.matched() || !symbol || !quantity || !value || !money(total) || none_) return false;
    if (report_.holdings.size() == kMaxHoldings) return false;
    some_ = true;
    Holding holding{.sub_account = account_, .symbol = *symbol, .quantity = Quantity(*quantity), .price = {}};
    if (price_is_right(brokerage_)) holding.price = Price(*value);
    report_.holdings.push_back(std::move(holding));
    return true;
  }

  // "Total: $11010.00"
  bool read_total(std::string_view line) {
    std::string_view total;
    if (!LineMatch(line).literal("Total: $").anything(&total).matched()) return false;
    const auto value = money(total);
    if (!open_ || !value || (!some_ && !none_)) {
      spoil("a total that is not understood");
      return true;
    }
    if (total_is_cash(brokerage_)) report_.cash.emplace_back(account_, Money(*value));
    // Webull prints this after a failed request too, without any error.
    if (none_ && brokerage_ == Brokerage::webull) spoil("Webull's \"No holdings\" is no proof");
    open_ = false;
    return true;
  }

  HoldingsReport& report_;
  const Brokerage brokerage_;
  std::string account_;
  bool open_ = false;  // an account has begun and has no total yet
  bool some_ = false;
  bool none_ = false;
};

// Lines [begin, end) between "<Name> Holdings" with its bars and the next bar; nothing if they are not there exactly
// once.
std::optional<Section> find_holdings(const RunText& text, Brokerage brokerage) {
  constexpr std::string_view kHoldings = " Holdings";
  std::optional<Section> found;
  for (std::size_t i = 0; i + 2 < text.bars.size(); ++i) {
    const std::size_t title = text.bars[i] + 1;
    if (text.bars[i + 1] != title + 1) continue;
    const std::string_view line = text.lines[title];
    if (!line.ends_with(kHoldings)) continue;
    if (!names_brokerage(line.substr(0, line.size() - kHoldings.size()), brokerage)) continue;
    if (found) return std::nullopt;
    found = Section{.begin = title + 2, .end = text.bars[i + 2], .closed = true};
  }
  return found;
}

std::string_view first_error(const RunText& text) {
  for (std::size_t i = text.body; i < text.lines.size(); ++i) {
    if (is_error(text.lines[i])) return text.lines[i];
  }
  return {};
}

}  // namespace

HoldingsReport read_holdings(const AccountRef& account, const RunOutput& run) {
  HoldingsReport report{.account = account,
                        .complete = true,
                        .sub_accounts = {},
                        .holdings = {},
                        .cash = {},
                        .as_of = run.at,
                        .message = {}};
  const RunText text(run.out);
  const AccountListing listing = read_listing(text, run.brokerage);
  HoldingsReader reader(report, run.brokerage);
  const std::string error = presentable(first_error(text), listing.accounts, kMaxMessage);
  if (!error.empty()) reader.spoil(error);
  if (run.truncated) reader.spoil(sentence("output_truncated"));
  if (!text.finished) reader.spoil("the run did not finish");
  if (!run.trusted_version || text.other_version) reader.spoil(sentence("untrusted_version"));
  if (run.err.find("Traceback (most recent call last)") != std::string::npos) reader.spoil("the run reported an error");
  const auto section = find_holdings(text, run.brokerage);
  if (!section) {
    reader.spoil("the brokerage's part is missing");
    return report;
  }
  for (std::size_t i = section->begin; i < section->end; ++i) reader.read(text.lines[i]);
  reader.finish(listing);
  return report;
}

}  // namespace tradeauto
