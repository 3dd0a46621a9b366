#pragma once

#include <functional>
#include <utility>

#include "net/pool.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite_target.h"

namespace tradeauto {

// What registry and ledger share: the writer, and a second connection for reading, which sees what is committed.
class SqliteEngine {
 public:
  SqliteEngine(Database writing, Database reading, LedgerIdentity identity, std::function<void(Error)> on_failure)
      : identity_(std::move(identity)),
        reading_(std::move(reading)),
        target_(std::move(writing)),
        writer_("ledger-writer", target_, std::move(on_failure)),
        reader_("ledger-reader", 1) {}

  const LedgerIdentity& identity() const { return identity_; }

  // `work` has the form Result<T>(Database&); one transaction, on disk when this returns.
  template <typename T>
  asio::awaitable<Result<T>> write(std::function<Result<T>(Database&)> work) {
    return writer_.write<T>([this, work = std::move(work)] { return work(target_.database()); });
  }

  // `work` sees one snapshot.
  template <typename T>
  asio::awaitable<Result<T>> read(std::function<Result<T>(Database&)> work) {
    return reader_.run([this, work = std::move(work)]() -> Result<T> {
      TRY_VOID(reading_.execute("BEGIN"));
      auto result = work(reading_);
      TRY_VOID(reading_.execute("COMMIT"));
      return result;
    });
  }

 private:
  const LedgerIdentity identity_;
  Database reading_;     // owned by the reader's thread
  SqliteTarget target_;  // owned by the writer's thread
  GroupCommit writer_;
  BlockingPool reader_;
};

}  // namespace tradeauto
