#include "executors/paper/paper_parts.h"

namespace tradeauto {

namespace {

constexpr const char* kFaultsFile = "faults.json";

}  // namespace

Result<Fault> PaperParts::fault_now(const AccountRef& account, const Fault& by_credentials) const {
  TRY(const auto entry, read_fault(settings.dir / kFaultsFile, account));
  if (!entry) return by_credentials;
  if (entry->times && memory->times_used(account, entry->version) >= *entry->times) return by_credentials;
  return entry->fault;
}

Result<Fault> PaperParts::use_fault(const AccountRef& account, const Fault& by_credentials) {
  TRY(const auto entry, read_fault(settings.dir / kFaultsFile, account));
  if (!entry) return by_credentials;
  if (!entry->times) return entry->fault;
  if (memory->times_used(account, entry->version) >= *entry->times) return by_credentials;
  TRY_VOID(memory->use(account, entry->version));
  return entry->fault;
}

}  // namespace tradeauto
