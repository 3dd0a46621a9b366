#include "autorsa_output/run_part.h"

#include "autorsa_output/log_in.h"

namespace tradeauto::autorsa_output {
namespace {

// Those for which the tool prints both borders exactly once. Robinhood, Webull and Wells Fargo begin once for each
// log-in, Tornado and SoFi without a line; the browsers that run in a thread may end without one.
bool has_borders(Brokerage brokerage) {
  switch (brokerage) {
    case Brokerage::bbae:
    case Brokerage::dspac:
    case Brokerage::fennel:
    case Brokerage::firstrade:
    case Brokerage::public_:
    case Brokerage::schwab:
    case Brokerage::tastytrade:
    case Brokerage::tradier: return true;
    default: return false;
  }
}

// "Logging in to Tradier..."
bool is_beginning(std::string_view line, Brokerage brokerage) {
  constexpr std::string_view kLoggingIn = "Logging in to ";
  constexpr std::string_view kDots = "...";
  return line.size() > kLoggingIn.size() + kDots.size() && line.starts_with(kLoggingIn) && line.ends_with(kDots) &&
         names_brokerage(line.substr(kLoggingIn.size(), line.size() - kLoggingIn.size() - kDots.size()), brokerage);
}

}  // namespace

std::optional<RunText> find_part(const RunText& text, Brokerage brokerage) {
  if (!has_borders(brokerage)) return std::nullopt;
  std::optional<std::size_t> begin;
  std::optional<std::size_t> end;
  bool failed = false;
  for (std::size_t i = text.body; i < text.lines.size(); ++i) {
    const std::string_view line = text.lines[i];
    if (is_without_credentials(line, brokerage)) return std::nullopt;
    if (is_beginning(line, brokerage)) {
      if (begin) return std::nullopt;
      begin = i;
    } else if (is_closing(line, brokerage) || is_broker_failure(line, brokerage)) {
      if (end) return std::nullopt;
      end = i + 1;
      failed = !is_closing(line, brokerage);
    }
  }
  if (!begin || !end || *begin >= *end) return std::nullopt;
  // A failure prints the order and what was logged in.
  while (failed && *end < text.lines.size() &&
         (text.lines[*end].starts_with("Self: ") || text.lines[*end].starts_with(' '))) {
    ++*end;
  }
  return text.part(*begin, *end);
}

}  // namespace tradeauto::autorsa_output
