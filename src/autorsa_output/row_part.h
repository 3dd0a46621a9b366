#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "autorsa_output/log_in.h"
#include "autorsa_output/ordered_part.h"
#include "autorsa_output/rows.h"

namespace tradeauto::autorsa_output {

// A brokerage's lines by its rows.
class RowPart final : public OrderedPart {
 public:
  RowPart(const RunOutput& run, const Grammar& grammar, const std::vector<std::string>& accounts,
          std::vector<AnnouncedAccounts> announced)
      : OrderedPart(run, accounts, std::move(announced)), grammar_(grammar) {}

  void read(std::string_view line) override;

 private:
  // What was said of the expected sub-account before its answer.
  struct Before {
    bool dance = false;
    bool second_order = false;
    bool text = false;  // a foreign line
    int requests = 0;   // that failed
    int busy = 0;
    std::string evidence;
  };
  struct Found {
    bool as_asked = true;
    std::string_view text;
  };

  bool in_order() const override { return phase_ == Phase::closed; }
  void settled() override { before_ = {}; }

  bool matches(const Row& row, std::string_view line, Found& found) const;
  bool is_own(std::string_view line) const;
  void take(const Row& row, std::string_view line, const Found& found);
  void answer(const Row& row, std::string_view line, const Found& found);
  std::string_view doubt_of(const Row& row) const;

  const Grammar& grammar_;
  Before before_;
};

// A brokerage that has a grammar, for one log-in.
std::vector<SymbolVerdict> read_by_rows(const RunOutput& run, const RunText& text, const AccountListing& listing,
                                        const Grammar& grammar);

// The same for `count` log-ins of one run, each with its verdicts, in the tool's order: Public and Fennel, where the
// log-ins tell themselves apart. `part` is this brokerage's alone and no line of it is missing.
std::vector<std::vector<SymbolVerdict>> read_shared_by_rows(const RunOutput& run, const RunText& part,
                                                            const Grammar& grammar, std::size_t count);

}  // namespace tradeauto::autorsa_output
