#pragma once

#include <memory>

#include "ports/ledger.h"
#include "ports/registry.h"

namespace tradeauto {

// One engine's registry and ledger. Outlives everyone who holds a reference to either.
class Store {
 public:
  virtual ~Store() = default;
  virtual Registry& registry() = 0;
  virtual Ledger& ledger() = 0;
};

}  // namespace tradeauto
