#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "executors/paper/append_log.h"
#include "executors/paper/fault.h"
#include "executors/paper/placement.h"

namespace tradeauto {

// What the executor remembers of one child order that it was told to place.
struct PaperRun {
  ChildOrderId child_order;
  AccountRef account;
  Quantity quantity;
  int sub_accounts = 1;
  bool ended = false;        // every sub-account that will answer has answered
  std::set<int> unanswered;  // asked, and the broker said nothing
  std::string reason;        // why `unanswered` is in doubt
  Timestamp updated_at;
};

// The executor's own memory of its runs, as a client of the paper broker: it knows what it asked and what it heard.
// A file of lines, rewritten at each start with what is still open, and locked for life.
//
// Lines are in the file at once, and on disk after sync(). A line that cannot be read (a power loss, a full disk) is
// skipped: each says everything about its run, and the placement ledger, not this file, says what was placed. Thread:
// one at a time; every call blocks.
class RunMemory {
 public:
  // `folder` exists. Failure: conflict (paper_runs_locked) while another process has it; internal for a file that
  // cannot be read.
  static Result<std::unique_ptr<RunMemory>> open(const std::filesystem::path& folder);
  ~RunMemory();
  RunMemory(const RunMemory&) = delete;
  RunMemory& operator=(const RunMemory&) = delete;

  // Everything written so far is on disk when it returns. Called before the broker is asked.
  Result<void> sync();
  // Lines of the file that could not be read.
  std::size_t skipped() const { return skipped_; }

  // Before anything is asked of the broker. `fault` is what the account's credentials say.
  Result<void> begin(const PaperRun& run, const Fault& fault);
  // What has become of a run that began, or (recover) of one that is told from the ledger. Replaces what was known.
  Result<void> update(const PaperRun& run);
  // Its last report has been made: nothing more will come.
  Result<void> forget(const ChildOrderId& child_order);

  // nullptr when it is unknown or forgotten. Valid until the next call that is not const.
  const PaperRun* find(const ChildOrderId& child_order) const;
  std::vector<PaperRun> all() const;

  // The credentials' fault of the account's last run; none if it had no run.
  Fault last_fault(const AccountRef& account) const;
  // How many child orders met this version of the account's entry in faults.json.
  int times_used(const AccountRef& account, const std::string& version) const;
  Result<void> use(const AccountRef& account, const std::string& version);

 private:
  struct Used {
    std::string version;
    int times = 0;
  };

  RunMemory(std::filesystem::path file, int lock, int fd) : file_(std::move(file)), lock_(lock), fd_(fd) {}
  Result<void> load();
  Result<void> take_line(std::string_view line);
  Result<void> compact();
  Result<void> write(std::string line);

  const std::filesystem::path file_;
  const int lock_;
  int fd_;
  bool dirty_ = false;  // written and not synced
  bool torn_ = false;   // the last line may lack its end
  std::size_t skipped_ = 0;
  std::map<ChildOrderId, PaperRun> runs_;
  std::map<AccountRef, Fault> faults_;
  std::map<AccountRef, Used> used_;
};

}  // namespace tradeauto
