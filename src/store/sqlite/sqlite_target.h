#pragma once

#include "store/group_commit.h"
#include "store/sqlite/database.h"

namespace tradeauto {

// One transaction a group commit, one savepoint a part.
class SqliteTarget final : public CommitTarget {
 public:
  explicit SqliteTarget(Database database) : database_(std::move(database)) {}

  Database& database() { return database_; }

  Result<void> begin() override;
  Result<void> part(const std::function<bool()>& work) override;
  Result<void> commit() override;

 private:
  Database database_;
};

}  // namespace tradeauto
