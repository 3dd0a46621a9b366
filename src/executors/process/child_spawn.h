#pragma once

#include <sys/types.h>

#include "executors/process/child_run.h"

namespace tradeauto {

// A supervisor that runs, and our ends of its pipes.
struct SpawnedChild {
  pid_t pid = -1;
  FileDescriptor exit;  // pidfd: readable when the supervisor has ended
  FileDescriptor life_line;
  FileDescriptor report;
  FileDescriptor out;
  FileDescriptor err;
};

// Starts the supervisor of `spec`. Blocks for about a millisecond. Failure: Effect::none, nothing runs.
Result<SpawnedChild> spawn_supervised(const ChildSpec& spec);

}  // namespace tradeauto
