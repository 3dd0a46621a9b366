#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ports/access.h"
#include "ports/ledger.h"
#include "ports/registry.h"
#include "store/ledger_rows.h"

namespace tradeauto {

// The rows of the memory engine, shared by its registry, its ledger and its tokens. Everything is guarded by `mutex`.
struct MemoryTables {
  struct OrderRow {
    Order order;  // without child orders
    std::string body_hash;
    std::vector<ChildOrderId> children;
  };
  struct ChildRow {
    ChildOrder child;
    std::optional<PermitRecord> permit;
  };
  struct AssignmentRow {
    WorkerName worker;
    Epoch epoch;
    Timestamp at;
  };

  std::mutex mutex;
  std::map<GroupName, Timestamp> groups;  // created_at
  std::map<AccountRef, RegisteredAccount> accounts;
  std::map<GroupName, AssignmentRow> assignments;
  std::map<TokenName, AccessToken> tokens;

  std::vector<OrderRow> orders;  // as they came
  std::map<OrderId, std::size_t> order_index;
  std::map<ClientOrderId, std::size_t> client_order_index;
  std::map<ChildOrderId, ChildRow> children;
  std::map<JournalId, std::uint64_t> confirmed;
  std::vector<Event> events;  // event n has sequence n + 1
};

}  // namespace tradeauto
