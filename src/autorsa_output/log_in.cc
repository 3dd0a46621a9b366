#include "autorsa_output/log_in.h"

#include <algorithm>
#include <array>

#include "autorsa_output/line_match.h"
#include "autorsa_output/redact.h"
#include "autorsa_output/run_output.h"

namespace tradeauto::autorsa_output {
namespace {

constexpr std::size_t kMaxSubAccounts = 64;
constexpr std::size_t kMaxName = 128;

constexpr std::array<std::string_view, 4> kPrompts{
    "Enter code: ", "Enter security code: ", "Enter the sms verification code sent to your device: ",
    "Enter the email verification code sent to your device: "};

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }

std::size_t end_of_log_in(const RunText& text) { return text.bars.empty() ? text.lines.size() : text.bars.front(); }

void add(AccountListing& listing, std::string_view account) {
  listing.seen = true;
  if (listing.accounts.size() == kMaxSubAccounts || account.size() > kMaxName) {
    listing.sound = false;
    return;
  }
  listing.accounts.push_back(masked(presentable(account, {}, kMaxName)));
}

// "Tradier accounts found: 2", then the numbers; a number that is not active has a line of its own.
AccountListing read_tradier_listing(const RunText& text) {
  AccountListing listing;
  std::optional<Decimal> announced;
  std::size_t ignored = 0;
  for (std::size_t i = text.body; i < end_of_log_in(text); ++i) {
    const std::string_view line = text.lines[i];
    std::string_view count;
    if (LineMatch(line).literal("Tradier accounts found: ").digits(&count).matched()) {
      if (listing.seen) listing.sound = false;  // two log-ins in one run: nobody asked for that
      listing.seen = true;
      announced = parse_python_number(count);
    } else if (listing.seen && is_masked_number(line)) {
      add(listing, line);
    } else if (listing.seen && line.starts_with("Ignoring ")) {
      ++ignored;
    }
  }
  if (!listing.seen) return listing;
  const auto counts = [&](std::size_t n) { return announced == Decimal::from_int(static_cast<std::int64_t>(n)); };
  const std::size_t active = listing.accounts.size();
  if (!counts(active) && !counts(active + ignored)) listing.sound = false;
  return listing;
}

// "The following Firstrade accounts were found: ['xxxx5001', 'xxxx5002']"
void read_list(std::string_view line, AccountListing& listing) {
  std::string_view broker;
  std::string_view list;
  LineMatch match(line);
  match.literal("The following ").until(" accounts were found: [", &broker).literal(" accounts were found: [");
  if (!match.until("]", &list).literal("]").matched()) return;
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    std::string_view item = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    if (item.size() < 3 || item.front() != '\'' || item.back() != '\'') {
      listing.sound = false;
      return;
    }
    add(listing, item.substr(1, item.size() - 2));
  }
}

void read_line(std::string_view line, Brokerage brokerage, AccountListing& listing) {
  std::string_view account;
  switch (brokerage) {
    case Brokerage::public_:
      if (LineMatch(line).literal("Public ").digits().literal(": Found account ").account(&account).matched()) {
        add(listing, account);
      }
      return;
    case Brokerage::fennel:
      if (LineMatch(line).literal("Found ").anything(&account).matched() && !account.empty()) add(listing, account);
      return;
    case Brokerage::robinhood: {
      std::string_view type;
      LineMatch match(line);
      match.literal("Found ").until(" account ", &type).literal(" account ").account(&account);
      if (match.matched() && std::ranges::all_of(type, is_word)) add(listing, account);
      return;
    }
    case Brokerage::webull:
      if (is_masked_number(line)) add(listing, line);
      return;
    case Brokerage::firstrade:
    case Brokerage::chase:
    case Brokerage::schwab:
    case Brokerage::vanguard: read_list(line, listing); return;
    default: return;
  }
}

// A prompt has no newline: what follows stands on its line.
std::string_view after_prompt(std::string_view line) {
  for (const std::string_view prompt : kPrompts) {
    if (line.starts_with(prompt)) return line.substr(prompt.size());
  }
  return line;
}

bool is_log_in_failure(std::string_view line, Brokerage brokerage) {
  line = after_prompt(line);
  for (const std::string_view prefix :
       {std::string_view("Error logging in to "), std::string_view("Error logging into "),
        std::string_view("Error: Unable to log in to "), std::string_view("Invalid number of parameters for ")}) {
    if (!line.starts_with(prefix)) continue;
    return plain_name(line.substr(prefix.size(), 32)).starts_with(plain_name(to_string(brokerage)));
  }
  if (line == "Login failed. Check credentials and try again.") return true;
  if (line.starts_with("Error in SMS login: ") || line.starts_with("Error in OTP login: ")) return true;
  return brokerage == Brokerage::tradier && line.starts_with("Error making request to Tradier API /user/profile: ");
}

// "Chase 1 account 1234: ..." and its kin speak of orders. Those of the browsers have been read in the source only, so
// that one of them before any bar is taken for what it may be.
bool is_about_an_account(std::string_view line, Brokerage brokerage) {
  const auto end = line.find(' ');
  if (end == std::string_view::npos || !names_brokerage(line.substr(0, end), brokerage)) return false;
  line.remove_prefix(end);
  return line.starts_with(" account") || LineMatch(line).literal(" ").digits().literal(" ").anything().matched();
}

template <typename Is>
bool any_line(const RunText& text, std::size_t end, Brokerage brokerage, Is is) {
  for (std::size_t i = text.body; i < end; ++i) {
    if (is(text.lines[i], brokerage)) return true;
  }
  return false;
}

// Why the log-in, or what came before it, failed; the caller knows that no order followed.
std::optional<std::string_view> failure_of(const RunText& text, std::size_t end, Brokerage brokerage) {
  if (any_line(text, end, brokerage, is_log_in_failure)) return "login_failed";
  if (any_line(text, end, brokerage, is_without_credentials)) return "no_credentials";
  if (any_line(text, end, brokerage, is_broker_failure)) return "broker_failed";
  return std::nullopt;
}

// Fidelity prints no bar before its orders; nor does SoFi, but the known version cannot start it.
bool has_bar(Brokerage brokerage) { return brokerage != Brokerage::fidelity; }

}  // namespace

bool is_masked_number(std::string_view line) {
  if (line.size() < 5 || line.size() > 64) return false;
  const std::string_view hidden = line.substr(0, line.size() - 4);
  return hidden.find_first_not_of('x') == std::string_view::npos && std::ranges::all_of(line, is_word);
}

bool is_without_credentials(std::string_view line, Brokerage brokerage) {
  for (const std::string_view end :
       {std::string_view(" not found, skipping..."), std::string_view(" environment variable not found.")}) {
    if (line.ends_with(end)) return names_brokerage(line.substr(0, line.size() - end.size()), brokerage);
  }
  return false;
}

bool is_broker_failure(std::string_view line, Brokerage brokerage) {
  constexpr std::string_view kErrorWith = "Error with ";
  if (!line.starts_with(kErrorWith)) return false;
  const auto colon = line.find(": ");
  return colon != std::string_view::npos && colon > kErrorWith.size() &&
         names_brokerage(line.substr(kErrorWith.size(), colon - kErrorWith.size()), brokerage);
}

AccountListing read_listing(const RunText& text, Brokerage brokerage) {
  if (brokerage == Brokerage::tradier) return read_tradier_listing(text);
  AccountListing listing;
  for (std::size_t i = text.body; i < end_of_log_in(text); ++i) read_line(text.lines[i], brokerage, listing);
  return listing;
}

std::optional<std::string_view> never_traded(const RunText& text, Brokerage brokerage, const AccountListing& listing) {
  if (!text.finished) return std::nullopt;
  const std::size_t end = end_of_log_in(text);
  if (text.bars.empty()) {
    if (any_line(text, end, brokerage, is_about_an_account)) return std::nullopt;
    return failure_of(text, end, brokerage);
  }
  const auto section = find_section(text, brokerage);
  if (section && section->closed && section->begin == section->end && !listing.seen &&
      any_line(text, end, brokerage, is_log_in_failure)) {
    return "login_failed";
  }
  return std::nullopt;
}

std::optional<std::string_view> never_reached(const RunText& text, Brokerage brokerage) {
  const std::size_t end = text.lines.size();
  const auto speaks_of_it = [](std::string_view line, Brokerage which) {
    return names_brokerage(line, which) || is_closing(line, which) || is_about_an_account(line, which);
  };
  if (!has_bar(brokerage) || any_line(text, end, brokerage, speaks_of_it)) return std::nullopt;
  return failure_of(text, end, brokerage);
}

}  // namespace tradeauto::autorsa_output

namespace tradeauto {

bool log_in_failed(const RunOutput& run) {
  const autorsa_output::RunText text(run.out);
  return autorsa_output::any_line(text, text.lines.size(), run.brokerage, autorsa_output::is_log_in_failure);
}

}  // namespace tradeauto
