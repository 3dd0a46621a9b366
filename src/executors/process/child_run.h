#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/deadline.h"
#include "base/result.h"
#include "base/secret.h"
#include "executors/process/file_descriptor.h"
#include "net/pool.h"

namespace tradeauto {

// One foreign program, as it is to be run. Its standard input is empty.
struct ChildSpec {
  std::filesystem::path supervisor;  // tradeauto-supervisor
  std::vector<std::string> words;    // the program's absolute path first. Every process of the machine can read them
  std::vector<std::pair<std::string, SecretString>> environment;  // all of it
  std::filesystem::path directory;                                // where it works
  FileDescriptor lock;  // with a flock, or not open. Held by the run, not by us: free when its last process is gone
  std::size_t keep_bytes = std::size_t{4} << 20;  // of each stream; what comes after is read and dropped
  std::chrono::milliseconds grace{400};           // from SIGINT to SIGKILL, when the run is ended
};

enum class ChildEnd : std::uint8_t {
  by_itself,
  deadline,  // we ended it
  canceled,  // the waiting coroutine was cancelled: we ended it
  lost,      // its supervisor died: nobody knows how it ended, nor whether all of it has
};

struct ChildResult {
  ChildEnd end = ChildEnd::by_itself;
  std::optional<int> exit_code;  // of the program itself
  std::optional<int> signal;     // that killed it
  std::string out;
  std::string err;
  bool truncated = false;
};

struct OutputChunk {
  bool from_stderr = false;
  std::string_view text;
  Timestamp at;
};
using OutputWatcher = std::function<void(const OutputChunk&)>;

// Runs the program to its end, under a supervisor that ends everything it started: when it has ended, at `deadline`,
// when the coroutine is cancelled, and when this process dies, whatever kills it. Except when `lost`, nothing of the
// run is alive when it returns. It returns also when cancelled, a `grace` later.
// Strand: the caller's, which must be one; `watcher` is called on it.
//
// Failure: Effect::none, the program was not started: unavailable (child_not_started) with program and cause.
asio::awaitable<Result<ChildResult>> run_child(ChildSpec spec, BlockingPool& pool, const Clock& clock,
                                               Deadline deadline, OutputWatcher watcher = {});

}  // namespace tradeauto
