#pragma once

#include <cstdint>

// What a worker and `tradeauto-supervisor` agree on. The supervisor's words are: the grace in milliseconds, the
// program's path, its words. Its environment and working directory are the program's.
namespace tradeauto {

// Descriptors with which it is started, beside 0 (/dev/null), 1 and 2 (pipes, for the program alone).
constexpr int kLifeLineFd = 3;  // read end; when the other end closes, the run ends. Nothing is ever written to it
constexpr int kReportFd = 4;    // write end; one SupervisorReport, once nothing of the run is left
constexpr int kLockFd = 5;      // perhaps: a descriptor with a flock, which everything of the run inherits

enum class ChildFate : std::int32_t { exited, signaled, not_started };

struct SupervisorReport {
  ChildFate fate = ChildFate::not_started;
  std::int32_t value = 0;    // exit code, signal, errno of what failed
  std::int32_t stopped = 0;  // 1: the run was told to end before the program had ended by itself
};

}  // namespace tradeauto
