#include <algorithm>
#include <set>
#include <utility>

#include "autorsa_output/decision.h"
#include "autorsa_output/log_in.h"
#include "autorsa_output/row_part.h"
#include "autorsa_output/run_output.h"
#include "autorsa_output/run_part.h"
#include "autorsa_output/tradier.h"

namespace tradeauto {
namespace {

using namespace autorsa_output;  // NOLINT(google-build-using-namespace): this room's own

using Verdicts = std::vector<SymbolVerdict>;

Verdicts doubt(const RunOutput& run, std::string_view reason) {
  return same_for_all(run, {}, ChildOrderStatus::in_doubt, reason);
}

// What holds for all log-ins, if the run's header or its end tells it.
std::optional<Verdicts> whole_run(const RunOutput& run, const RunText& text) {
  if (auto verdicts = first_rows(run, text, {})) return verdicts;
  if (run.truncated) return doubt(run, "output_truncated");
  // A part's borders are proven only where none can be missing.
  if (!text.finished || run.exit_code != 0) return doubt(run, "run_not_finished");
  if (!run.trusted_version || !text.known_version) return doubt(run, "untrusted_version");
  return std::nullopt;
}

bool unsent(const Verdicts& verdicts) {
  return std::ranges::all_of(verdicts, [](const SymbolVerdict& verdict) {
    return verdict.status == ChildOrderStatus::denied || verdict.status == ChildOrderStatus::dry_run;
  });
}

// The verdicts of the brokerage's `count` log-ins, in their order; `placed`: it is known which is which.
std::vector<Verdicts> read_brokerage(const RunOutput& run, const RunText& text, std::size_t count, bool placed) {
  if (const auto reason = never_reached(text, run.brokerage)) {
    return std::vector(count, same_for_all(run, {}, ChildOrderStatus::denied, *reason));
  }
  const auto part = find_part(text, run.brokerage);
  if (!part) return std::vector(count, doubt(run, "shared_run"));
  Verdicts as_one = brokerage_rows(run, *part, read_listing(*part, run.brokerage));
  if (unsent(as_one)) {
    // All of them; whose sub-accounts these are does not matter then, and is not told.
    if (count > 1) std::ranges::for_each(as_one, [](SymbolVerdict& verdict) { verdict.executions.clear(); });
    return std::vector(count, as_one);
  }
  // Even of one log-in only the strict reading knows that it is the only one.
  if (run.brokerage == Brokerage::tradier && placed) return read_tradier_shared(run, *part, count);
  if ((run.brokerage == Brokerage::public_ || run.brokerage == Brokerage::fennel) && placed) {
    return read_shared_by_rows(run, *part, *grammar_of(run.brokerage), count);
  }
  return std::vector(count, count == 1 && placed ? std::move(as_one) : doubt(run, "shared_run"));
}

}  // namespace

std::vector<Verdicts> read_shared_run(const RunOutput& run, const std::vector<SharedLogIn>& log_ins) {
  const RunText text(run.out);
  if (const auto verdicts = whole_run(run, text)) return std::vector(log_ins.size(), *verdicts);
  RunOutput each = run;
  std::vector<Verdicts> all(log_ins.size());
  std::set<Brokerage> brokerages;
  for (const SharedLogIn& log_in : log_ins) brokerages.insert(log_in.brokerage);
  for (const Brokerage brokerage : brokerages) {
    const auto is_its = [&](const SharedLogIn& log_in) { return log_in.brokerage == brokerage; };
    const auto count = static_cast<std::size_t>(std::ranges::count_if(log_ins, is_its));
    const bool placed = std::ranges::all_of(
        log_ins, [&](const SharedLogIn& log_in) { return log_in.brokerage != brokerage || log_in.placed; });
    each.brokerage = brokerage;
    auto verdicts = read_brokerage(each, text, count, placed);
    for (std::size_t i = 0, next = 0; i < log_ins.size(); ++i) {
      if (is_its(log_ins[i])) all[i] = std::move(verdicts[next++]);
    }
  }
  return all;
}

}  // namespace tradeauto
