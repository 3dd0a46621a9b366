#pragma once

#include <span>
#include <string_view>

#include "http/api_message.h"

namespace tradeauto {

// What a problem's code means, for people: its title in every answer, and its page.
struct ProblemEntry {
  std::string_view code;
  std::string_view title;
  std::string_view meaning;
  std::string_view remedy;
  // False: what has this code has sent nothing to a brokerage. True: the answer's own `sent` tells.
  bool may_be_sent = false;
};

// Every code that REST can answer, by name.
std::span<const ProblemEntry> problem_catalogue();
// Null for a code that has no entry.
const ProblemEntry* find_problem(std::string_view code);

// The page behind a problem's `type`; `code` has an entry. HTML without scripts and without anything from elsewhere.
ApiReply problem_page(const ProblemEntry& entry);

}  // namespace tradeauto
