// Runs `/bin/sh -c <script>` under a supervisor and waits: what a test kills to see that the run ends with it.
// usage: process_test_parent <supervisor> <folder> <script>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "executors/process/child_run.h"

namespace {

using namespace tradeauto;

asio::awaitable<void> run(ChildSpec spec, BlockingPool& pool, const Clock& clock) {
  const auto result = co_await run_child(std::move(spec), pool, clock, Deadline::never());
  if (!result.ok()) std::abort();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 64;
  asio::io_context context;
  const SystemClock clock;
  BlockingPool pool("exec", 1);
  ChildSpec spec;
  spec.supervisor = argv[1];
  spec.directory = argv[2];
  spec.words = {"/bin/sh", "-c", argv[3]};
  spec.environment.emplace_back("PATH", SecretString("/usr/bin:/bin"));
  asio::co_spawn(context, run(std::move(spec), pool, clock), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  context.run();
}
