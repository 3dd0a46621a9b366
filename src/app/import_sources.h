#pragma once

#include "cli/import_source.h"

namespace tradeauto {

// What `tradeauto import` can read. Failure also: not_found when a source holds no account at all.
ImportSources import_sources();

}  // namespace tradeauto
