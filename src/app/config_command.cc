#include "app/config_command.h"

#include <cstdio>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/help.h"
#include "net/address.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

int code(ExitCode exit) { return static_cast<int>(exit); }

// STORE may hold one although it is refused at the start: whoever looks for the fault must not show it around.
std::string masked(std::string_view value) {
  const auto scheme = value.find("://");
  const auto at = value.rfind('@');
  if (scheme == std::string_view::npos || at == std::string_view::npos) return std::string(value);
  const auto colon = value.find(':', scheme + 3);
  if (colon > at) return std::string(value);
  return fmt::format("{}:***{}", value.substr(0, colon), value.substr(at));
}

// The value of a flag of every command.
bool is_given(const CLI::App& app, const char* flag) {
  const CLI::Option* option = app.get_option_no_throw(flag);
  return option != nullptr && option->count() > 0;
}

OutputSettings output_settings(const CLI::App& app) {
  OutputSettings output{.headers = !is_given(app, "--no-headers")};
  if (is_given(app, "--output")) {
    output.format = parse_output_format(app.get_option("--output")->as<std::string>()).value_or(OutputFormat::table);
  }
  return output;
}

int print(std::string_view text) {
  const auto written = write_all(stdout, text);
  if (written.ok()) return code(ExitCode::good);
  fmt::print(stderr, "error: {}\n", written.error().message);
  return code(ExitCode::io_failed);
}

int refuse(const Error& error) {
  if (error.fields.empty()) fmt::print(stderr, "error: {}\n", error.message);
  for (const FieldError& field : error.fields) fmt::print(stderr, "error: {}\n", field.detail);
  return code(ExitCode::usage);
}

void warn_of(const CLI::App& app, const Settings& settings) {
  if (is_given(app, "--quiet")) return;
  for (const std::string& warning : settings_warnings(settings)) fmt::print(stderr, "warning: {}\n", warning);
}

}  // namespace

Rows rows_of_settings(const Settings& settings, bool with_origin) {
  Rows rows{.json = {}, .items = {}, .columns = {member("KEY", "key"), member("VALUE", "value")}, .names = {}};
  if (with_origin) rows.columns.push_back(member("ORIGIN", "origin"));
  json::array items;
  for (const SettingRow& row : all_settings()) {
    json::object item{{"key", row.key}, {"value", masked(settings.text(row.key))}};
    if (with_origin) item["origin"] = settings.where(row.key);
    items.push_back(item);
    rows.items.push_back(std::move(item));
    rows.names.emplace_back(row.key);
  }
  rows.json = json::object{{"items", std::move(items)}};
  return rows;
}

std::vector<std::string> settings_warnings(const Settings& settings) {
  std::vector<std::string> warnings;
  const auto warn = [&](std::string_view key, std::string_view why) {
    warnings.push_back(fmt::format("{} = {} (from {}): {}", key, settings.text(key), settings.where(key), why));
  };
  if (!is_loopback(settings.text("TASK_FETCHER_HOST"))) {
    warn("TASK_FETCHER_HOST", "an original main's tasks, log-ins among them, come in clear from beyond this machine");
  }
  if (settings.is_on("ALLOW_PLAINTEXT_BEYOND_LOOPBACK")) {
    warn("ALLOW_PLAINTEXT_BEYOND_LOOPBACK", "log-ins and tokens may travel in clear beyond this machine");
  }
  if (!settings.is_on("AUTH")) warn("AUTH", "everybody on this machine may trade and read, without a token");
  if (settings.is_on("STORE_ALLOW_LOSS")) {
    warn("STORE_ALLOW_LOSS", "an order that was acknowledged may be lost, or placed again");
  }
  return warnings;
}

void add_config_commands(CLI::App& app, std::function<Result<Settings>()> load, int& exit_code) {
  CLI::App* config = app.add_subcommand("config", "settings: what they are and where they come from");
  config->require_subcommand(1);

  CLI::App* show = config->add_subcommand(
      "show", describe("every setting with its value",
                       "tradeauto config show --origin\ntradeauto config show -o json --config /etc/tradeauto.json"));
  const CLI::Option* origin =
      show->add_flag("--origin")->description("where each came from: default, file, environment or flag, by name");
  show->callback([&app, &exit_code, load, origin] {
    const auto settings = load();
    if (settings.ok()) {
      warn_of(app, *settings);
      exit_code = print(render(rows_of_settings(*settings, origin->count() > 0), output_settings(app)));
    } else {
      exit_code = refuse(settings.error());
    }
  });

  config
      ->add_subcommand("validate", describe("tell every fault of the settings at once; silent when there is none",
                                            "tradeauto config validate --config configs/app.json"))
      ->callback([&app, &exit_code, load] {
        const auto settings = load();
        if (settings.ok()) warn_of(app, *settings);
        exit_code = settings.ok() ? code(ExitCode::good) : refuse(settings.error());
      });

  config
      ->add_subcommand("reference", describe("the settings as a page (docs/reference/settings.md)",
                                             "tradeauto config reference > docs/reference/settings.md"))
      ->callback([&exit_code] { exit_code = print(settings_reference()); });
}

}  // namespace tradeauto
