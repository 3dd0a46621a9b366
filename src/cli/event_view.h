#pragma once

#include "cli/output.h"

namespace tradeauto {

// Who did what an event tells of: "bot"; "bot (legacy)" for one that is not simply a token.
Column actor_column(Fit fit = Fit::whole);

}  // namespace tradeauto
