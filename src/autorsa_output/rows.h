#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "domain/brokerage.h"

namespace tradeauto::autorsa_output {

// What a line of the CLI says of the sub-account whose answer is expected.
enum class Means : std::uint8_t {
  // An answer, one for each sub-account.
  submitted,
  rejected,
  not_sent,
  unproven,    // it looks like success, and is printed whatever happened
  error,       // it does not tell whether the broker took the order
  dry_run,     // a rehearsal
  dry_failed,  // a rehearsal that the broker refused
  // Before an answer.
  aside,           // it says nothing
  dance,           // more is bought, and the rest sold
  second_order,    // another order follows the first
  failed_request,  // an order's request that nobody knows the end of
  busy_request,    // an order's request that was turned away for their number
};

// A line, from end to end. In `pattern`: %n the log-in's number, %a the sub-account as it was listed, %o "buy 1.0 of
// AAPL", %v "buying 1.0 of AAPL", %T the ticker asked for, %d digits, %q a number, %w a word, %t any text (if more
// follows, up to where that last stands). %o and %v say something else than asked: a mismatch.
struct Row {
  std::string_view pattern;
  Means means = Means::error;
  bool text = false;  // a text of the broker or a traceback may follow, of any lines
  // The answer holds only if this many requests failed before it, all of them busy; else all is a second order's doubt.
  int busy = 0;
  bool aside_in_dance = false;  // there another line is the answer
};

// One brokerage's lines between its bar and its closing line, for the rows of a sub-account; the first row that fits
// counts.
struct Grammar {
  std::string_view name;  // begins its announcements and most other lines
  std::span<const Row> rows;
  // Lines that begin so are the tool's: if no row fits, nothing is proven. Those with `inside` in them, too.
  std::span<const std::string_view> own;
  std::string_view inside;
  bool own_accounts = false;   // or with a sub-account and a colon
  bool text_anywhere = false;  // its library may print a line at any time
};

// Nothing: the brokerage is not read by rows.
const Grammar* grammar_of(Brokerage brokerage);

}  // namespace tradeauto::autorsa_output
