#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/order.h"

namespace tradeauto {

// Why a child order's state is to change. The same pair of states can be right for one cause and wrong for another.
enum class Cause : std::uint8_t {
  permit,       // main gave the start permit
  report,       // a worker's report: evidence from the broker, or proof that nothing was sent
  doubt,        // permitted, and then the process died, the lease ran out, the run was killed or is overdue
  not_started,  // the same worker's intact journal says: permitted, never started
  refusal,      // we refuse before the start
  cancel,       // the client withdrew it before the start
  expiry,       // the deadline for the start passed
  resolution,   // a person decided, or holdings proved
};

std::string_view to_string(Cause cause);

struct Transition {
  bool changed = false;  // false: the same state again; its evidence may still be news
  bool alarm = false;    // a broker's report contradicts what was final, or what was never started: a person must look
};

// The one table of allowed transitions (design.md, "The life of an order").
// Error: conflict / bad_transition for every pair that is not in it.
Result<Transition> transition(ChildOrderStatus from, ChildOrderStatus to, Cause cause);

// The child order's state that a complete set of execution reports means: `in_doubt` if any of them is, else what they
// have in common, else `mixed`. Where some are filled and the others submitted, `submitted` is what they have in
// common. `not_sent` means `denied`. Error (internal) for an empty set: no report is no evidence.
Result<ChildOrderStatus> derive_status(const std::vector<ExecutionReport>& reports);

}  // namespace tradeauto
