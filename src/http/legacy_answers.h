#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "crypto/crypto.h"
#include "http/api_message.h"

namespace tradeauto {

// What was answered under which Idempotency-Key, for the requests that have no place for a key in the store: a repeat
// gets the first one's answer. Good answers only, the last ones only, and only of this process: forgetting costs a
// second attempt at what can be done twice without harm. Orders do not come here: their key is in the ledger.
// Thread-safe.
class LegacyAnswers {
 public:
  explicit LegacyAnswers(std::size_t most = 4096) : most_(most) {}

  enum class State { first, running, answered, other_request };
  struct Begun {
    State state = State::first;
    std::optional<ApiReply> reply;  // when `answered`
  };
  // `request` tells one request from another. After `first` finish() must be called.
  Begun begin(const std::string& key, const Digest& request);
  // Keeps an answer 200; after another one the key is as good as new.
  void finish(const std::string& key, const ApiReply& reply);
  // The request ended without an answer.
  void abandon(const std::string& key);

 private:
  struct Entry {
    Digest request{};
    std::optional<ApiReply> reply;
  };

  const std::size_t most_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::deque<std::string> answered_;  // oldest first
};

}  // namespace tradeauto
