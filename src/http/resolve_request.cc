#include "http/resolve_request.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "http/json_reader.h"

namespace tradeauto {
namespace {

constexpr std::size_t kLongestNote = 500;
constexpr std::array<std::pair<std::string_view, ExecutionStatus>, 4> kOutcomes = {
    {{"submitted", ExecutionStatus::submitted},
     {"filled", ExecutionStatus::filled},
     {"rejected", ExecutionStatus::rejected},
     {"not_placed", ExecutionStatus::not_sent}}};

void read_outcome(ObjectReader& reader, Resolution& out) {
  reader.require("outcome");
  const auto text = reader.text("outcome");
  if (!text) return;
  const auto* const found = std::ranges::find(kOutcomes, *text, &decltype(kOutcomes)::value_type::first);
  if (found == kOutcomes.end()) {
    reader.fault("outcome", "bad_outcome", "outcome is submitted, filled, rejected or not_placed");
  } else {
    out.outcome = found->second;
  }
}

// It stands in the audit trail for ever: one line, and not an empty one.
void read_note(ObjectReader& reader, Resolution& out) {
  reader.require("note");
  auto text = reader.text("note");
  if (!text) return;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  const bool blank = text->find_first_not_of(' ') == std::string::npos;
  if (blank || text->size() > kLongestNote || std::ranges::any_of(*text, is_control)) {
    reader.fault("note", "bad_note", fmt::format("note says how you know: one line, 1 to {} bytes", kLongestNote));
  } else {
    out.note = std::move(*text);
  }
}

}  // namespace

Result<Resolution> parse_resolve_request(std::string_view body) {
  TRY(const boost::json::object object, parse_object(body));
  ObjectReader reader(object);
  Resolution resolution;
  read_outcome(reader, resolution);
  read_note(reader, resolution);
  reader.refuse_unknown();
  if (!reader.ok()) return std::move(reader).error();
  return resolution;
}

}  // namespace tradeauto
