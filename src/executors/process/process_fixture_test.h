#pragma once

#include <signal.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "executors/process/child_run.h"
#include "net/task_group.h"
#include "testing/end_test.h"
#include "testing/leaping_clock.h"
#include "testing/run_async.h"
#include "testing/temp_folder.h"

namespace tradeauto {

// Runs shell scripts under the supervisor, in a folder of the test's own.
class ChildRunTest : public ::testing::Test {
 protected:
  ChildSpec script(std::string text) {
    ChildSpec spec;
    spec.supervisor = TRADEAUTO_SUPERVISOR;
    spec.words = {"/bin/sh", "-c", std::move(text)};
    spec.environment.emplace_back("PATH", SecretString("/usr/bin:/bin"));
    spec.directory = folder_.path();
    spec.grace = std::chrono::milliseconds(200);
    return spec;
  }
  // One that may take as long as it likes over its end.
  ChildSpec patient_script(std::string text) {
    ChildSpec spec = script(std::move(text));
    spec.grace = kPatience;
    return spec;
  }
  Deadline in(std::chrono::nanoseconds time) const { return Deadline::after(clock_, time); }
  Result<ChildResult> run(ChildSpec spec) { return run(std::move(spec), in(kPatience)); }
  Result<ChildResult> run(ChildSpec spec, Deadline deadline) {
    return run_async(context_, run_child(std::move(spec), pool_, clock_, deadline));
  }
  // Its deadline comes once it has made the file `ready`, and not earlier.
  Result<ChildResult> run_until_ready(ChildSpec spec) {
    constexpr std::chrono::minutes kTime{10};
    std::optional<Result<ChildResult>> result;
    TaskGroup tasks(context_.get_executor());
    tasks.spawn([](ChildRunTest& test, ChildSpec wanted, Deadline deadline,
                   std::optional<Result<ChildResult>>& out) -> asio::awaitable<void> {
      out = co_await run_child(std::move(wanted), test.pool_, test.clock_, deadline);
    }(*this, std::move(spec), in(kTime), result));
    EXPECT_TRUE(eventually([&] { return std::filesystem::exists(folder_.path() / "ready"); }));
    clock_.leap(kTime);
    run_async(context_, tasks.join());
    return std::move(result).value();
  }

  // Numbers that a script wrote into a file, one a line.
  std::vector<pid_t> pids(std::string_view file) const {
    std::istringstream lines(folder_.read(file));
    std::vector<pid_t> found;
    for (pid_t pid = 0; lines >> pid;) found.push_back(pid);
    return found;
  }
  // A zombie is no process any more: nobody but its parent can do anything about it.
  static bool alive(pid_t pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(stat, text);
    const auto name_end = text.rfind(") ");
    return name_end != std::string::npos && text[name_end + 2] != 'Z';
  }
  static bool any_alive(const std::vector<pid_t>& all) { return std::ranges::any_of(all, alive); }
  // Lets the context run until it is so.
  bool eventually(const std::function<bool()>& so, std::chrono::nanoseconds patience = kPatience) {
    const Deadline deadline = in(patience);
    context_.restart();
    while (!so()) {
      if (deadline.over(clock_)) return false;
      context_.run_one_for(std::chrono::milliseconds(5));
    }
    return true;
  }

  TempFolder folder_;
  LeapingClock clock_;
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_ = asio::make_work_guard(context_);
  BlockingPool pool_{"exec", 1};
};

}  // namespace tradeauto
