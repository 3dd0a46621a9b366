#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "executors/autorsa/autorsa_executor.h"

namespace tradeauto {

using RunEnvironment = std::vector<std::pair<std::string, SecretString>>;

// The whole environment of a run in `home`, but for the log-in: nothing of ours but what the settings let through.
RunEnvironment run_environment(const AutorsaSettings& settings, const std::filesystem::path& home);

// The environment of a run that asks for the tool's version: no variable of the user's, and a proxy that nobody answers
// at.
RunEnvironment version_environment(const AutorsaSettings& settings, const std::filesystem::path& home);

}  // namespace tradeauto
