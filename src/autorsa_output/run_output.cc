#include "autorsa_output/run_output.h"

#include "autorsa_output/decision.h"
#include "autorsa_output/log_in.h"
#include "autorsa_output/run_text.h"

namespace tradeauto {

using namespace autorsa_output;  // NOLINT(google-build-using-namespace): this room's own

std::vector<SymbolVerdict> read_run(const RunOutput& run) {
  const RunText text(run.out);
  const AccountListing listing = read_listing(text, run.brokerage);
  auto verdicts = first_rows(run, text, listing);
  if (!verdicts) verdicts = brokerage_rows(run, text, listing);
  if (!run.dry_run && (!run.trusted_version || text.other_version)) doubt_all(*verdicts, "untrusted_version");
  return std::move(*verdicts);
}

}  // namespace tradeauto
