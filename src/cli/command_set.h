#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "cli/command.h"

namespace tradeauto {

// Where the files of commands put theirs. One for one add_commands(); copied into the callbacks.
struct CommandSet {
  CLI::App& root;
  CliContext& context;
  std::shared_ptr<GlobalFlags> flags;
  int& exit_code;

  // `tradeauto <noun>`, also in the other number (`orders`, `holding`). One that is there already (the server `worker`)
  // gets the verbs too.
  CLI::App& noun(const std::string& name, const std::string& help) const;
};

// One line of help, and examples below it.
CLI::App& add_verb(CLI::App& noun, const std::string& name, const std::string& help, const std::string& examples);

// What the verb does. A noun's own callback (the server `worker`) does not run then.
void run_on(const CommandSet& set, CLI::App& verb, CommandBody body);

void add_order_commands(const CommandSet& set);
void add_execution_commands(const CommandSet& set);
void add_group_commands(const CommandSet& set);
void add_account_commands(const CommandSet& set);
void add_holdings_commands(const CommandSet& set);
void add_brokerage_commands(const CommandSet& set);
void add_worker_commands(const CommandSet& set);
void add_token_commands(const CommandSet& set);
void add_event_commands(const CommandSet& set);
void add_audit_commands(const CommandSet& set);
void add_import_command(const CommandSet& set);
void add_doctor_command(const CommandSet& set);
void add_version_command(const CommandSet& set);
void add_completion_commands(const CommandSet& set);

}  // namespace tradeauto
