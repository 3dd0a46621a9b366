#pragma once

#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

namespace tradeauto {

// The heading of the flags that every command has.
inline constexpr std::string_view kCommonFlags = "Flags of every command";

// The description of a command: one line, then its examples. The lines are what parents and the formatter take apart
// again.
std::string describe(const std::string& help, const std::string& examples);

// `text` in lines of a help, each indented by two.
std::string indented(const std::string& text);

// Below the flags of `verb`: this text, then the flags of every command.
void set_footer(CLI::App& verb, std::string_view text);

// The help of `app` and of everything below it begins with examples; lists of commands show one line each.
void use_our_help(CLI::App& app);

}  // namespace tradeauto
