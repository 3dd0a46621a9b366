#include "http/order_filter.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/uuid.h"

namespace tradeauto {
namespace {

constexpr std::size_t kMaxLimit = 500;
constexpr std::size_t kMaxType = 64;
constexpr std::uint64_t kMaxSequence = std::uint64_t{1} << 53;
constexpr std::string_view kOrderCursor = "o";
constexpr std::string_view kNameCursor = "n";
constexpr std::string_view kEventCursor = "e";
constexpr std::string_view kAuditCursor = "a";
constexpr std::string_view kExecutionCursor = "x";

// Reads parameters and collects what is wrong with them.
class QueryReader {
 public:
  explicit QueryReader(const NameValues& query) : query_(query) {}

  // An empty value counts as none.
  std::optional<std::string_view> text(std::string_view name) {
    known_.insert(std::string(name));
    const auto count = std::ranges::count(query_, name, &NameValues::value_type::first);
    if (count > 1) fault(name, "duplicate_parameter", fmt::format("{} stands more than once", name));
    const auto it = std::ranges::find(query_, name, &NameValues::value_type::first);
    if (it == query_.end() || it->second.empty()) return std::nullopt;
    return it->second;
  }

  template <typename T>
  void parsed(std::string_view name, std::optional<T>& out, Result<T> (*parse)(std::string_view)) {
    const auto given = text(name);
    if (!given) return;
    auto value = parse(*given);
    if (value.ok()) {
      out = std::move(value).value();
    } else {
      fault(name, value.error().reason, value.error().message);
    }
  }

  std::size_t limit() {
    std::size_t limit = 50;
    const auto given = text("limit");
    if (!given) return limit;
    const auto [end, bad] = std::from_chars(given->data(), given->data() + given->size(), limit);
    if (bad != std::errc{} || end != given->data() + given->size() || limit < 1 || limit > kMaxLimit) {
      fault("limit", "out_of_range", "limit is a whole number from 1 to 500");
    }
    return limit;
  }

  void fault(std::string_view name, std::string code, std::string detail) {
    faults_.push_back({.pointer = fmt::format("?{}", name), .code = std::move(code), .detail = std::move(detail)});
  }

  Result<void> finish() {
    for (const auto& [name, value] : query_) {
      if (!known_.contains(name)) fault(name.substr(0, 64), "unknown_parameter", "this path has no such parameter");
    }
    if (faults_.empty()) return {};
    Error error = make_error(ErrorCode::invalid_argument, "bad_query", faults_.front().detail);
    error.fields = std::move(faults_);
    return error;
  }

 private:
  const NameValues& query_;
  std::set<std::string> known_;
  std::vector<FieldError> faults_;
};

Result<OrderStatus> parse_status(std::string_view text) {
  if (const auto status = parse_order_status(text)) return *status;
  return make_error(ErrorCode::invalid_argument, "bad_status",
                    "a status is one of: attention, working, failed, settled");
}

Result<ExecutionStatus> parse_report_status(std::string_view text) {
  if (const auto status = parse_execution_status(text)) return *status;
  return make_error(ErrorCode::invalid_argument, "bad_status",
                    "a status is one of: submitted, filled, rejected, closed, not_sent, dry_run, in_doubt");
}

std::string hex_of(std::string_view text) {
  std::string hex;
  for (const char c : text) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

Error bad_cursor() {
  return make_error(ErrorCode::invalid_argument, "bad_cursor", "a cursor is the next_cursor of a list of this kind");
}

Result<std::string> parse_cursor(std::string_view kind, std::string_view text) {
  if (!text.starts_with(kind)) return bad_cursor();
  text.remove_prefix(kind.size());
  if (text.empty() || text.size() % 2 != 0) return bad_cursor();
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned byte = 0;
    const auto [end, bad] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    if (bad != std::errc{} || end != text.data() + i + 2) return bad_cursor();
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

Result<OrderId> parse_order_cursor(std::string_view text) {
  TRY(std::string id, parse_cursor(kOrderCursor, text));
  if (!is_uuid(id)) return bad_cursor();
  return OrderId(std::move(id));
}

Result<ExecutionQuery::Place> parse_execution_cursor(std::string_view text) {
  TRY(const std::string place, parse_cursor(kExecutionCursor, text));
  const auto colon = place.find(':');
  if (colon == std::string::npos || !is_uuid(place.substr(0, colon))) return bad_cursor();
  auto taken = parse_sequence(std::string_view(place).substr(colon + 1));
  if (!taken.ok()) return bad_cursor();
  return ExecutionQuery::Place{.order = OrderId(place.substr(0, colon)), .taken = static_cast<std::size_t>(*taken)};
}

Result<std::string> parse_name_cursor(std::string_view text) { return parse_cursor(kNameCursor, text); }

Result<std::uint64_t> parse_sequence_cursor(std::string_view kind, std::string_view text) {
  TRY(const std::string number, parse_cursor(kind, text));
  auto sequence = parse_sequence(number);
  if (!sequence.ok()) return bad_cursor();
  return sequence;
}

Result<std::uint64_t> parse_event_cursor(std::string_view text) { return parse_sequence_cursor(kEventCursor, text); }
Result<std::uint64_t> parse_audit_cursor(std::string_view text) { return parse_sequence_cursor(kAuditCursor, text); }

// Tokens and workers have the same kind of name.
Result<std::string> parse_actor_name(std::string_view text) {
  TRY(const TokenName name, parse_token_name(text));
  return name.str();
}

Result<Deed> parse_deed_type(std::string_view text) {
  if (const auto deed = parse_deed(text)) return *deed;
  return make_error(ErrorCode::invalid_argument, "bad_event_type",
                    "the types of this list are those of what somebody does: order_accepted, account_added, "
                    "token_created and the like; GET /openapi.json has them all");
}

Result<OrderId> parse_order_id(std::string_view text) {
  std::string id(text);
  if (!is_uuid(id)) return make_error(ErrorCode::invalid_argument, "bad_id", "an order's id is a UUID");
  std::ranges::transform(id, id.begin(), [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c | 0x20) : c; });
  return OrderId(std::move(id));
}

Result<std::string> parse_event_type(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  if (text.size() <= kMaxType && std::ranges::all_of(text, fits)) return std::string(text);
  return make_error(ErrorCode::invalid_argument, "bad_event_type", "a type of events is a word like order_accepted");
}

// What lists over orders have in common.
void read_which_orders(QueryReader& reader, OrderFilter& filter) {
  reader.parsed("group", filter.group, &parse_group_name);
  reader.parsed("account", filter.account, &parse_account_ref);
  reader.parsed("symbol", filter.symbol, &parse_symbol);
  reader.parsed("client_order_id", filter.client_order_id, &parse_client_order_id);
  reader.parsed("since", filter.since, &parse_rfc3339);
  reader.parsed("until", filter.until, &parse_rfc3339);
}

}  // namespace

Result<OrderFilter> parse_order_filter(const NameValues& query) {
  OrderFilter filter;
  QueryReader reader(query);
  read_which_orders(reader, filter);
  reader.parsed("status", filter.status, &parse_status);
  reader.parsed("cursor", filter.before, &parse_order_cursor);
  filter.limit = reader.limit();
  TRY_VOID(reader.finish());
  return filter;
}

std::string order_cursor(const OrderId& last) { return fmt::format("{}{}", kOrderCursor, hex_of(last.str())); }

Result<ExecutionQuery> parse_execution_query(const NameValues& query) {
  ExecutionQuery wanted;
  QueryReader reader(query);
  read_which_orders(reader, wanted.orders);
  reader.parsed("status", wanted.status, &parse_report_status);
  reader.parsed("cursor", wanted.after, &parse_execution_cursor);
  wanted.limit = reader.limit();
  TRY_VOID(reader.finish());
  return wanted;
}

std::string execution_cursor(const ExecutionQuery::Place& last) {
  return fmt::format("{}{}", kExecutionCursor, hex_of(fmt::format("{}:{}", last.order, last.taken)));
}

Result<std::uint64_t> parse_sequence(std::string_view text) {
  std::uint64_t sequence = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), sequence);
  if (bad != std::errc{} || end != text.data() + text.size() || sequence > kMaxSequence) {
    return make_error(ErrorCode::invalid_argument, "bad_sequence", "this is no sequence number of an event");
  }
  return sequence;
}

Result<EventQuery> parse_event_query(const NameValues& query) {
  EventQuery wanted;
  std::optional<std::uint64_t> cursor;
  QueryReader reader(query);
  reader.parsed("group", wanted.group, &parse_group_name);
  reader.parsed("order", wanted.order, &parse_order_id);
  reader.parsed("type", wanted.type, &parse_event_type);
  reader.parsed("after", wanted.after, &parse_sequence);
  reader.parsed("cursor", cursor, &parse_event_cursor);
  wanted.limit = reader.limit();
  TRY_VOID(reader.finish());
  if (cursor) wanted.after = cursor;
  return wanted;
}

Result<DeedFilter> parse_audit_query(const NameValues& query) {
  DeedFilter filter;
  QueryReader reader(query);
  reader.parsed("actor", filter.actor, &parse_actor_name);
  reader.parsed("type", filter.deed, &parse_deed_type);
  reader.parsed("group", filter.group, &parse_group_name);
  reader.parsed("since", filter.since, &parse_rfc3339);
  reader.parsed("until", filter.until, &parse_rfc3339);
  reader.parsed("cursor", filter.before, &parse_audit_cursor);
  filter.limit = reader.limit();
  TRY_VOID(reader.finish());
  return filter;
}

std::string audit_cursor(std::uint64_t last) { return fmt::format("{}{}", kAuditCursor, hex_of(std::to_string(last))); }

std::string event_cursor(std::uint64_t last) { return fmt::format("{}{}", kEventCursor, hex_of(std::to_string(last))); }

Result<NamePage> parse_name_page(const NameValues& query) {
  NamePage page;
  QueryReader reader(query);
  reader.parsed("cursor", page.after, &parse_name_cursor);
  page.limit = reader.limit();
  TRY_VOID(reader.finish());
  return page;
}

Result<HoldingsQuery> parse_holdings_query(const NameValues& query) {
  HoldingsQuery wanted;
  std::optional<AccountRef> account;
  QueryReader reader(query);
  reader.parsed("group", wanted.filter.group, &parse_group_name);
  reader.parsed("account", account, &parse_account_ref);
  reader.parsed("brokerage", wanted.filter.brokerage, &parse_brokerage);
  reader.parsed("symbol", wanted.symbol, &parse_symbol);
  reader.parsed("cursor", wanted.page.after, &parse_name_cursor);
  wanted.page.limit = reader.limit();
  TRY_VOID(reader.finish());
  if (account) wanted.filter.accounts.push_back(std::move(*account));
  return wanted;
}

std::string name_cursor(std::string_view last) { return fmt::format("{}{}", kNameCursor, hex_of(last)); }

Result<void> refuse_query(const NameValues& query) { return QueryReader(query).finish(); }

}  // namespace tradeauto
