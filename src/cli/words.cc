#include "cli/words.h"

#include <string_view>

#include <fmt/format.h>

#include "cli/suggest.h"

namespace tradeauto {
namespace {

const CLI::App* find_below(const CLI::App& app, const std::string& word) {
  for (const CLI::App* below : app.get_subcommands({})) {
    if (below->check_name(word)) return below;
  }
  return nullptr;
}

// Flags of a parent may stand after the verb.
const CLI::Option* find_flag(const CLI::App& app, const std::string& name) {
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    if (const CLI::Option* option = at->get_option_no_throw(name)) return option;
  }
  return nullptr;
}

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

std::string unknown_word(const CLI::App& app, const std::string& word) {
  std::vector<std::string> known;
  for (const CLI::App* below : app.get_subcommands({})) {
    known.push_back(below->get_name());
    known.insert(known.end(), below->get_aliases().begin(), below->get_aliases().end());
  }
  const std::string near = nearest(word, known);
  std::string hint = meant(near);
  if (near.empty()) {
    for (const CLI::App* below : app.get_subcommands({})) {
      hint += fmt::format("{}{}", hint.empty() ? "; allowed are " : ", ", below->get_name());
    }
  }
  return fmt::format("{} is no command{}", word, hint);
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

}  // namespace

std::string find_unknown_word(const CLI::App& app, const std::vector<std::string>& words) {
  const CLI::App* at = &app;
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const std::string& word = words[i];
    if (word.starts_with("--")) {
      const auto equals = word.find('=');
      const std::string name = word.substr(0, equals);
      const CLI::Option* option = find_flag(*at, name);
      if (option == nullptr) return unknown_flag(*at, name);
      if (equals == std::string::npos && takes_value(*option)) ++i;
    } else if (word.starts_with('-') && word.size() > 1) {
      const CLI::Option* option = find_flag(*at, word.substr(0, 2));
      if (option != nullptr && takes_value(*option) && word.size() == 2) ++i;
    } else if (!at->get_subcommands({}).empty()) {
      const CLI::App* below = find_below(*at, word);
      if (below == nullptr) return unknown_word(*at, word);
      at = below;
    }
  }
  return {};
}

}  // namespace tradeauto
