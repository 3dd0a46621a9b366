#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "ports/journal.h"

// What one record of a journal says, and its bytes. README.md of the room describes the file.
namespace tradeauto::journal {

// The task starts: what was started may not start again.
struct Start {
  TransactionTask task;  // without times
  Timestamp at;
};
struct Report {
  TaskId task;
  ChildOrderReport report;
};
// Main has the report of this record on disk.
struct Confirmed {
  std::uint64_t sequence = 0;
};
// Every permit of the session before is void.
struct SessionClosed {};
struct EpochAdopted {
  GroupName group;
  Epoch epoch;
};
// The tail before this record was torn and cut off; from here the journal has another id: "never started" cannot be
// said of what the old id was permitted.
struct NewIdentity {
  JournalId id;
};

using Record = std::variant<Start, Report, Confirmed, SessionClosed, EpochAdopted, NewIdentity, RecordedTask>;

std::string encode(const Record& record);
// Error: internal (journal_record_unknown) for bytes that encode() of this version cannot have made.
Result<Record> decode(std::string_view bytes);

}  // namespace tradeauto::journal
