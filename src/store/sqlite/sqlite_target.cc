#include "store/sqlite/sqlite_target.h"

namespace tradeauto {

Result<void> SqliteTarget::begin() { return database_.query("BEGIN IMMEDIATE").run(); }

Result<void> SqliteTarget::part(const std::function<bool()>& work) {
  TRY_VOID(database_.query("SAVEPOINT part").run());
  const bool keep = work();
  // A full disk ends the whole transaction by itself: then nothing of the others is kept either.
  if (!database_.in_transaction()) {
    return make_error(ErrorCode::internal, "database_failed", "the database failed: the transaction was rolled back");
  }
  if (!keep) TRY_VOID(database_.query("ROLLBACK TO part").run());
  return database_.query("RELEASE part").run();
}

Result<void> SqliteTarget::commit() { return database_.query("COMMIT").run(); }

}  // namespace tradeauto
