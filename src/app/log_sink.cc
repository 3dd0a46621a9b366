#include "app/log_sink.h"

#include <string>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "app/say.h"
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

}  // namespace

StdoutLog::StdoutLog(LogFormat format, LogLevel least) : format_(format) {
  if (format == LogFormat::json) {
    logger_ = std::make_shared<spdlog::logger>("log", std::make_shared<spdlog::sinks::stdout_sink_mt>());
    logger_->set_pattern("%v");
  } else {
    logger_ = std::make_shared<spdlog::logger>("log", std::make_shared<spdlog::sinks::stdout_color_sink_mt>());
    logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v", spdlog::pattern_time_type::utc);
  }
  logger_->set_level(to_spdlog(least));
  logger_->flush_on(spdlog::level::trace);
}

bool StdoutLog::enabled(LogLevel level) const { return logger_->should_log(to_spdlog(level)); }

void StdoutLog::write(LogLevel level, std::string_view room, std::string_view message,
                      std::span<const LogField> fields) {
  if (format_ == LogFormat::json) {
    boost::json::object line;
    line["ts"] = to_rfc3339(SystemClock().now());
    line["level"] = to_word(level);
    line["room"] = room;
    line["msg"] = message;
    for (auto& item : as_object(fields)) line[item.key()] = std::move(item.value());
    logger_->log(to_spdlog(level), boost::json::serialize(line));
    return;
  }
  std::string line = fmt::format("{}: {}", room, message);
  for (const LogField& field : fields) line += fmt::format(" {}={}", field.key, text_value(field.value));
  logger_->log(to_spdlog(level), line);
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
  say(stdout, line + "\n");
}

}  // namespace tradeauto
