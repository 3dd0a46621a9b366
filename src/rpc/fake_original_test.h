#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include "WorkerTradingService.grpc.pb.h"

namespace tradeauto {

// A worker's server on loopback. `port` 0: any free one, told in `port`.
inline std::unique_ptr<grpc::Server> serve_legacy(grpc::Service& service, int wanted, int& port) {
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort("127.0.0.1:" + std::to_string(wanted), grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  return builder.BuildAndStart();
}

// The original worker: serial, OK in every case, Failure as text.
class FakeOriginal final : public TradingService::WorkerTradingService::Service {
 public:
  using Answer = std::function<void(Task::Transaction::Response&)>;

  explicit FakeOriginal(int wanted = 0) { server_ = serve_legacy(*this, wanted, port); }
  ~FakeOriginal() override { stop(); }
  // As a kill does it: what is under way gets no answer.
  void stop() {
    if (!server_) return;
    server_->Shutdown(std::chrono::system_clock::time_point());
    server_.reset();
  }
  void release() {
    const std::scoped_lock lock(mutex_);
    hang_ = false;
    changed_.notify_all();
  }
  void hang() {
    const std::scoped_lock lock(mutex_);
    hang_ = true;
  }
  // What every activation is answered.
  void answer_activations(Types::Status status) {
    const std::scoped_lock lock(mutex_);
    activation_ = status;
  }
  // What every Transaction is answered.
  void answer_transactions(Answer answer) {
    const std::scoped_lock lock(mutex_);
    answer_ = std::move(answer);
  }
  std::vector<std::string> seen() const {
    const std::scoped_lock lock(mutex_);
    return seen_;
  }

  grpc::Status Activation(grpc::ServerContext* /*context*/, const Task::Activation::Task* task,
                          Task::Activation::Response* response) override {
    const std::scoped_lock lock(mutex_);
    seen_.push_back("activate " + task->account_name() + " " + task->account_details().access_token());
    response->set_status(activation_);
    return grpc::Status::OK;
  }
  grpc::Status Transaction(grpc::ServerContext* context, const Task::Transaction::Task* task,
                           Task::Transaction::Response* response) override {
    std::unique_lock lock(mutex_);
    seen_.push_back((task->method() == Task::Transaction::Buy ? "buy " : "sell ") + std::to_string(task->amount()) +
                    " " + task->ticker());
    while (hang_ && !context->IsCancelled()) changed_.wait_for(lock, std::chrono::milliseconds(20));
    if (context->IsCancelled()) return grpc::Status::CANCELLED;
    answer_(*response);
    return grpc::Status::OK;
  }

  int port = 0;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> seen_;
  bool hang_ = false;
  Types::Status activation_ = Types::Success;
  Answer answer_ = [](Task::Transaction::Response& response) {
    response.set_status(Types::Failure);
    response.set_message("Internal Error: told to");
  };
  std::unique_ptr<grpc::Server> server_;
};

// A worker that answers bytes of the test's choice.
class ByteWorker final : public TradingService::WorkerTradingService::WithRawCallbackMethod_Activation<
                             TradingService::WorkerTradingService::WithRawCallbackMethod_Transaction<
                                 TradingService::WorkerTradingService::Service>> {
 public:
  ByteWorker(std::string activation, std::string transaction)
      : activation_(std::move(activation)), transaction_(std::move(transaction)) {
    server_ = serve_legacy(*this, 0, port);
  }
  ~ByteWorker() override { server_->Shutdown(std::chrono::system_clock::time_point()); }

  grpc::ServerUnaryReactor* Activation(grpc::CallbackServerContext* context, const grpc::ByteBuffer* /*task*/,
                                       grpc::ByteBuffer* response) override {
    return answer(context, activation_, *response);
  }
  grpc::ServerUnaryReactor* Transaction(grpc::CallbackServerContext* context, const grpc::ByteBuffer* /*task*/,
                                        grpc::ByteBuffer* response) override {
    return answer(context, transaction_, *response);
  }

  int port = 0;

 private:
  static grpc::ServerUnaryReactor* answer(grpc::CallbackServerContext* context, const std::string& bytes,
                                          grpc::ByteBuffer& response) {
    const grpc::Slice slice(bytes);
    response = grpc::ByteBuffer(&slice, 1);
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  const std::string activation_;
  const std::string transaction_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace tradeauto
