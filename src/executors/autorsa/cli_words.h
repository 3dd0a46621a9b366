#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "domain/task.h"

namespace tradeauto {

// What the CLI is told. Pure. A wrong word is not refused there but traded on, so everything is checked here.

// Its name of the brokerage on the command line, "tradier"; the variable that holds the log-in, "TRADIER". Not for
// Paper.
std::string_view cli_brokerage(Brokerage brokerage);
std::string_view cli_variable(Brokerage brokerage);

// The words of a run over all symbols of the task: live only if the last one is "false". Failure (unprocessable): what
// the CLI would misread, or what the brokerage's part of the CLI is known not to do.
Result<std::vector<std::string>> order_words(const TransactionTask& task);
Result<std::vector<std::string>> holdings_words(Brokerage brokerage);

// The log-in as the CLI wants it: fields in its order, joined by ':'. `checked` has passed check_credentials.
SecretString login_text(Brokerage brokerage, const Credentials& checked);

}  // namespace tradeauto
