#include "app/autorsa_command.h"

#include <filesystem>
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "cli/help.h"
#include "cli/output.h"

namespace tradeauto {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

InstallSettings install_settings(const AutorsaContext& context) {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  return {.dir = context.paths.autorsa_dir,
          .command = context.settings.text("AUTORSA_COMMAND"),
          .python = context.settings.text("AUTORSA_PYTHON"),
          .supervisor = self.parent_path() / "tradeauto-supervisor",
          .environment = context.environment};
}

template <typename T>
asio::awaitable<void> keep(asio::awaitable<T> task, std::optional<T>& out) {
  out.emplace(co_await std::move(task));
}

template <typename T>
T run(asio::awaitable<T> task) {
  asio::io_context io;
  std::optional<T> value;
  asio::co_spawn(io, keep(std::move(task), value), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  io.run();
  return std::move(value).value();
}

int report_error(const Error& error, int code) {
  fmt::print(stderr, "error: {}\n", error.message);
  return code;
}

// "table", "json" …: the flag of every command.
std::optional<OutputFormat> output_format(const CLI::App& app) {
  const CLI::Option* option = app.get_option_no_throw("--output");
  if (option == nullptr || option->count() == 0) return OutputFormat::table;
  return parse_output_format(option->as<std::string>());
}

int show(const CLI::App& app, const InstallStatus& status) {
  const auto format = output_format(app);
  if (!format) return kUsage;
  boost::json::object object{{"available", status.available},
                             {"version", status.version},
                             {"command", status.command.string()},
                             {"problem", status.problem}};
  if (*format == OutputFormat::table) {
    if (!status.available) {
      fmt::print("autorsa: not available: {}\n", status.problem);
    } else {
      fmt::print("autorsa {}{}{}\n  {}\n", status.version, status.problem.empty() ? "" : ": ", status.problem,
                 status.command.string());
    }
  } else {
    Rows rows{.json = object,
              .items = {object},
              .columns = {member("VERSION", "version"), member("COMMAND", "command"), member("PROBLEM", "problem")},
              .names = {status.command.string()}};
    fmt::print("{}", render(rows, {.format = *format, .headers = true, .color = false}));
  }
  return status.available && status.problem.empty() ? 0 : kFailed;
}

int install(const CLI::App& app, const AutorsaContext& context) {
  const SystemClock clock;
  const auto installed = run(install_autorsa(install_settings(context), clock,
                                             [](std::string_view line) { fmt::print(stderr, "{}\n", line); }));
  return installed.ok() ? show(app, *installed) : report_error(installed.error(), kFailed);
}

int status(const CLI::App& app, const AutorsaContext& context) { return show(app, read_autorsa_status(context)); }

}  // namespace

InstallStatus read_autorsa_status(const AutorsaContext& context) {
  const SystemClock clock;
  return run(autorsa_status(install_settings(context), clock));
}

void add_autorsa_commands(CLI::App& app, std::function<Result<AutorsaContext>()> context, int& exit_code) {
  CLI::App* autorsa = app.add_subcommand("autorsa", "the AutoRSA tool, which reaches sixteen brokerages");
  autorsa->require_subcommand(1);
  const auto add = [&](const char* name, const std::string& help,
                       int (*action)(const CLI::App&, const AutorsaContext&)) {
    autorsa->add_subcommand(name, help)->callback([&app, &exit_code, context, action] {
      const auto given = context();
      if (given.ok()) {
        exit_code = action(app, *given);
        return;
      }
      exit_code = report_error(given.error(), kUsage);
      for (const FieldError& field : given.error().fields) fmt::print(stderr, "error: {}\n", field.detail);
    });
  };
  add("install",
      describe("make a virtual environment with the pinned version (Python 3.12 or 3.13)",
               "tradeauto autorsa install\n"
               "tradeauto autorsa install --autorsa-python /opt/python3.12/bin/python3"),
      &install);
  add("status",
      describe("is it there, and which version",
               "tradeauto autorsa status\n"
               "tradeauto autorsa status -o json"),
      &status);
}

}  // namespace tradeauto
