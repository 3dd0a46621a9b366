#pragma once

#include <memory>

#include <spdlog/spdlog.h>

#include "app/line_writer.h"
#include "base/log.h"

namespace tradeauto {

enum class LogFormat : std::uint8_t { text, json };

// Lines on standard output: text for people, or one JSON object a line. A reader who stops reading loses lines and is
// told how many. Thread-safe.
class StdoutLog final : public LogSink {
 public:
  StdoutLog(LogFormat format, LogLevel least);

  void set_level(LogLevel least);
  bool enabled(LogLevel level) const override;
  void write(LogLevel level, std::string_view room, std::string_view message,
             std::span<const LogField> fields) override;

  // The one line that says that the servers serve, whatever the level: `ready http=…`, or {"msg":"ready","http":"…"}.
  void ready(std::span<const LogField> endpoints);

 private:
  std::string render(std::string_view level, std::string_view room, std::string_view message,
                     std::span<const LogField> fields) const;

  const LogFormat format_;
  LineWriter writer_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace tradeauto
