#pragma once

#include "http/route_table.h"
#include "ports/order_api.h"

namespace tradeauto {

// /v1/groups and the accounts below them.
class AccountRoutes {
 public:
  // `accounts` outlives it, and it outlives the table.
  explicit AccountRoutes(AccountApi& accounts) : accounts_(accounts) {}

  void add_to(RouteTable& routes);

 private:
  asio::awaitable<Result<ApiReply>> list_groups(ApiCall call);
  asio::awaitable<Result<ApiReply>> show_group(ApiCall call);
  asio::awaitable<Result<ApiReply>> put_group(ApiCall call);
  asio::awaitable<Result<ApiReply>> delete_group(ApiCall call);
  asio::awaitable<Result<ApiReply>> list_accounts(ApiCall call);
  asio::awaitable<Result<ApiReply>> show_account(ApiCall call);
  asio::awaitable<Result<ApiReply>> put_account(ApiCall call);
  asio::awaitable<Result<ApiReply>> patch_account(ApiCall call);
  asio::awaitable<Result<ApiReply>> delete_account(ApiCall call);

  AccountApi& accounts_;
};

}  // namespace tradeauto
