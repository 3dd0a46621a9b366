#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "domain/credentials.h"
#include "domain/task.h"

namespace tradeauto {

// Takes a log-in's values out of what people get to see. After the reading, not before it: a password that looks like a
// line of the CLI must not change a verdict. A cut-off value at the end of a text is taken out too.
class Redactor {
 public:
  Redactor(Brokerage brokerage, const Credentials& credentials);

  std::string clean(std::string text) const;
  void clean(ChildOrderReport& report) const;

 private:
  std::vector<SecretString> values_;  // the longest first
};

}  // namespace tradeauto
