#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace tradeauto {

// What is wrong with the nouns, verbs and flags among `words`, with the nearest known one; empty if all are known.
// CLI11 would only say that something was not expected.
std::string find_unknown_word(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace tradeauto
