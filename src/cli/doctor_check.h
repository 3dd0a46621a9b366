#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace tradeauto {

// What `doctor` looked at, what it found, and what to do about it.
struct Check {
  enum class Status { ok, warn, fail };

  std::string name;
  Status status = Status::ok;
  std::string detail = {};
  std::string remedy = {};  // empty when all is well
};

// Those of this machine, which need no server. No secret stands in them.
using LocalChecks = std::function<std::vector<Check>()>;

// Makes this machine's damaged journal usable again; what was done, for people.
using JournalRepairs = std::function<Result<std::string>()>;

}  // namespace tradeauto
