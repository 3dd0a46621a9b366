#include "domain/names.h"

#include <algorithm>

#include <fmt/format.h>

namespace tradeauto {
namespace {

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 64 || text.front() == ' ' || text.back() == ' ') return false;
  return std::ranges::all_of(
      text, [](char c) { return is_alnum(c) || std::string_view(" ._@-").find(c) != std::string_view::npos; });
}

template <typename Id>
Result<Id> parse_name(std::string_view text, std::string_view what) {
  if (!is_name(text)) {
    return make_error(ErrorCode::unprocessable, "bad_name",
                      fmt::format("a {} name is 1 to 64 characters of A-Z a-z 0-9 space . _ @ -, "
                                  "without a space at either end",
                                  what));
  }
  return Id(std::string(text));
}

}  // namespace

Result<GroupName> parse_group_name(std::string_view text) { return parse_name<GroupName>(text, "group"); }
Result<AccountName> parse_account_name(std::string_view text) { return parse_name<AccountName>(text, "account"); }
Result<WorkerName> parse_worker_name(std::string_view text) { return parse_name<WorkerName>(text, "worker"); }

Result<Symbol> parse_symbol(std::string_view text) {
  const bool good = !text.empty() && text.size() <= 16 && is_alnum(text.front()) &&
                    std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '.' || c == '-' || c == '/'; });
  if (!good) {
    return make_error(ErrorCode::unprocessable, "bad_symbol",
                      "a symbol is 1 to 16 characters of A-Z 0-9 . - / and begins with a letter or digit");
  }
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return Symbol(std::move(upper));
}

Result<ClientOrderId> parse_client_order_id(std::string_view text) {
  const bool good =
      !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) { return c >= 0x21 && c <= 0x7E; });
  if (!good) {
    return make_error(ErrorCode::unprocessable, "bad_client_order_id",
                      "a client_order_id is 1 to 64 printable ASCII characters without spaces");
  }
  return ClientOrderId(std::string(text));
}

Result<AccountRef> parse_account_ref(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) {
    return make_error(ErrorCode::unprocessable, "bad_account_ref", "an account is named as \"group/account\"");
  }
  TRY(auto group, parse_group_name(text.substr(0, slash)));
  TRY(auto account, parse_account_name(text.substr(slash + 1)));
  return AccountRef{.group = std::move(group), .account = std::move(account)};
}

}  // namespace tradeauto
