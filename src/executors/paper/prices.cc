#include "executors/paper/prices.h"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "executors/paper/json_fields.h"
#include "executors/paper/small_file.h"

namespace tradeauto {
namespace {

constexpr std::string_view kUnreadable = "paper_prices_unreadable";
constexpr std::string_view kUnknownPrefix = "NOPE";
constexpr std::int64_t kMillion = 1'000'000;

// The walk: waves of noise on top of each other. Swing in millionths of the base price.
struct Wave {
  std::int64_t period_seconds;
  std::int64_t swing;
};
constexpr std::array<Wave, 4> kWaves = {{{60, 2'000}, {3'600, 10'000}, {86'400, 40'000}, {2'592'000, 150'000}}};
constexpr std::int64_t kLeastCents = 1'000;
constexpr std::int64_t kMostCents = 50'000;

// splitmix64's finaliser.
std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

std::uint64_t hash_of(std::uint64_t seed, std::string_view text) {
  std::uint64_t hash = mixed(seed + 0x9E3779B97F4A7C15ULL);
  for (const char c : text) hash = mixed(hash ^ static_cast<unsigned char>(c));
  return hash;
}

// Between -swing and swing; moves in straight lines from one random point per period to the next.
std::int64_t wave_at(std::uint64_t hash, const Wave& wave, std::int64_t millis) {
  const std::int64_t period = wave.period_seconds * 1000;
  const std::int64_t step = millis / period;
  const auto point = [&](std::int64_t n) {
    const std::uint64_t random =
        mixed(hash ^ mixed(static_cast<std::uint64_t>(n * 2'654'435'761 + wave.period_seconds)));
    return static_cast<std::int64_t>(random % static_cast<std::uint64_t>(2 * wave.swing + 1)) - wave.swing;
  };
  const std::int64_t from = point(step);
  return from + (point(step + 1) - from) * (millis % period) / period;
}

Result<Price> walk(std::uint64_t seed, const Symbol& symbol, Timestamp at) {
  const std::uint64_t hash = hash_of(seed, symbol.str());
  const std::int64_t base = kLeastCents + static_cast<std::int64_t>(hash % (kMostCents - kLeastCents));
  const std::int64_t millis = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  std::int64_t factor = kMillion;
  for (const Wave& wave : kWaves) factor += wave_at(hash, wave, millis);
  const std::int64_t cents = base * factor / kMillion;
  TRY(const Decimal dollars, Decimal::from_units(static_cast<Int128>(cents) * (Decimal::kScale / 100)));
  return Price(dollars);
}

Error unreadable(const std::filesystem::path& file, std::string_view why) {
  return make_error(ErrorCode::unavailable, std::string(kUnreadable), fmt::format("{}: {}", file.string(), why));
}

}  // namespace

Result<std::optional<Price>> PaperPrices::price(const Symbol& symbol, Timestamp at) {
  if (!file_) {
    if (symbol.str().starts_with(kUnknownPrefix)) return std::optional<Price>();
    TRY(const Price price, walk(seed_, symbol, at));
    return std::optional(price);
  }
  TRY_VOID(reload());
  const auto found = listed_.find(symbol);
  return found == listed_.end() ? std::optional<Price>() : std::optional(found->second);
}

Result<void> PaperPrices::reload() {
  if (const std::string version = file_version(*file_); !version.empty() && version == version_) return {};
  TRY(const auto file, read_small_file(*file_, kUnreadable));
  if (!file) return unreadable(*file_, "does not exist");
  const auto object = parse_json_object(file->text);
  if (!object.ok()) return unreadable(*file_, object.error().message);
  std::map<Symbol, Price> listed;
  for (const auto& [name, value] : *object) {
    const auto symbol = parse_symbol({name.data(), name.size()});
    if (!symbol.ok()) return unreadable(*file_, "each name must be a symbol");
    const auto text = text_field(*object, {name.data(), name.size()});
    const auto price = text.ok() ? Decimal::parse(*text) : Result<Decimal>(text.error());
    if (!price.ok() || !price->is_positive()) {
      return unreadable(*file_, fmt::format("{} must be a decimal above 0 as text, e.g. \"190.00\"", symbol->str()));
    }
    listed.insert_or_assign(*symbol, Price(*price));
  }
  listed_ = std::move(listed);
  version_ = file->version;
  return {};
}

}  // namespace tradeauto
