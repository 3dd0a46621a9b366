#include "http/legacy_answers.h"

namespace tradeauto {

LegacyAnswers::Begun LegacyAnswers::begin(const std::string& key, const Digest& request) {
  const std::scoped_lock lock(mutex_);
  const auto [it, is_new] = entries_.try_emplace(key, Entry{.request = request, .reply = {}});
  if (is_new) return {.state = State::first, .reply = {}};
  if (it->second.request != request) return {.state = State::other_request, .reply = {}};
  if (!it->second.reply) return {.state = State::running, .reply = {}};
  return {.state = State::answered, .reply = it->second.reply};
}

void LegacyAnswers::finish(const std::string& key, const ApiReply& reply) {
  if (reply.status != 200) {
    abandon(key);
    return;
  }
  const std::scoped_lock lock(mutex_);
  entries_.at(key).reply = reply;
  answered_.push_back(key);
  if (answered_.size() > most_) {
    entries_.erase(answered_.front());
    answered_.pop_front();
  }
}

void LegacyAnswers::abandon(const std::string& key) {
  const std::scoped_lock lock(mutex_);
  entries_.erase(key);
}

}  // namespace tradeauto
