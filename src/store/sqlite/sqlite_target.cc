#include "store/sqlite/sqlite_target.h"

namespace tradeauto {

Result<void> SqliteTarget::begin() { return database_.execute("BEGIN IMMEDIATE"); }

Result<void> SqliteTarget::part(const std::function<bool()>& work) {
  TRY_VOID(database_.execute("SAVEPOINT part"));
  const bool keep = work();
  // A full disk ends the whole transaction by itself: then nothing of the others is kept either.
  if (!database_.in_transaction()) {
    return make_error(ErrorCode::internal, "database_failed", "the database failed: the transaction was rolled back");
  }
  if (!keep) TRY_VOID(database_.execute("ROLLBACK TO part"));
  return database_.execute("RELEASE part");
}

Result<void> SqliteTarget::commit() { return database_.execute("COMMIT"); }

}  // namespace tradeauto
