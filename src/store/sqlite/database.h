#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tradeauto {

// A BLOB argument; what a string_view binds is TEXT.
struct Blob {
  std::string_view bytes;
};

// One run of a statement. Binds count from 1 in the order of the calls, columns from 0. Freed for the next run when it
// dies.
class Query {
 public:
  Query(sqlite3* handle, sqlite3_stmt* statement, int failure);
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  Query& bind(std::string_view text);
  Query& bind(const char* text) { return bind(std::string_view(text)); }
  Query& bind(const std::string& text) { return bind(std::string_view(text)); }
  Query& bind(Blob blob);
  Query& bind(std::int64_t number);
  Query& bind(std::uint64_t number) { return bind(static_cast<std::int64_t>(number)); }
  Query& bind(bool on) { return bind(static_cast<std::int64_t>(on)); }
  Query& bind(Timestamp time) { return bind(static_cast<std::int64_t>(time.time_since_epoch().count())); }
  template <typename T>
    requires requires(const T& id) { id.str(); }
  Query& bind(const T& id) {
    return bind(std::string_view(id.str()));
  }
  template <typename T>
  Query& bind(const std::optional<T>& value) {
    return value ? bind(*value) : bind_null();
  }
  template <typename First, typename... Rest>
    requires(sizeof...(Rest) > 0)
  Query& bind(const First& first, const Rest&... rest) {
    bind(first);
    return bind(rest...);
  }

  // True while there is a row. Error: internal (database_failed), also for a bind that failed.
  Result<bool> step();
  // A statement without rows.
  Result<void> run();

  bool is_null(int column) const;
  std::string text(int column) const;  // bytes of TEXT or BLOB
  std::int64_t number(int column) const;
  std::uint64_t count(int column) const { return static_cast<std::uint64_t>(number(column)); }
  bool flag(int column) const { return number(column) != 0; }
  Timestamp time(int column) const { return Timestamp(std::chrono::microseconds(number(column))); }

 private:
  Query& bind_null();
  Error failure(int code) const;

  sqlite3* const handle_;
  sqlite3_stmt* const statement_;
  int failure_;
  int next_ = 1;
};

// One connection to one database file. Used by one thread at a time.
class Database {
 public:
  enum class Mode : std::uint8_t { read_write, read_only };

  // Creates the file (mode 0600) in read_write mode if it is missing. WAL, synchronous=FULL, foreign keys on.
  // Error: internal (database_failed) with path and cause.
  static Result<Database> open(const std::filesystem::path& path, Mode mode);

  Database(Database&& other) noexcept;
  Database& operator=(Database&&) = delete;
  Database(const Database&) = delete;
  ~Database();

  // Compiled once per text; `sql` outlives the database (a literal). One Query per text at a time.
  Query query(const char* sql);
  // One or more statements without binds and rows.
  Result<void> execute(const char* sql);
  bool in_transaction() const;
  std::uint64_t last_row() const;

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}

  sqlite3* handle_;
  std::map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace tradeauto
