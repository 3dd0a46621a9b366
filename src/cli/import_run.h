#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "cli/command.h"
#include "cli/import_source.h"

namespace tradeauto {

// Registers what a source holds at the main server, one account after the other, and prints the report. An account that
// is there already is left alone; one that cannot be taken stops no other. With `dry_run` it only looks.
// What ends all of it (no server, no right) comes after the report of what was done before.
asio::awaitable<Result<ExitCode>> import_accounts(Command& command, ImportContents contents, bool dry_run);

}  // namespace tradeauto
