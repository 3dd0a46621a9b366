#pragma once

#include <signal.h>
#include <stdlib.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "executors/process/child_run.h"
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
  Deadline in(std::chrono::nanoseconds time) const { return Deadline::after(clock_, time); }
  Result<ChildResult> run(ChildSpec spec) { return run(std::move(spec), in(std::chrono::seconds(60))); }
  Result<ChildResult> run(ChildSpec spec, Deadline deadline) {
    return run_async(context_, run_child(std::move(spec), pool_, clock_, deadline));
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
  bool eventually(const std::function<bool()>& so, std::chrono::nanoseconds patience = std::chrono::seconds(20)) {
    const Deadline deadline = in(patience);
    context_.restart();
    while (!so()) {
      if (deadline.over(clock_)) return false;
      context_.run_one_for(std::chrono::milliseconds(5));
    }
    return true;
  }

  TempFolder folder_;
  SystemClock clock_;
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_ = asio::make_work_guard(context_);
  BlockingPool pool_{"exec", 1};
};

}  // namespace tradeauto
