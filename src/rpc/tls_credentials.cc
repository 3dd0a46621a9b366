#include "rpc/tls_credentials.h"

#include <mutex>
#include <utility>

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

namespace tradeauto {
namespace {

// gRPC's C++ door takes certificates once and for all; its C door asks for them at each handshake.
class RenewedCredentials final : public grpc::ServerCredentials {
 public:
  explicit RenewedCredentials(std::shared_ptr<const TlsSource> source) : source_(std::move(source)) {
    const auto clients = source_->current()->authorities.empty()
                             ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                             : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
    credentials_ = grpc_ssl_server_credentials_create_with_options(
        grpc_ssl_server_credentials_create_options_using_config_fetcher(clients, &RenewedCredentials::fetch, this));
  }
  RenewedCredentials(const RenewedCredentials&) = delete;
  RenewedCredentials& operator=(const RenewedCredentials&) = delete;
  ~RenewedCredentials() override { grpc_server_credentials_release(credentials_); }

  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>& /*processor*/) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  static grpc_ssl_certificate_config_reload_status fetch(void* self, grpc_ssl_server_certificate_config** config) {
    return static_cast<RenewedCredentials*>(self)->renew(config);
  }

  grpc_ssl_certificate_config_reload_status renew(grpc_ssl_server_certificate_config** config) {
    const std::scoped_lock lock(mutex_);
    auto current = source_->current();
    if (current == taken_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    // The view is of a whole std::string, which ends with a zero.
    const grpc_ssl_pem_key_cert_pair own{.private_key = current->key.reveal().data(),
                                         .cert_chain = current->certificates.c_str()};
    // gRPC 1.51 ends the process without any, also where no client is asked: there it needs them for nothing.
    const std::string& authorities = current->authorities.empty() ? current->certificates : current->authorities;
    *config = grpc_ssl_server_certificate_config_create(authorities.c_str(), &own, 1);
    taken_ = std::move(current);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  const std::shared_ptr<const TlsSource> source_;
  grpc_server_credentials* credentials_ = nullptr;
  std::mutex mutex_;
  std::shared_ptr<const TlsMaterial> taken_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> server_credentials(std::shared_ptr<const TlsSource> source) {
  if (!source) return grpc::InsecureServerCredentials();
  return std::make_shared<RenewedCredentials>(std::move(source));
}

std::shared_ptr<grpc::ChannelCredentials> channel_credentials(const std::shared_ptr<const TlsSource>& source) {
  if (!source) return grpc::InsecureChannelCredentials();
  const auto current = source->current();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = current->authorities;
  options.pem_cert_chain = current->certificates;
  options.pem_private_key = std::string(current->key.reveal());
  return grpc::SslCredentials(options);
}

}  // namespace tradeauto
