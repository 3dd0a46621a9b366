#include "app/log_sink.h"

#include <unistd.h>

#include <mutex>
#include <string>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <spdlog/sinks/base_sink.h>

#include "base/clock.h"

namespace tradeauto {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view to_word(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warn: return "warn";
    case LogLevel::error: return "error";
  }
  return "info";
}

// A value with blanks or quotes is quoted, so that a line can be read back; control characters never reach a terminal.
std::string text_value(std::string_view value) {
  const bool plain = !value.empty() && value.find_first_of(" \"=") == std::string_view::npos &&
                     value.find_first_not_of(
                         "\x20\x21\x22\x23\x24\x25\x26'()*+,-./0123456789:;<=>?@"
                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~") == std::string_view::npos;
  return plain ? std::string(value) : boost::json::serialize(boost::json::string_view(value.data(), value.size()));
}

boost::json::object as_object(std::span<const LogField> fields) {
  boost::json::object object;
  for (const LogField& field : fields) object[field.key] = field.value;
  return object;
}

std::string_view color_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::warn: return "\033[33m";
    case spdlog::level::err: return "\033[31m";
    default: return "\033[32m";
  }
}

class WriterSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  WriterSink(LineWriter& writer, bool colors) : writer_(writer), colors_(colors) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t formatted;
    formatter_->format(message, formatted);
    std::string line(formatted.data(), formatted.size());
    if (colors_ && message.color_range_end > message.color_range_start) {
      line.insert(message.color_range_end, "\033[m");
      line.insert(message.color_range_start, color_of(message.level));
    }
    writer_.write(line);
  }
  void flush_() override {}

 private:
  LineWriter& writer_;
  const bool colors_;
};

}  // namespace

StdoutLog::StdoutLog(LogFormat format, LogLevel least) : format_(format), writer_(STDOUT_FILENO) {
  const bool text = format == LogFormat::text;
  logger_ = std::make_shared<spdlog::logger>(
      "log", std::make_shared<WriterSink>(writer_, text && ::isatty(STDOUT_FILENO) == 1));
  logger_->set_pattern(text ? "%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v" : "%v", spdlog::pattern_time_type::utc);
  set_level(least);
}

void StdoutLog::set_level(LogLevel least) { logger_->set_level(to_spdlog(least)); }

bool StdoutLog::enabled(LogLevel level) const { return logger_->should_log(to_spdlog(level)); }

std::string StdoutLog::render(std::string_view level, std::string_view room, std::string_view message,
                              std::span<const LogField> fields) const {
  if (format_ == LogFormat::json) {
    boost::json::object line;
    line["ts"] = to_rfc3339(SystemClock().now());
    line["level"] = level;
    line["room"] = room;
    line["msg"] = message;
    for (auto& item : as_object(fields)) line[item.key()] = std::move(item.value());
    return boost::json::serialize(line);
  }
  std::string line = fmt::format("{}: {}", room, message);
  for (const LogField& field : fields) line += fmt::format(" {}={}", field.key, text_value(field.value));
  return line;
}

void StdoutLog::write(LogLevel level, std::string_view room, std::string_view message,
                      std::span<const LogField> fields) {
  logger_->log(to_spdlog(level), render(to_word(level), room, message, fields));
  const std::uint64_t lost = writer_.take_lost();
  if (lost == 0) return;
  const LogField lines("lines", lost);
  logger_->log(spdlog::level::warn, render("warn", "app", "log lines were lost: nobody read them", {&lines, 1}));
}

void StdoutLog::ready(std::span<const LogField> endpoints) {
  std::string line = "ready";
  if (format_ == LogFormat::json) {
    boost::json::object object{{"msg", "ready"}};
    for (auto& item : as_object(endpoints)) object[item.key()] = std::move(item.value());
    line = boost::json::serialize(object);
  } else {
    for (const LogField& field : endpoints) line += fmt::format(" {}={}", field.key, text_value(field.value));
  }
  writer_.write(line + "\n");
}

}  // namespace tradeauto
