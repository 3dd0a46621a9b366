#pragma once

#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "executors/autorsa/autorsa_executor.h"
#include "testing/collecting_sink.h"
#include "testing/null_log.h"
#include "testing/run_async.h"
#include "testing/temp_folder.h"

namespace tradeauto {

// A program that prints what auto_rsa_bot prints at Tradier for a log-in with two sub-accounts. The token's first part
// says how the broker behaves: well, refuses, silent, takes (and is silent), early (silent before the log-in), dies
// (after the log-in), badlogin, leaks (its refusal quotes the token). It notes its words, environment and folder beside
// itself, and what the broker took in `ledger`.
inline constexpr const char* kFakeCli = R"sh(#!/bin/sh
here=$(dirname "$0")
echo "$@" >> "$here/calls"
env > "$here/environment"
pwd > "$here/folder"
version=2.2.0
[ -f "$here/version" ] && version=$(cat "$here/version")
hang() { exec tail -f /dev/null; }
list=
for word in "$@"; do list="$list${list:+, }'$word'"; done
cat <<END
Python version: 3.12.1 (main) [GCC]
Platform: linux
Current Directory: $PWD
Directory Contains .env File: False
RSA Version: $version

Running main with args: [$list]
END
if [ $# = 0 ]; then echo "No arguments given, see README for usage"; exit 1; fi
mode=${TRADIER%%-*}
printf 'DANGER MODE ENABLED\n\nRunning bot from command line\n\n'
if [ "$1" != holdings ]; then
  side=$1
  case $2 in *.*) amount=$2 ;; *) amount=$2.0 ;; esac
  symbols=$(echo "$3" | tr , ' ')
  dry=True
  [ "$5" = false ] && dry=False
  cat <<END
Action: $side
Amount: $amount
Stock: ['$(echo "$3" | sed "s/,/', '/g")']
Time: day
Price: market
Broker: [TradierInfo(name=<BrokerName.TRADIER: 'tradier'>, nicknames=(), day1=True, fast=True)]
Not Broker: []
DRY: $dry

If correct, press enter to continue...
END
fi
[ "$mode" = early ] && { touch "$here/early"; hang; }
echo "Logging in to Tradier..."
if [ "$mode" = badlogin ]; then
  cat <<END
Error making request to Tradier API /user/profile: Invalid Access Token
Response: <Response [401]>
Error logging in to Tradier: 'NoneType' object is not subscriptable
Logged in to Tradier!
END
else
  printf 'Tradier accounts found: 2\nxxxxxx3001\nxxxxxx3002\nLogged in to Tradier!\n'
fi
bar="=============================="
if [ "$1" = holdings ]; then
  printf '\n\n%s\nTradier Holdings\n%s\n' $bar $bar
  [ "$mode" = silent ] && hang
  [ "$mode" = takes ] && hang
  [ "$mode" = badlogin ] || cat <<END
Tradier 1 (xxxxxx3001)
AAPL: 1.0 @ \$190.00 = \$190.00
Total: \$10190.00

Tradier 1 (xxxxxx3002)
No holdings in Account
Total: \$10000.00

END
  printf '%s\nTotal Value of Tradier Accounts: $20190.00\n\nCombined Total Value Across Brokers: $20190.00\n' $bar
  echo "All commands complete in all brokers"
  exit 0
fi
printf '\n\n%s\nTradier\n%s\n\n' $bar $bar
[ "$mode" = badlogin ] && symbols=
for symbol in $symbols; do
  echo "Tradier 1: ${side}ing $amount of $symbol"
  for account in 3001 3002; do
    if [ $dry = True ]; then
      echo "Tradier account xxxxxx$account: Running in DRY mode. Trasaction would've been: $side $amount of $symbol"
      continue
    fi
    case $mode in
      silent) hang ;;
      dies) kill -9 $$ ;;
      refuses | leaks)
        why="Not enough buying power"
        [ $mode = leaks ] && why="bad header Bearer $TRADIER"
        cat <<END
Error making request to Tradier API /accounts/VA1777$account/orders: Error making request to Tradier API /accounts/VA1777$account/orders: {"errors": {"error": "$why"}}
Response: <Response [400]>
Traceback (most recent call last):
  File "<site-packages>/src/brokerages/tradier_api.py", line 50, in make_request
    <source line>
Exception: Error making request to Tradier API /accounts/VA1777$account/orders: {"errors": {"error": "$why"}}

Tradier account xxxxxx$account Error: JSON response is None
END
        continue ;;
    esac
    echo "$TRADIER $account $symbol" >> "$here/ledger"
    [ "$mode" = takes ] && hang
    echo "Tradier account xxxxxx$account: $side $amount of $symbol: ok"
  done
done
printf 'All Tradier transactions complete\n\nAll commands complete in all brokers\n'
)sh";

// The fake tool in a folder of the test's own, and settings for an executor that runs it.
class FakeCli {
 public:
  FakeCli() {
    folder_.write("auto_rsa_bot", kFakeCli);
    std::filesystem::permissions(command(), std::filesystem::perms::owner_all);
  }

  std::filesystem::path command() const { return folder_.path() / "auto_rsa_bot"; }
  const TempFolder& folder() const { return folder_; }

  AutorsaSettings settings() const {
    return {.dir = folder_.path() / "autorsa",
            .command = command(),
            .supervisor = TRADEAUTO_SUPERVISOR,
            .pass_environment = {}};
  }
  // In how many sub-accounts of the log-in the broker took an order for the symbol.
  std::size_t placed(std::string_view token, std::string_view symbol) const {
    std::istringstream lines(folder_.read("ledger"));
    std::size_t count = 0;
    for (std::string whose, account, what; lines >> whose >> account >> what;)
      count += whose == token && what == symbol ? 1 : 0;
    return count;
  }

 private:
  TempFolder folder_;
};

inline Credentials tradier_login(std::string token) {
  Credentials credentials;
  credentials.set("ACCESS_TOKEN", SecretString(std::move(token)));
  return credentials;
}

}  // namespace tradeauto
