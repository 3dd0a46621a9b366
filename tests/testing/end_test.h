#pragma once

#include <chrono>
#include <source_location>
#include <string>

#include <gtest/gtest.h>

namespace tradeauto {

// How long a test waits for what must come. It only tells a hang from a busy machine: no test is about it.
inline constexpr std::chrono::seconds kPatience{90};

// Fails the test and ends it, from any depth: what follows would read what never came. Destructors run.
[[noreturn]] inline void end_test(const std::string& why,
                                  std::source_location where = std::source_location::current()) {
  const auto line = static_cast<int>(where.line());
  ADD_FAILURE_AT(where.file_name(), line) << why;
  throw testing::AssertionException(
      testing::TestPartResult(testing::TestPartResult::kFatalFailure, where.file_name(), line, why.c_str()));
}

}  // namespace tradeauto
