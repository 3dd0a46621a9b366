#include "cli/command_set.h"

#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/help.h"
#include "cli/words.h"

namespace tradeauto {
namespace {

void add_global_flags(CLI::App& app, GlobalFlags& flags) {
  const auto grouped = [](CLI::Option* option) { return option->group(std::string(kCommonFlags)); };
  one_of(*grouped(app.add_option("-o,--output", flags.output, "how data is written")),
         {"table", "json", "yaml", "csv", "name"});
  grouped(app.add_flag("--no-headers", flags.no_headers, "tables and CSV without their first line"));
  grouped(app.add_flag("-q,--quiet", flags.quiet, "no messages, except what went wrong"));
  grouped(app.add_flag("-v,--verbose", flags.verbose, "a line for each call of the server"));
  grouped(app.add_flag("--no-color", flags.no_color, "also with NO_COLOR=1 or TERM=dumb"));
  grouped(app.add_flag("--no-input", flags.no_input, "never ask; what would need an answer fails"));
  grouped(app.add_flag("-y,--yes", flags.yes, "yes to what would be asked; a live order wants --confirm"));
  grouped(app.add_option("--server", flags.server,
                         "HOST:PORT or https://HOST:PORT of the main server; not needed on its own machine"))
      ->type_name("ADDRESS");
}

// "tradeauto order buy"
std::string command_line(const CLI::App& command) {
  const CLI::App* const parent = command.get_parent();
  return parent == nullptr ? command.get_name() : command_line(*parent) + " " + command.get_name();
}

// As far as the words were understood.
const CLI::App& deepest(const CLI::App& app) {
  const auto below = app.get_subcommands();
  return below.empty() ? app : deepest(*below.front());
}

struct Streams {
  std::FILE* out;
  std::FILE* err;
};

// stderr is the last resort: that it cannot be written can be told nowhere.
int refuse(const CLI::App& command, Streams streams, const std::string& what) {
  const std::string text = fmt::format("error: {}\nSee: {} --help\n", what, command_line(command));
  static_cast<void>(write_all(streams.err, text).ok());
  return static_cast<int>(ExitCode::usage);
}

int show_help(const CLI::App& app, std::FILE* file, ExitCode code) {
  std::string help = app.help();
  // CLI11 leaves a gap where a group is hidden.
  for (auto gap = help.find("\n\n\n"); gap != std::string::npos; gap = help.find("\n\n\n")) help.erase(gap, 1);
  help.replace(help.find_last_not_of('\n') + 1, std::string::npos, "\n");
  return static_cast<int>(write_all(file, help).ok() ? code : ExitCode::io_failed);
}

int parse_and_run(CLI::App& app, Streams streams, int argc, const char* const* argv, const int& exit_code) {
  use_our_help(app);
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  if (words.empty()) return show_help(app, streams.err, ExitCode::usage);
  if (const auto unknown = find_unknown_word(app, words)) return refuse(*unknown->command, streams, unknown->fault);
  // CLI11 tells by exceptions what it found; they go no further than this.
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return show_help(app, streams.out, ExitCode::good);
  } catch (const CLI::Success&) {
    return exit_code;
  } catch (const CLI::ParseError& error) {
    const CLI::App& command = deepest(app);
    const std::string missing = missing_verb(command);
    return refuse(command, streams, missing.empty() ? error.what() : missing);
  }
  return exit_code;
}

// "orders" of "order", "holding" of "holdings": nobody should have to remember which it was.
std::string other_number(const std::string& noun) {
  return noun.ends_with('s') ? noun.substr(0, noun.size() - 1) : noun + "s";
}

}  // namespace

CLI::App& CommandSet::noun(const std::string& name, const std::string& help) const {
  for (CLI::App* there : root.get_subcommands([&name](CLI::App* app) { return app->get_name() == name; })) {
    there->alias(other_number(name))->require_subcommand(0, 1);
    return *there;
  }
  return *root.add_subcommand(name, help)->alias(other_number(name))->require_subcommand(1);
}

CLI::App& add_verb(CLI::App& noun, const std::string& name, const std::string& help, const std::string& examples) {
  return *noun.add_subcommand(name, describe(help, examples))->footer("");  // not the noun's, which CLI11 hands down
}

void run_on(const CommandSet& set, CLI::App& verb, CommandBody body) {
  verb.callback([&context = set.context, flags = set.flags, &exit_code = set.exit_code, body = std::move(body)] {
    exit_code = run_command(context, *flags, body);
    // CLI11's way out: the callbacks of the parents are not called any more.
    throw CLI::Success();
  });
}

void add_commands(CLI::App& app, CliContext& context, int& exit_code) {
  const CommandSet set{
      .root = app, .context = context, .flags = std::make_shared<GlobalFlags>(), .exit_code = exit_code};
  add_global_flags(app, *set.flags);
  add_order_commands(set);
  add_execution_commands(set);
  add_group_commands(set);
  add_account_commands(set);
  add_holdings_commands(set);
  add_brokerage_commands(set);
  add_worker_commands(set);
  add_token_commands(set);
  add_event_commands(set);
  add_audit_commands(set);
  add_import_command(set);
  add_doctor_command(set);
  add_version_command(set);
  add_completion_commands(set);
}

int run_commands(CLI::App& app, const CliContext& context, int argc, const char* const* argv, const int& exit_code) {
  return parse_and_run(app, {.out = context.out, .err = context.err}, argc, argv, exit_code);
}

int run_commands(CLI::App& app, int argc, const char* const* argv, const int& exit_code) {
  return parse_and_run(app, {.out = stdout, .err = stderr}, argc, argv, exit_code);
}

}  // namespace tradeauto
