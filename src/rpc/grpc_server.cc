#include "rpc/grpc_server.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_posix.h>

#include "net/address.h"
#include "net/listener.h"
#include "net/pool.h"
#include "rpc/tls_credentials.h"

namespace tradeauto {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

ListenAddress listen_address(const GrpcServerSettings& settings) {
  return {.what = "gRPC",
          .host_setting = settings.host_setting,
          .host = settings.host,
          .port_setting = settings.port_setting,
          .port = settings.port};
}

// The one address to listen on: a name's first IPv4 address, else its first IPv6 one. (Given a name, gRPC would take
// whichever of its addresses are free, and so pass over a taken port.)
struct Listen {
  AddressList all;
  const addrinfo* address;
  std::string numeric;
};

Result<Listen> resolve(const GrpcServerSettings& settings) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  const std::string host(bare_host(settings.host));
  addrinfo* found = nullptr;
  if (const int failed = getaddrinfo(host.c_str(), std::to_string(settings.port).c_str(), &hints, &found);
      failed != 0) {
    return bad_listen_host(listen_address(settings), gai_strerror(failed));
  }
  Listen out{.all = AddressList(found, &freeaddrinfo), .address = found, .numeric = {}};
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    if (address->ai_family != AF_INET) continue;
    out.address = address;
    break;
  }
  std::array<char, NI_MAXHOST> text{};
  getnameinfo(out.address->ai_addr, out.address->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  out.numeric = text.data();
  return out;
}

// gRPC does not say why it could not bind, so the same is tried once more by hand.
Error diagnose(const GrpcServerSettings& settings, const addrinfo& address) {
  const int probe = socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const int error = bind(probe, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  close(probe);
  if (error == 0) {
    return make_error(
        ErrorCode::unavailable, "cannot_listen",
        fmt::format("cannot listen for gRPC on {}={}, {}={}: the address was taken and is free now; start "
                    "again",
                    settings.host_setting, settings.host, settings.port_setting, settings.port));
  }
  return listen_error(listen_address(settings), {error, boost::system::system_category()});
}

void prepare_grpc() {
  static std::once_flag once;
  std::call_once(once, [] {
    silence_grpc();
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

void set_arguments(grpc::ServerBuilder& builder, const GrpcServerSettings& settings) {
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.SetMaxSendMessageSize(kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, settings.max_streams);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(settings.keepalive.count()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);
  builder.SetResourceQuota(grpc::ResourceQuota("server").Resize(settings.max_buffers));
  // Reflection is the only service with threads of its own: one poller is enough, and two at most wait for it.
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
}

}  // namespace

void silence_grpc() {
  gpr_set_log_function([](gpr_log_func_args* /*line*/) {});
  google::protobuf::SetLogHandler(nullptr);
}

GrpcServer::GrpcServer(GrpcServerSettings settings, std::vector<grpc::Service*> services)
    : settings_(std::move(settings)), services_(std::move(services)) {}

GrpcServer::~GrpcServer() = default;

Result<std::uint16_t> GrpcServer::start() {
  TRY_VOID(join_address(settings_.host_setting, settings_.host, settings_.port));
  TRY(const Listen listen, resolve(settings_));
  TRY(const std::string address, join_address(settings_.host_setting, listen.numeric, settings_.port));
  grpc::ServerBuilder builder;
  int port = 0;
  credentials_ = server_credentials(settings_.tls);
  builder.AddListeningPort(address, credentials_, &port);
  build(builder);
  if (server_ == nullptr || port <= 0) {
    server_.reset();
    return diagnose(settings_, *listen.address);
  }
  return static_cast<std::uint16_t>(port);
}

Result<void> GrpcServer::start_unbound() {
  grpc::ServerBuilder builder;
  build(builder);
  if (server_ != nullptr) return {};
  return make_error(ErrorCode::internal, "cannot_serve", "the gRPC server cannot be started");
}

void GrpcServer::build(grpc::ServerBuilder& builder) {
  prepare_grpc();
  set_arguments(builder, settings_);
  for (grpc::Service* service : services_) builder.RegisterService(service);
  server_ = builder.BuildAndStart();
}

void GrpcServer::adopt(int socket) { grpc::AddInsecureChannelFromFd(server_.get(), socket); }

std::shared_ptr<grpc::Channel> GrpcServer::own_channel() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  return server_->InProcessChannel(arguments);
}

void GrpcServer::set_serving(bool serving) {
  if (server_ != nullptr) server_->GetHealthCheckService()->SetServingStatus(serving);
}

asio::awaitable<void> GrpcServer::stop() {
  if (server_ == nullptr) co_return;
  // Blocks until the last reaction has returned, so it has a thread of its own; it is over in milliseconds.
  BlockingPool pool("grpc-stop", 1);
  grpc::Server* server = server_.get();
  co_await pool.run([server] {
    server->Shutdown(gpr_time_0(GPR_CLOCK_REALTIME));
    return true;
  });
  server_.reset();
}

}  // namespace tradeauto
