#pragma once

#include "base/log.h"

namespace tradeauto {

// A sink that drops every line.
class NullLog final : public LogSink {
 public:
  bool enabled(LogLevel /*level*/) const override { return false; }
  void write(LogLevel /*level*/, std::string_view /*room*/, std::string_view /*message*/,
             std::span<const LogField> /*fields*/) override {}
};

inline Logger null_logger() {
  static NullLog sink;
  return Logger(sink, "test");
}

}  // namespace tradeauto
