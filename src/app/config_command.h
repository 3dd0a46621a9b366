#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/settings.h"
#include "base/result.h"
#include "cli/output.h"

namespace CLI {
class App;
}

namespace tradeauto {

// Adds `config show`, `validate` and `reference`. `load` reads the settings as every command does; it outlives `app`.
void add_config_commands(CLI::App& app, std::function<Result<Settings>()> load, int& exit_code);

// Every setting with its value, a password in a URL masked; where it came from too with `with_origin`.
Rows rows_of_settings(const Settings& settings, bool with_origin);

// What is obeyed although it may not be what a person wants: a sentence each.
std::vector<std::string> settings_warnings(const Settings& settings);

}  // namespace tradeauto
