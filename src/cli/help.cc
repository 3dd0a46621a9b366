#include "cli/help.h"

#include <algorithm>
#include <memory>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/text_wrap.h"

namespace tradeauto {
namespace {

constexpr std::string_view kExamples = "\n\nExamples:";
constexpr std::string_view kFooter =
    "Flags of every command (see: tradeauto --help):\n"
    "  -o, --output table|json|yaml|csv|name  --no-headers  -q  -v  --no-color\n"
    "  --no-input  -y  --server HOST:PORT  --token-file FILE  --config FILE\n"
    "Each setting is a flag too: tradeauto config reference";

// A shell's width is not ours to know; 30 columns hold our longest flag.
constexpr std::size_t kColumn = 32;
constexpr std::size_t kWidth = 80;

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// The first example of a command, else of the first command below it that has one.
std::string first_example(const CLI::App& app) {
  const std::string text = app.get_description();
  const auto at = text.find(kExamples);
  if (at != std::string::npos) {
    const auto begin = at + kExamples.size() + 1;
    return text.substr(begin, text.find('\n', begin) - begin);
  }
  for (const CLI::App* below : app.get_subcommands({})) {
    std::string example = first_example(*below);
    if (!example.empty()) return example;
  }
  return {};
}

// What stands to the right of a name.
std::string beside(std::string_view text) {
  return fmt::format("{}", fmt::join(wrapped(text, kWidth - kColumn), "\n"));
}

class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(kColumn); }

  std::string make_description(const CLI::App* app) const override {
    const std::string text = app->get_description();
    if (text.find(kExamples) != std::string::npos) return text + "\n\n";
    std::string examples;
    for (const CLI::App* below : app->get_subcommands({})) {
      const std::string example = below->get_group().empty() ? "" : first_example(*below);
      if (!example.empty()) examples += "\n" + example;
    }
    return text + (examples.empty() ? "" : fmt::format("{}{}", kExamples, examples)) + "\n\n";
  }

  std::string make_subcommand(const CLI::App* sub) const override {
    std::ostringstream text;
    CLI::detail::format_help(text, sub->get_name(), beside(first_line(sub->get_description())), kColumn);
    return text.str();
  }

  // What is hidden (words that are taken only to be refused) stands in no usage either.
  std::string make_option_usage(const CLI::Option* option) const override {
    return option->get_group().empty() ? std::string() : CLI::Formatter::make_option_usage(option);
  }

  std::string make_usage(const CLI::App* app, std::string name) const override {
    std::string usage = CLI::Formatter::make_usage(app, std::move(name));
    const auto end = usage.find_last_not_of(" \n") + 1;
    return usage.replace(end, std::string::npos, "\n");
  }

  std::string make_option_desc(const CLI::Option* option) const override { return beside(option->get_description()); }

  std::string make_footer(const CLI::App* app) const override {
    if (app->get_parent() == nullptr) return CLI::Formatter::make_footer(app);
    return (app->get_footer().empty() ? std::string(kFooter) : app->get_footer()) + "\n";
  }
};

void set_formatter(CLI::App& app, const std::shared_ptr<CLI::FormatterBase>& formatter) {
  app.formatter(formatter);
  for (CLI::App* below : app.get_subcommands({})) set_formatter(*below, formatter);
}

}  // namespace

std::string describe(const std::string& help, const std::string& examples) {
  std::string text = help;
  text += kExamples;
  std::string_view rest = examples;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    text += fmt::format("\n  {}", rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return text;
}

std::string indented(const std::string& text) {
  std::string out;
  for (const std::string& line : wrapped(text, kWidth - 2)) out += fmt::format("  {}\n", line);
  return out;
}

void set_footer(CLI::App& verb, std::string_view text) {
  std::string footer;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    footer += fmt::format("{}\n", fmt::join(wrapped(text.substr(0, end), kWidth), "\n"));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  verb.footer(fmt::format("{}\n{}", footer, kFooter));
}

void use_our_help(CLI::App& app) { set_formatter(app, std::make_shared<HelpFormatter>()); }

}  // namespace tradeauto
