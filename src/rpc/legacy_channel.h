#pragma once

#include <memory>
#include <string>

#include <grpcpp/channel.h>

namespace tradeauto::legacy {

// A channel to a peer of the original pair: no retry, and no HTTP/2 ping ever, which an original's server takes for an
// attack. It never goes idle by itself, so that its state tells how the peer is.
std::shared_ptr<grpc::Channel> make_channel(const std::string& endpoint);

}  // namespace tradeauto::legacy
