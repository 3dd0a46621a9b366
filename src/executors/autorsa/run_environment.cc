#include "executors/autorsa/run_environment.h"

#include <map>

namespace tradeauto {
namespace {

RunEnvironment with_ours(std::map<std::string, std::string> variables, const AutorsaSettings& settings,
                         const std::filesystem::path& home) {
  const std::string folder = autorsa_command(settings).parent_path().string();
  variables["PATH"] = folder + ":/usr/local/bin:/usr/bin:/bin";
  variables["HOME"] = home.string();
  variables["DANGER_MODE"] = "true";  // else it waits for the enter key
  variables["HEADLESS"] = "true";     // some brokerages want exactly this word
  variables["SORT_BROKERS"] = "true";
  variables["PYTHONUNBUFFERED"] = "1";  // else a killed run leaves no text although orders went out
  variables["PYTHONUTF8"] = "1";
  variables["PYTHONNOUSERSITE"] = "1";
  variables["PYTHON_DOTENV_DISABLED"] = "1";  // else a .env in any folder above the tool is read
  // Browsers are large and no secret: one folder for all accounts, whose homes differ.
  variables["PLAYWRIGHT_BROWSERS_PATH"] = (settings.dir / "browsers").string();
  RunEnvironment environment;
  for (auto& [name, value] : variables) environment.emplace_back(name, SecretString(std::move(value)));
  return environment;
}

}  // namespace

RunEnvironment run_environment(const AutorsaSettings& settings, const std::filesystem::path& home) {
  return with_ours(settings.pass_environment, settings, home);
}

RunEnvironment version_environment(const AutorsaSettings& settings, const std::filesystem::path& home) {
  const std::string nobody = "http://127.0.0.1:9";
  return with_ours({{"HTTPS_PROXY", nobody}, {"https_proxy", nobody}, {"HTTP_PROXY", nobody}, {"http_proxy", nobody}},
                   settings, home);
}

}  // namespace tradeauto
