#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include "WorkerTradingService.grpc.pb.h"
#include "base/clock.h"

namespace tradeauto::legacy {

namespace asio = boost::asio;

// A deadline as gRPC takes it.
inline std::chrono::system_clock::time_point wall_deadline(const Clock& clock, std::chrono::nanoseconds within) {
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(clock.now().time_since_epoch() + within));
}

// One unary call to a peer of the original pair, and everything that gRPC uses until it has answered.
template <typename Request, typename Response>
struct Call {
  grpc::ClientContext context;
  Request request;
  Response response;
  grpc::Status status;
};

// Sends the request by `start(call, done)`; returns when `call` holds the answer. Cancellation cancels the call, and
// the answer is still waited for: it comes at once then.
template <typename Request, typename Response, typename Start>
asio::awaitable<void> send(std::shared_ptr<Call<Request, Response>> call, Start start) {
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [](auto handler, std::shared_ptr<Call<Request, Response>> sent, Start begin) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        if (auto slot = asio::get_associated_cancellation_slot(*waiting); slot.is_connected()) {
          slot.assign([sent](asio::cancellation_type /*type*/) { sent->context.TryCancel(); });
        }
        begin(*sent, [sent, waiting](grpc::Status status) {
          sent->status = std::move(status);
          asio::post(asio::get_associated_executor(*waiting), [waiting] {
            asio::get_associated_cancellation_slot(*waiting).clear();
            std::move (*waiting)();
          });
        });
      },
      asio::use_awaitable, std::move(call), std::move(start));
}

// The same for a method of the worker's service. Reads the answer itself: gRPC's callbacks say OK of bytes that are no
// such message, and leave what they could read of it. The call's status tells of those here.
template <typename Response, typename Request>
asio::awaitable<Response> send_and_read(std::shared_ptr<grpc::Channel> channel, std::string method,
                                        std::shared_ptr<Call<Request, grpc::ByteBuffer>> call) {
  co_await send(call, [&](Call<Request, grpc::ByteBuffer>& sent, auto done) {
    grpc::TemplatedGenericStub<Request, grpc::ByteBuffer> stub(channel);
    stub.UnaryCall(&sent.context, "/TradingService.WorkerTradingService/" + method, grpc::StubOptions(), &sent.request,
                   &sent.response, std::move(done));
  });
  Response answer;
  if (!call->status.ok()) co_return answer;
  call->status = grpc::SerializationTraits<Response>::Deserialize(&call->response, &answer);
  if (!call->status.ok()) answer.Clear();
  co_return answer;
}

}  // namespace tradeauto::legacy
