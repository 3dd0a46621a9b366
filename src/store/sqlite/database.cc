#include "store/sqlite/database.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

namespace tradeauto {
namespace {

constexpr int kBusyMilliseconds = 5000;

Error database_error(std::string_view cause) {
  return make_error(ErrorCode::internal, "database_failed", fmt::format("the database failed: {}", cause));
}

// SQLite would create the file with the process's umask.
Result<void> create_private(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return database_error(fmt::format("{}: {}", path.string(), std::strerror(errno)));
  ::close(fd);
  return {};
}

}  // namespace

Query::Query(sqlite3* handle, sqlite3_stmt* statement, int failure)
    : handle_(handle), statement_(statement), failure_(failure) {}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Query& Query::bind(std::string_view text) {
  // A null pointer would bind NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  if (failure_ == SQLITE_OK) {
    failure_ = sqlite3_bind_text64(statement_, next_++, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  return *this;
}

Query& Query::bind(Blob blob) {
  const char* data = blob.bytes.data() == nullptr ? "" : blob.bytes.data();
  if (failure_ == SQLITE_OK) {
    failure_ = sqlite3_bind_blob64(statement_, next_++, data, blob.bytes.size(), SQLITE_TRANSIENT);
  }
  return *this;
}

Query& Query::bind(std::int64_t number) {
  if (failure_ == SQLITE_OK) failure_ = sqlite3_bind_int64(statement_, next_++, number);
  return *this;
}

Query& Query::bind_null() {
  if (failure_ == SQLITE_OK) failure_ = sqlite3_bind_null(statement_, next_++);
  return *this;
}

Result<bool> Query::step() {
  if (failure_ != SQLITE_OK) return failure(failure_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failure(code);
}

Result<void> Query::run() {
  TRY(const bool row, step());
  if (row) return database_error("a statement that changes something returned a row");
  return {};
}

Error Query::failure(int code) const {
  return database_error(fmt::format("{} ({}, code {})", sqlite3_errmsg(handle_), sqlite3_errstr(code), code));
}

bool Query::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::string Query::text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t Query::number(int column) const { return sqlite3_column_int64(statement_, column); }

Result<Database> Database::open(const std::filesystem::path& path, Mode mode) {
  const bool writes = mode == Mode::read_write;
  if (writes) TRY_VOID(create_private(path));
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Database database(handle);
  if (code != SQLITE_OK) return database_error(fmt::format("{}: {}", path.string(), sqlite3_errstr(code)));
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  TRY_VOID(database.execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
      "PRAGMA cache_size=-4096; PRAGMA temp_store=MEMORY;"));
  if (!writes) TRY_VOID(database.execute("PRAGMA query_only=ON"));
  return database;
}

Database::Database(Database&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), statements_(std::move(other.statements_)) {
  other.statements_.clear();
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

Query Database::query(const char* sql) {
  const auto it = statements_.find(sql);
  if (it != statements_.end()) return {handle_, it->second, SQLITE_OK};
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code == SQLITE_OK) statements_.emplace(sql, statement);
  return {handle_, statement, code};
}

Result<void> Database::execute(const char* sql) {
  char* message = nullptr;
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, &message);
  const std::string cause = message == nullptr ? sqlite3_errstr(code) : message;
  sqlite3_free(message);
  if (code != SQLITE_OK) return database_error(cause);
  return {};
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

std::uint64_t Database::last_row() const { return static_cast<std::uint64_t>(sqlite3_last_insert_rowid(handle_)); }

}  // namespace tradeauto
