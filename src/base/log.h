#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace tradeauto {

// error: a person must act. warn: we coped. info: what an operator wants to see. debug: for us.
enum class LogLevel : std::uint8_t { debug, info, warn, error };

// One value of a log line. Takes anything fmt can print; a Secret does not compile.
struct LogField {
  template <typename T>
  LogField(std::string_view name, const T& field_value) : key(name), value(fmt::format("{}", field_value)) {}

  std::string key;
  std::string value;
};

// Where lines go. `app` gives the real one (spdlog), tests one that collects. Thread-safe.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual bool enabled(LogLevel level) const = 0;
  virtual void write(LogLevel level, std::string_view room, std::string_view message,
                     std::span<const LogField> fields) = 0;
};

// A room's logger with the context of whoever holds it. The message is constant text; values are fields.
// Cheap to copy; the sink must outlive every copy.
class Logger {
 public:
  Logger(LogSink& sink, std::string room) : sink_(&sink), room_(std::move(room)) {}

  // A copy whose lines also carry `field`, e.g. the order or the worker.
  Logger with(LogField field) const {
    Logger copy = *this;
    copy.context_.push_back(std::move(field));
    return copy;
  }
  // A copy for another room on the same sink.
  Logger for_room(std::string room) const { return Logger(*sink_, std::move(room)); }

  // Asked first where fields are made often and seldom wanted.
  bool enabled(LogLevel level) const { return sink_->enabled(level); }

  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::info, message, fields);
  }
  void warn(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::warn, message, fields);
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::error, message, fields);
  }

 private:
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const {
    if (!sink_->enabled(level)) return;
    std::vector<LogField> all = context_;
    all.insert(all.end(), fields.begin(), fields.end());
    sink_->write(level, room_, message, all);
  }

  LogSink* sink_;
  std::string room_;
  std::vector<LogField> context_;
};

}  // namespace tradeauto
