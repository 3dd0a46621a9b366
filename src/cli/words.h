#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace tradeauto {

struct UnknownWord {
  std::string fault;        // with the nearest known one
  const CLI::App* command;  // as far as the words were understood
};

// The first noun, verb or flag among `words` that is none. CLI11 would only say that something was not expected.
std::optional<UnknownWord> find_unknown_word(const CLI::App& app, const std::vector<std::string>& words);

// What a command that needs a verb, and got none, says; empty of another one.
std::string missing_verb(const CLI::App& command);

// The command of that name or alias below `app`; nullptr if there is none.
const CLI::App* find_below(const CLI::App& app, const std::string& word);
// The flag "--name" or "-n" of `app` or of a parent, whose flags may stand after the verb; nullptr if there is none.
const CLI::Option* find_flag(const CLI::App& app, const std::string& name);
bool takes_value(const CLI::Option& option);

// `option` takes one of `choices`: help and completion show them, another one is refused with the nearest.
void one_of(CLI::Option& option, std::vector<std::string> choices);
// Those; empty when any value may be right.
std::vector<std::string> choices_of(const CLI::Option& option);

}  // namespace tradeauto
