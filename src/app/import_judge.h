#pragma once

#include <map>
#include <string>

#include "cli/import_source.h"
#include "domain/brokerage.h"
#include "domain/credentials.h"

namespace tradeauto {

// Says of each account of a source whether the main server will take it, as far as that can be known without asking: so
// that a dry run tells the truth. Lives as long as one source is read.
class ImportJudge {
 public:
  // Fills in `account`'s brokerage and credentials, or why it is left: its names, a field that is missing or cannot be,
  // a log-in that stood in this source before.
  void judge(ImportAccount& account, Brokerage brokerage, Credentials given);

 private:
  struct ByBytes {
    bool operator()(const SecretString& a, const SecretString& b) const { return a.reveal() < b.reveal(); }
  };

  std::map<Brokerage, std::map<SecretString, std::string, ByBytes>> seen_;  // log-in -> "group/account"
};

// Leaves `account`, for a reason (a machine word) that `detail` tells to people.
void leave(ImportAccount& account, std::string reason, std::string detail);

}  // namespace tradeauto
