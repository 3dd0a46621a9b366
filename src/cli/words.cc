#include "cli/words.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/suggest.h"

namespace tradeauto {
namespace {

std::string meant(const std::string& nearest_word) {
  return nearest_word.empty() ? "" : fmt::format("; did you mean {}?", nearest_word);
}

std::string unknown_flag(const CLI::App& app, const std::string& name) {
  std::vector<std::string> known;
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& long_name : option->get_lnames()) known.push_back("--" + long_name);
    }
  }
  return fmt::format("{} is no flag of this command{}", name, meant(nearest(name, known)));
}

std::vector<std::string> visible_below(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* below : app.get_subcommands({})) {
    if (!below->get_group().empty()) names.push_back(below->get_name());
  }
  return names;
}

std::string unknown_word(const CLI::App& app, const std::string& word) {
  std::vector<std::string> known;
  for (const CLI::App* below : app.get_subcommands({})) {
    known.push_back(below->get_name());
    known.insert(known.end(), below->get_aliases().begin(), below->get_aliases().end());
  }
  const std::string near = nearest(word, known);
  const std::string hint =
      near.empty() ? fmt::format("; allowed are {}", fmt::join(visible_below(app), ", ")) : meant(near);
  return fmt::format("{} is no command{}", word, hint);
}

}  // namespace

const CLI::App* find_below(const CLI::App& app, const std::string& word) {
  for (const CLI::App* below : app.get_subcommands({})) {
    if (below->check_name(word)) return below;
  }
  return nullptr;
}

const CLI::Option* find_flag(const CLI::App& app, const std::string& name) {
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    if (const CLI::Option* option = at->get_option_no_throw(name)) return option;
  }
  return nullptr;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

// The type's name, which help shows, keeps them: CLI11 has no other place that can be read again.
void one_of(CLI::Option& option, std::vector<std::string> choices) {
  option.type_name(fmt::format("{}", fmt::join(choices, "|")));
  option.check(CLI::Validator(
      [choices = std::move(choices)](std::string& value) -> std::string {
        if (std::ranges::find(choices, value) != choices.end()) return {};
        return fmt::format("{} is none of {}{}", value, fmt::join(choices, ", "), meant(nearest(value, choices)));
      },
      ""));
}

std::vector<std::string> choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  if (type.find('|') == std::string::npos) return {};
  return CLI::detail::split(type, '|');
}

std::string missing_verb(const CLI::App& command) {
  if (command.get_require_subcommand_min() == 0 || !command.get_subcommands().empty()) return {};
  return fmt::format("{} needs a command: {}", command.get_name(), fmt::join(visible_below(command), ", "));
}

std::optional<UnknownWord> find_unknown_word(const CLI::App& app, const std::vector<std::string>& words) {
  const CLI::App* at = &app;
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const std::string& word = words[i];
    if (word.starts_with("--")) {
      const auto equals = word.find('=');
      const std::string name = word.substr(0, equals);
      const CLI::Option* option = find_flag(*at, name);
      if (option == nullptr) return UnknownWord{.fault = unknown_flag(*at, name), .command = at};
      if (equals == std::string::npos && takes_value(*option)) ++i;
    } else if (word.starts_with('-') && word.size() > 1) {
      const CLI::Option* option = find_flag(*at, word.substr(0, 2));
      if (option != nullptr && takes_value(*option) && word.size() == 2) ++i;
    } else if (!at->get_subcommands({}).empty()) {
      const CLI::App* below = find_below(*at, word);
      if (below == nullptr) return UnknownWord{.fault = unknown_word(*at, word), .command = at};
      at = below;
    }
  }
  return std::nullopt;
}

}  // namespace tradeauto
