#include "executors/paper/run_memory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "executors/paper/run_line.h"

namespace tradeauto {
namespace {

Error file_error(const std::filesystem::path& file, std::string_view what, int cause) {
  return make_error(ErrorCode::internal, "paper_file_failed",
                    fmt::format("{}: cannot {}: {}", file.string(), what, std::strerror(cause)));
}

Result<void> write_all(int fd, std::string_view text, const std::filesystem::path& file) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return file_error(file, "write", errno);
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<RunMemory>> RunMemory::open(const std::filesystem::path& folder) {
  const std::filesystem::path lock_file = folder / "runs.lock";
  const int lock = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return file_error(lock_file, "open", errno);
  std::unique_ptr<RunMemory> memory(new RunMemory(folder / "runs.jsonl", lock, -1));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return make_error(ErrorCode::conflict, "paper_runs_locked",
                      fmt::format("{} is locked: another worker uses this DATA_DIR", lock_file.string()));
  }
  TRY_VOID(memory->load());
  TRY_VOID(memory->compact());
  return memory;
}

RunMemory::~RunMemory() {
  if (fd_ >= 0) ::close(fd_);
  ::close(lock_);
}

Result<void> RunMemory::load() {
  TRY(AppendLog log, AppendLog::open(file_));
  return log.read_new([this](std::uint64_t /*offset*/, std::string_view line) -> Result<void> {
    if (!take_line(line).ok()) ++skipped_;
    return {};
  });
}

Result<void> RunMemory::take_line(std::string_view text) {
  TRY(MemoryLine line, parse_memory_line(text));
  if (auto* run = std::get_if<RunLine>(&line)) runs_.insert_or_assign(run->run.child_order, std::move(run->run));
  if (auto* gone = std::get_if<ForgetLine>(&line)) runs_.erase(gone->child_order);
  if (auto* fault = std::get_if<FaultLine>(&line)) faults_.insert_or_assign(fault->account, fault->fault);
  if (auto* used = std::get_if<UsedLine>(&line)) {
    used_.insert_or_assign(used->account, Used{.version = std::move(used->version), .times = used->times});
  }
  return {};
}

// The new file replaces the old one by a rename, so that a crash leaves one of them whole.
Result<void> RunMemory::compact() {
  std::string lines;
  for (const auto& [account, fault] : faults_) lines += to_line(FaultLine{account, fault}) + '\n';
  for (const auto& [account, used] : used_) lines += to_line(UsedLine{account, used.version, used.times}) + '\n';
  for (const auto& [id, run] : runs_) lines += to_line(RunLine{run}) + '\n';
  const std::filesystem::path fresh = file_.string() + ".new";
  fd_ = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (fd_ < 0) return file_error(fresh, "open", errno);
  TRY_VOID(write_all(fd_, lines, fresh));
  if (::fdatasync(fd_) != 0) return file_error(fresh, "sync", errno);
  if (::rename(fresh.c_str(), file_.c_str()) != 0) return file_error(fresh, "rename", errno);
  return sync_folder(file_.parent_path());
}

Result<void> RunMemory::write(std::string line) {
  line += '\n';
  if (torn_) line.insert(line.begin(), '\n');
  dirty_ = true;
  auto written = write_all(fd_, line, file_);
  torn_ = !written.ok();
  return written;
}

Result<void> RunMemory::sync() {
  if (!dirty_) return {};
  if (::fdatasync(fd_) != 0) return file_error(file_, "sync", errno);
  dirty_ = false;
  return {};
}

Result<void> RunMemory::begin(const PaperRun& run, const Fault& fault) {
  if (last_fault(run.account) != fault) {
    TRY_VOID(write(to_line(FaultLine{run.account, fault})));
    faults_.insert_or_assign(run.account, fault);
  }
  return update(run);
}

Result<void> RunMemory::update(const PaperRun& run) {
  runs_.insert_or_assign(run.child_order, run);
  return write(to_line(RunLine{run}));
}

Result<void> RunMemory::forget(const ChildOrderId& child_order) {
  if (runs_.erase(child_order) == 0) return {};
  return write(to_line(ForgetLine{child_order}));
}

const PaperRun* RunMemory::find(const ChildOrderId& child_order) const {
  const auto found = runs_.find(child_order);
  return found == runs_.end() ? nullptr : &found->second;
}

std::vector<PaperRun> RunMemory::all() const {
  std::vector<PaperRun> runs;
  runs.reserve(runs_.size());
  for (const auto& [id, run] : runs_) runs.push_back(run);
  return runs;
}

Fault RunMemory::last_fault(const AccountRef& account) const {
  const auto found = faults_.find(account);
  return found == faults_.end() ? Fault{} : found->second;
}

int RunMemory::times_used(const AccountRef& account, const std::string& version) const {
  const auto found = used_.find(account);
  return found == used_.end() || found->second.version != version ? 0 : found->second.times;
}

Result<void> RunMemory::use(const AccountRef& account, const std::string& version) {
  const int times = times_used(account, version) + 1;
  used_.insert_or_assign(account, Used{.version = version, .times = times});
  return write(to_line(UsedLine{account, version, times}));
}

}  // namespace tradeauto
