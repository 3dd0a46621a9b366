#include "app/program.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/autorsa_command.h"
#include "app/config_command.h"
#include "app/doctor_checks.h"
#include "app/import_sources.h"
#include "app/process_signals.h"
#include "app/serve.h"
#include "app/settings.h"
#include "app/tls_files.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "crypto/secret_file.h"

namespace tradeauto {
namespace {

constexpr int kUsage = 2;

std::map<std::string, std::string> read_environment(char** environment) {
  std::map<std::string, std::string> values;
  for (char** entry = environment; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) values.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return values;
}

// Columns of the terminal that data or messages go to; 0 without one.
std::size_t terminal_width() {
  for (const int file : {STDOUT_FILENO, STDERR_FILENO}) {
    winsize size{};
    if (::ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  }
  return 0;
}

void print_error(const Error& error) {
  if (error.fields.empty()) fmt::print(stderr, "error: {}\n", error.message);
  for (const FieldError& field : error.fields) fmt::print(stderr, "error: {}\n", field.detail);
}

// The root command with a flag for each setting. Options of a server fall through to it, so that they may stand after
// the verb.
class Program {
 public:
  Program(int argc, char** argv, char** environment)
      : argc_(argc), argv_(argv), environment_(read_environment(environment)) {
    app_.description(
        "One order, in all of a person's brokerage accounts, at most once in each.\n\n"
        "Examples:\n"
        "  tradeauto up --demo\n"
        "  tradeauto order buy 1 AAPL --group demo --confirm demo\n"
        "  tradeauto account add family/mom --brokerage Paper\n"
        "  tradeauto autorsa install");
    app_.fallthrough();
    app_.require_subcommand(1);
    app_.set_help_all_flag("");
    app_.set_help_flag("-h,--help", "this text");
    for (const SettingRow& row : all_settings()) {
      app_.add_option(flag_of(row.key), flags_[std::string(row.key)], std::string(row.help))->group("");
    }
    show_in_help(app_.add_option("--config", config_), "settings file instead of configs/app.json");
    show_in_help(app_.get_option(flag_of("TOKEN_FILE")),
                 "file with the access token; not needed where the server runs");
    add_servers();
    add_config_commands(app_, [this] { return load(); }, exit_code_);
    cli_.server = [this] { return server(); };
    cli_.tls = [this]() -> Result<TlsMaterial> {
      TRY(const Settings settings, load());
      return read_command_tls(settings);
    };
    cli_.token = [this] { return token(); };
    cli_.import_sources = import_sources();
    cli_.local_checks = [this] { return local_checks(load(), environment_, clock_); };
    cli_.repair_journal = [this]() -> Result<std::string> {
      TRY(const Settings settings, load());
      return repair_worker_journal(settings, environment_, clock_);
    };
    cli_.stdin_is_terminal = ::isatty(STDIN_FILENO) == 1;
    cli_.stdout_is_terminal = ::isatty(STDOUT_FILENO) == 1;
    cli_.stderr_is_terminal = ::isatty(STDERR_FILENO) == 1;
    cli_.terminal_width = terminal_width();
    cli_.no_color = !environment_["NO_COLOR"].empty() || environment_["TERM"] == "dumb";
    add_commands(app_, cli_, exit_code_);
    add_autorsa_commands(app_, [this] { return autorsa_context(); }, exit_code_);
  }

  int run() { return run_commands(app_, argc_, argv_, exit_code_); }

 private:
  void add_servers() {
    const auto add = [this](const char* name, const std::string& help, ServeRequest request) {
      CLI::App* command = app_.add_subcommand(name, help);
      command->footer(settings_footer());
      command->callback([this, request] {
        ServeRequest wanted = request;
        wanted.demo = demo_;
        with_settings([&](const Settings& settings) { exit_code_ = serve(wanted, serve_context(settings)); });
      });
      return command;
    };
    add("up",
        describe("main server and one worker in this process",
                 "tradeauto up --demo\n"
                 "tradeauto up --data-dir ./data --http-port 0"),
        {.main = true, .worker = true})
        ->add_flag("--demo", demo_, "with paper accounts and an order to watch");
    add("main",
        describe("the main server alone",
                 "tradeauto main\n"
                 "tradeauto main --tls-cert-file cert.pem --tls-key-file key.pem"),
        {.main = true, .worker = false});
    add("worker",
        describe("one worker, for a main server elsewhere",
                 "tradeauto worker --main-server-host main.example --token-file worker.token\n"
                 "tradeauto worker --worker-groups family,club\n"
                 "tradeauto worker list"),
        {.main = false, .worker = true});
  }

  static void show_in_help(CLI::Option* option, const std::string& help) {
    option->description(help)->group(std::string(kCommonFlags))->type_name("FILE");
  }

  static std::string settings_footer() {
    std::string flags;
    for (const SettingRow& row : all_settings()) flags += flag_of(row.key) + " ";
    return "Settings, each also a key of configs/app.json and TRADEAUTO_<KEY>:\n" + indented(flags) +
           "Their values and meanings: tradeauto config show, tradeauto config reference";
  }

  Result<Settings> load() const {
    Settings::Sources sources;
    for (const auto& [key, value] : flags_) {
      if (app_.count(flag_of(key)) > 0) sources.flags.emplace(key, value);
    }
    sources.environment = environment_;
    if (!config_.empty()) sources.config_file = config_;
    sources.working_directory = std::filesystem::current_path();
    return Settings::load(sources);
  }

  template <typename Action>
  void with_settings(Action action) {
    const auto settings = load();
    if (settings.ok()) {
      action(*settings);
    } else {
      print_error(settings.error());
      exit_code_ = kUsage;
    }
  }

  ServeContext serve_context(const Settings& settings) const {
    return {.settings = settings,
            .read_settings = [this] { return load(); },
            .environment = environment_,
            .stdout_is_terminal = cli_.stdout_is_terminal,
            .version = TRADEAUTO_VERSION,
            .executable = std::filesystem::read_symlink("/proc/self/exe")};
  }

  Result<ServerAddress> server() const {
    TRY(const Settings settings, load());
    ServerAddress wanted{.host = settings.text("HTTP_HOST"), .port = settings.port("HTTP_PORT")};
    const bool named = settings.origin("HTTP_HOST") != SettingOrigin::built_in ||
                       settings.origin("HTTP_PORT") != SettingOrigin::built_in;
    const auto running = read_http_address(data_paths(settings, environment_).http_address);
    if (running && (!named || (running->host == wanted.host && running->port == wanted.port))) {
      ServerAddress found{.host = running->host, .port = running->port};
      // Its own certificate and no other: it may name another host, and its authority need not be known here.
      if (!running->fingerprint.empty()) found.tls.emplace().pinned = running->fingerprint;
      return found;
    }
    if (!settings.text("TLS_CERT_FILE").empty()) {
      TRY(wanted.tls, read_command_tls(settings));
    }
    return wanted;
  }

  Result<SecretString> token() const {
    TRY(const Settings settings, load());
    return read_token_file(token_path(settings, environment_), "TOKEN_FILE");
  }

  Result<AutorsaContext> autorsa_context() const {
    TRY(Settings settings, load());
    DataPaths paths = data_paths(settings, environment_);
    return AutorsaContext{.settings = std::move(settings), .paths = std::move(paths), .environment = environment_};
  }

  const int argc_;
  char** const argv_;
  std::map<std::string, std::string> environment_;
  CLI::App app_{"", "tradeauto"};
  std::map<std::string, std::string> flags_;
  std::string config_;
  bool demo_ = false;
  int exit_code_ = 0;
  SystemClock clock_;
  CliContext cli_{.server = {}, .token = {}, .version = TRADEAUTO_VERSION, .clock = clock_};
};

}  // namespace

int run_program(int argc, char** argv, char** environment) {
  prepare_process();
  return Program(argc, argv, environment).run();
}

}  // namespace tradeauto
