#pragma once

#include <memory>

#include "ports/access.h"
#include "ports/ledger.h"
#include "ports/registry.h"

namespace tradeauto {

// One engine's registry, ledger and tokens. Outlives everyone who holds a reference to one of them.
class Store {
 public:
  virtual ~Store() = default;
  virtual Registry& registry() = 0;
  virtual Ledger& ledger() = 0;
  virtual TokenStore& tokens() = 0;
};

}  // namespace tradeauto
