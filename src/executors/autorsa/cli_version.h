#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tradeauto {

// The version that a run's text names, "2.2.0"; empty if it names none.
std::string version_in(std::string_view out);

// The version of a command that pip made and nobody changed since, from the environment's own records; empty for any
// other: only a run can tell then. Reads a few small files.
std::string recorded_version(const std::filesystem::path& command);

}  // namespace tradeauto
