#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/uuid.h"
#include "store/journal/journal_file.h"
#include "store/journal/journal_record.h"
#include "store/journal/open_journal.h"

namespace tradeauto {
namespace {

using journal::JournalFile;

Result<void> decodes(std::uint64_t /*sequence*/, std::string_view payload) {
  TRY([[maybe_unused]] const journal::Record record, journal::decode(payload));
  return {};
}

Error failed(const std::filesystem::path& path, std::string_view what, const std::error_code& cause) {
  return make_error(ErrorCode::internal, "journal_write_failed",
                    fmt::format("the journal {}: {}: {}", path.string(), what, cause.message()));
}

// The frames of `damaged` up to `size`, and a new id, in a file of their own that is on disk.
Result<void> write_repaired(const std::filesystem::path& damaged, std::uint64_t size,
                            const std::filesystem::path& fresh, const Clock& clock, Rng& rng) {
  std::error_code error;
  std::filesystem::remove(fresh, error);
  if (size > 0) {
    std::filesystem::copy_file(damaged, fresh, error);
    if (!error) std::filesystem::resize_file(fresh, size, error);
    if (error) return failed(fresh, "copy", error);
  }
  TRY(JournalFile::Opened opened, JournalFile::open(fresh, decodes));
  opened.file.append(journal::encode(journal::NewIdentity{.id = JournalId(make_uuid_v7(clock, rng))}));
  return opened.file.flush(true);
}

}  // namespace

Result<std::string> journal_damage(const std::filesystem::path& folder) {
  const auto path = folder / "journal";
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::string();
  TRY(const JournalFile::Extent whole, JournalFile::extent(path, decodes));
  if (whole.damage.empty()) return std::string();
  return fmt::format("{} is damaged at byte {}: {}", path.string(), whole.size, whole.damage);
}

Result<std::optional<JournalRepair>> repair_journal(const std::filesystem::path& folder, const Clock& clock, Rng& rng) {
  const auto path = folder / "journal";
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::optional<JournalRepair>();
  TRY(const JournalFile::Extent whole, JournalFile::extent(path, decodes));
  if (whole.damage.empty()) return std::optional<JournalRepair>();
  JournalRepair repair{.copy = folder / fmt::format("journal.damaged-{}", make_uuid_v7(clock, rng)),
                       .kept = whole.size,
                       .left_out = std::filesystem::file_size(path, error) - whole.size};
  const auto fresh = folder / "journal.repaired";
  TRY_VOID(write_repaired(path, whole.size, fresh, clock, rng));
  // Another name for the same file: from here to the rename the journal is the damaged one, and after it its copy is.
  std::filesystem::create_hard_link(path, repair.copy, error);
  if (error) return failed(path, "keep a copy", error);
  std::filesystem::rename(fresh, path, error);
  if (error) return failed(path, "rename", error);
  TRY_VOID(journal::sync_folder_of(path));
  return std::optional(std::move(repair));
}

}  // namespace tradeauto
