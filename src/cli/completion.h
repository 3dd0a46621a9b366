#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

namespace tradeauto {

struct Candidate {
  std::string word;
  std::string help;  // one line; may be empty
};

// What may stand in the place of the last of `words`, of which as much is there as was typed: nouns, verbs, flags and
// fixed choices. None where only the person knows. Pure: asks no server.
std::vector<Candidate> complete(const CLI::App& app, const std::vector<std::string>& words);

// The script for `bash`, `zsh` or `fish`: it asks `tradeauto completion reply`, so it never falls behind the program.
std::string_view completion_script(std::string_view shell);

}  // namespace tradeauto
