#pragma once

#include <chrono>

namespace tradeauto {

struct LegacyApiSettings {
  bool on = false;                               // LEGACY_API
  bool default_order = false;                    // LEGACY_DEFAULT_ORDER
  std::chrono::seconds longest_run{600};         // how long /transaction and /activate wait for the worker
  std::chrono::milliseconds worker_time{1'000};  // for a group that was just made to find its worker
};

}  // namespace tradeauto
