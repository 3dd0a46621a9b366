#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <utility>

#include <grpcpp/support/server_callback.h>

#include "types.pb.h"

namespace tradeauto {

// One unary call that is answered later. It owns itself: gone after `done`, which comes on a thread of gRPC's once the
// answer is on its way or the caller has hung up.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  explicit UnaryCall(std::function<void()> done) : done_(std::move(done)) {}

  // The caller has hung up, or its deadline is over. Any thread, until it is answered.
  bool canceled() const { return canceled_; }

 private:
  void OnCancel() override { canceled_ = true; }
  void OnDone() override {
    done_();
    delete this;
  }

  std::function<void()> done_;
  std::atomic<bool> canceled_ = false;
};

// The answer of the original pair's worker, status and message. Whoever holds it owes it to the call: dropped ungiven,
// the caller hears UNAVAILABLE: gRPC waits for ever for a call that nobody finishes.
template <typename Response>
class UnaryAnswer final {
 public:
  UnaryAnswer(UnaryCall* call, Response* response) : call_(call), response_(response) {}
  UnaryAnswer(const UnaryAnswer&) = delete;
  UnaryAnswer& operator=(const UnaryAnswer&) = delete;
  ~UnaryAnswer() {
    if (call_ != nullptr) call_->Finish({grpc::StatusCode::UNAVAILABLE, "the worker is stopping"});
  }

  bool wanted() const { return call_ != nullptr && !call_->canceled(); }
  // Once.
  void give(bool good, std::string message) {
    response_->set_status(good ? Types::Success : Types::Failure);
    response_->set_message(std::move(message));
    std::exchange(call_, nullptr)->Finish(grpc::Status::OK);
  }

 private:
  UnaryCall* call_;
  Response* response_;
};

}  // namespace tradeauto
