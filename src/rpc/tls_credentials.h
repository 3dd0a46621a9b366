#pragma once

#include <memory>

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include "net/tls.h"

namespace tradeauto {

// A server's end: each new connection gets what `source` has then. Where `source` names authorities, a client must show
// a certificate that one of them signed; whether it does cannot change later. Null: in clear. Outlives its server.
std::shared_ptr<grpc::ServerCredentials> server_credentials(std::shared_ptr<const TlsSource> source);

// A client's end, for one channel. Null: in clear.
std::shared_ptr<grpc::ChannelCredentials> channel_credentials(const std::shared_ptr<const TlsSource>& source);

}  // namespace tradeauto
