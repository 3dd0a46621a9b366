#include "main_server/ids.h"

#include <algorithm>
#include <span>
#include <string>

#include <fmt/format.h>

#include "base/uuid.h"
#include "crypto/crypto.h"

namespace tradeauto {
namespace {

std::string uuid_of(const Digest& digest) { return make_uuid_v8(std::span(digest).first<16>()); }

}  // namespace

ChildOrderId make_child_order_id(const LedgerId& ledger, const ClientOrderId& client_order_id,
                                 const AccountRef& account, const Symbol& symbol) {
  return ChildOrderId(uuid_of(digest_of(
      {"child order", ledger.str(), client_order_id.str(), account.group.str(), account.account.str(), symbol.str()})));
}

TaskId make_task_id(const std::vector<ChildOrder>& child_orders) {
  std::vector<std::string> parts;
  for (const ChildOrder& child : child_orders) parts.push_back(fmt::format("{}/{}", child.id, child.attempt));
  std::ranges::sort(parts);
  return TaskId(uuid_of(digest_of({"task", fmt::format("{}", fmt::join(parts, ","))})));
}

}  // namespace tradeauto
