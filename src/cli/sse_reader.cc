#include "cli/sse_reader.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace tradeauto {
namespace {

constexpr std::size_t kLongest = std::size_t{1} << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Error too_long(std::string_view what) {
  return make_error(ErrorCode::unavailable, "bad_stream",
                    fmt::format("the server's event stream has {} of more than {} bytes", what, kLongest));
}

std::optional<std::uint32_t> number_of(std::string_view digits) {
  std::uint32_t number = 0;
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (bad != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

Result<void> SseReader::feed(std::string_view bytes, std::vector<SseEvent>& events) {
  for (const char c : bytes) {
    const bool rest_of_crlf = std::exchange(after_cr_, c == '\r') && c == '\n';
    if (rest_of_crlf) continue;
    if (c == '\n' || c == '\r') {
      TRY_VOID(take_line(events));
    } else if (line_.size() == kLongest) {
      return too_long("a line");
    } else {
      line_ += c;
    }
  }
  return {};
}

Result<void> SseReader::take_line(std::vector<SseEvent>& events) {
  const std::string line = std::exchange(line_, {});
  std::string_view rest = line;
  if (std::exchange(first_line_, false) && rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  if (rest.empty()) {
    dispatch(events);
    return {};
  }
  const auto colon = rest.find(':');
  const std::string_view name = rest.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "data") {
    if (data_.size() + value.size() > kLongest) return too_long("an event");
    data_ += fmt::format("{}\n", value);
  } else if (name == "event") {
    type_ = value;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) id_ = value;
  } else if (name == "retry") {
    if (const auto wait = number_of(value)) retry_ms_ = wait;
  }
  return {};
}

void SseReader::dispatch(std::vector<SseEvent>& events) {
  last_id_ = id_;
  std::string type = std::exchange(type_, {});
  std::string data = std::exchange(data_, {});
  if (data.empty()) return;
  data.pop_back();
  events.push_back({.id = last_id_, .type = type.empty() ? "message" : std::move(type), .data = std::move(data)});
}

}  // namespace tradeauto
