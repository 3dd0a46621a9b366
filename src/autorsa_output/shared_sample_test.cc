#include <algorithm>
#include <sstream>

#include "autorsa_output/run_text.h"
#include "autorsa_output/sample_test.h"

namespace tradeauto {
namespace {

Brokerage brokerage_of(std::string variable) {
  if (variable == "PUBLIC_BROKER") variable = "PUBLIC";
  for (const BrokerageInfo& info : all_brokerages()) {
    if (autorsa_output::plain_name(info.name) == autorsa_output::plain_name(variable)) return info.brokerage;
  }
  return Brokerage::paper;
}

// "TRADIER=token-1,bad-2; FENNEL=bad": the n-th log-in of Tradier owns "VA1777n...".
SharedSample shared_sample(const Sample& sample) {
  SharedSample shared{.sample = &sample, .log_ins = {}, .truth = {}};
  std::istringstream variables(sample.environment);
  for (std::string variable; variables >> variable;) {
    const auto equals = variable.find('=');
    std::istringstream values(variable.substr(equals + 1));
    const Brokerage brokerage = brokerage_of(variable.substr(0, equals));
    std::size_t number = 0;
    for (std::string value; std::getline(values, value, ',');) {
      ++number;
      shared.log_ins.push_back({.brokerage = brokerage});
      auto& truth = shared.truth.emplace_back();
      if (brokerage != Brokerage::tradier) continue;
      const std::string own = "VA1777" + (value == "token-1" ? "1" : std::to_string(number));
      std::ranges::copy_if(sample.truth, std::back_inserter(truth),
                           [&](const Truth& fact) { return fact.account.starts_with(own); });
    }
  }
  return shared;
}

std::vector<SharedSample> read_shared_samples() {
  std::vector<SharedSample> all;
  for (const Sample& sample : all_samples()) {
    if (sample.name.starts_with("shared-")) all.push_back(shared_sample(sample));
  }
  return all;
}

}  // namespace

const std::vector<SharedSample>& shared_samples() {
  static const std::vector<SharedSample> kSamples = read_shared_samples();
  return kSamples;
}

std::string shared_contradiction(const SharedSample& shared, const std::vector<std::vector<SymbolVerdict>>& verdicts) {
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (auto wrong = contradiction(verdicts[i], shared.truth[i]); !wrong.empty()) {
      return "log-in " + std::to_string(i + 1) + ": " + wrong + "\n" + shared_shape(verdicts);
    }
  }
  return {};
}

std::string broken_shared_promise(const RunOutput& run, const std::vector<SharedLogIn>& log_ins,
                                  const std::vector<std::vector<SymbolVerdict>>& verdicts) {
  if (verdicts.size() != log_ins.size()) return "not one for each log-in";
  for (const auto& each : verdicts) {
    if (auto broken = broken_promise(run, each); !broken.empty()) return broken;
  }
  return {};
}

std::string shared_shape(const std::vector<std::vector<SymbolVerdict>>& verdicts) {
  std::string text;
  for (const auto& each : verdicts) text += shape(each) + "\n";
  return text;
}

}  // namespace tradeauto
