#include "http/process_facts.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace tradeauto {
namespace {

std::chrono::microseconds to_time(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

std::uint64_t resident_bytes() {
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t open_files() {
  std::error_code failed;
  const std::filesystem::directory_iterator files("/proc/self/fd", failed);
  if (failed) return 0;
  // One of them is the directory itself.
  return static_cast<std::uint64_t>(std::distance(std::filesystem::begin(files), std::filesystem::end(files))) - 1;
}

}  // namespace

ProcessFacts process_facts() {
  ProcessFacts facts;
  facts.resident_bytes = resident_bytes();
  facts.open_files = open_files();
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) facts.cpu = to_time(usage.ru_utime) + to_time(usage.ru_stime);
  return facts;
}

}  // namespace tradeauto
