#include "store/sqlite/schema.h"

#include <array>

#include <fmt/format.h>

#include "base/uuid.h"
#include "store/rules.h"

namespace tradeauto {
namespace {

// "tAut": marks the file as ours (PRAGMA application_id).
constexpr std::int64_t kApplicationId = 0x74417574;

// Times: microseconds since the epoch, UTC. Decimals: text. States and sides: the words of the API.
// A step that has been released is never changed; a change is a new step.
constexpr std::array kSteps = {R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE groups(name TEXT PRIMARY KEY, created_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE accounts(
  group_name TEXT NOT NULL REFERENCES groups(name), name TEXT NOT NULL, brokerage TEXT NOT NULL, enabled INTEGER NOT NULL,
  credential_fields TEXT NOT NULL, sealed_credentials BLOB NOT NULL, login_fingerprint BLOB,
  version INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  PRIMARY KEY(group_name, name)) WITHOUT ROWID;
CREATE UNIQUE INDEX accounts_by_login ON accounts(login_fingerprint) WHERE login_fingerprint IS NOT NULL;
CREATE TABLE assignments(
  group_name TEXT PRIMARY KEY, worker TEXT NOT NULL, incarnation INTEGER NOT NULL, counter INTEGER NOT NULL,
  at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE orders(
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, client_order_id TEXT NOT NULL UNIQUE, body_hash BLOB NOT NULL,
  group_name TEXT, accounts TEXT NOT NULL, side TEXT NOT NULL, quantity TEXT NOT NULL, symbols TEXT NOT NULL,
  dry_run INTEGER NOT NULL, overrides TEXT NOT NULL, created_at INTEGER NOT NULL, deadline INTEGER NOT NULL, retry_of TEXT);
CREATE INDEX orders_by_time ON orders(created_at, number);
CREATE TABLE child_orders(
  id TEXT PRIMARY KEY, order_number INTEGER NOT NULL REFERENCES orders(number), position INTEGER NOT NULL,
  group_name TEXT NOT NULL, account TEXT NOT NULL, brokerage TEXT NOT NULL, symbol TEXT NOT NULL,
  status TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, worker TEXT, attempt INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, deadline INTEGER NOT NULL,
  task TEXT, permitted_worker TEXT, journal TEXT, run_deadline INTEGER) WITHOUT ROWID;
CREATE INDEX child_orders_by_order ON child_orders(order_number, position);
CREATE INDEX child_orders_pending ON child_orders(group_name, account, order_number) WHERE status = 'pending';
CREATE INDEX child_orders_due ON child_orders(deadline) WHERE status = 'pending';
CREATE INDEX child_orders_executing ON child_orders(group_name, account) WHERE status = 'executing';
CREATE INDEX child_orders_in_doubt ON child_orders(group_name, account, symbol) WHERE status = 'in_doubt';
CREATE INDEX child_orders_submitted ON child_orders(group_name, account) WHERE status = 'submitted';
CREATE TABLE executions(
  child_order TEXT NOT NULL REFERENCES child_orders(id), position INTEGER NOT NULL, sub_account TEXT NOT NULL,
  status TEXT NOT NULL, broker_order_id TEXT, quantity TEXT NOT NULL, price TEXT, message TEXT NOT NULL,
  evidence TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(child_order, position)) WITHOUT ROWID;
CREATE TABLE events(
  sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, type TEXT NOT NULL, order_id TEXT, child_order TEXT,
  group_name TEXT, worker TEXT, detail TEXT NOT NULL);
CREATE TABLE journals(id TEXT PRIMARY KEY, confirmed INTEGER NOT NULL) WITHOUT ROWID;
)sql",
                               // A retry looks for those before it: without reading all orders.
                               R"sql(
CREATE INDEX orders_by_retry ON orders(retry_of) WHERE retry_of IS NOT NULL;
)sql",
                               // Scopes and groups: one a line; no group: all of them.
                               R"sql(
CREATE TABLE tokens(
  name TEXT PRIMARY KEY, hash BLOB NOT NULL, scopes TEXT NOT NULL, groups TEXT NOT NULL, expires_at INTEGER,
  created_at INTEGER NOT NULL, last_used_at INTEGER) WITHOUT ROWID;
)sql",
                               // Who did it, and to what. Those from before name nobody and are no deeds.
                               R"sql(
ALTER TABLE events ADD COLUMN actor_kind TEXT;
ALTER TABLE events ADD COLUMN actor TEXT;
ALTER TABLE events ADD COLUMN account TEXT;
ALTER TABLE events ADD COLUMN token TEXT;
ALTER TABLE events ADD COLUMN deed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX events_deeds ON events(sequence) WHERE deed = 1;
)sql"};

Result<std::int64_t> pragma(Database& database, const char* sql) {
  Query query = database.query(sql);
  TRY(const bool row, query.step());
  return row ? query.number(0) : 0;
}

Result<void> check_owner(Database& database, std::int64_t version) {
  TRY(const std::int64_t owner, pragma(database, "PRAGMA application_id"));
  TRY(const std::int64_t tables, pragma(database, "SELECT count(*) FROM sqlite_schema"));
  if (tables > 0 && owner != kApplicationId) {
    return make_error(ErrorCode::internal, "foreign_database", "the database was not made by tradeauto");
  }
  if (version > static_cast<std::int64_t>(kSteps.size())) {
    return make_error(
        ErrorCode::internal, "newer_schema",
        fmt::format("the database was made by a newer tradeauto (schema {}, this one knows {}): start that one",
                    version, kSteps.size()));
  }
  return {};
}

Result<void> take_steps(Database& database, std::size_t from) {
  for (std::size_t step = from; step < kSteps.size(); ++step) {
    TRY_VOID(database.execute(kSteps[step]));
    const std::string marks = fmt::format("PRAGMA application_id={}; PRAGMA user_version={}", kApplicationId, step + 1);
    TRY_VOID(database.execute(marks.c_str()));
  }
  return {};
}

Result<LedgerIdentity> identity(Database& database, const Clock& clock, Rng& rng) {
  {
    Query query = database.query(
        "SELECT (SELECT value FROM meta WHERE key = 'ledger'),"
        " (SELECT value FROM meta WHERE key = 'incarnation')");
    TRY(const bool row, query.step());
    if (row && !query.is_null(0)) return LedgerIdentity{.id = LedgerId(query.text(0)), .incarnation = query.count(1)};
  }
  LedgerIdentity made{.id = LedgerId(make_uuid_v7(clock, rng)), .incarnation = rules::first_incarnation(clock.now())};
  Query query = database.query("INSERT INTO meta(key, value) VALUES ('ledger', ?), ('incarnation', ?)");
  TRY_VOID(query.bind(made.id, made.incarnation).run());
  return made;
}

Result<LedgerIdentity> migrate_inside(Database& database, const Clock& clock, Rng& rng) {
  TRY(const std::int64_t version, pragma(database, "PRAGMA user_version"));
  TRY_VOID(check_owner(database, version));
  TRY_VOID(take_steps(database, static_cast<std::size_t>(version)));
  return identity(database, clock, rng);
}

}  // namespace

Result<LedgerIdentity> migrate(Database& database, const Clock& clock, Rng& rng) {
  TRY_VOID(database.execute("BEGIN IMMEDIATE"));
  auto identity = migrate_inside(database, clock, rng);
  if (!identity.ok()) {
    TRY_VOID(database.execute("ROLLBACK"));
    return identity;
  }
  TRY_VOID(database.execute("COMMIT"));
  return identity;
}

}  // namespace tradeauto
