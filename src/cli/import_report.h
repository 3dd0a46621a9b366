#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/import_source.h"
#include "cli/output.h"

namespace tradeauto {

enum class ImportStatus { taken, would_take, there_already, left };

// What became of one account.
struct ImportOutcome {
  ImportStatus status = ImportStatus::left;
  std::string reason;  // a machine word when it was left
  std::string detail;
};

// What an import did, row by row. Holds no value of a log-in.
struct ImportReport {
  struct Row {
    ImportAccount account;  // without its credentials
    ImportOutcome outcome;
  };

  bool dry_run = false;
  std::vector<std::string> groups_added;  // or those that would be
  std::vector<Row> rows;

  std::size_t count(ImportStatus status) const;
};

Rows rows_of(const ImportReport& report);
// "3 taken, 1 there already, 0 left"
std::string summary_of(const ImportReport& report);

// `text` as it stands if it is UTF-8, else with \xNN for what is not ASCII: names in a source may be any bytes.
std::string readable(std::string_view text);

}  // namespace tradeauto
