#include "net/listener.h"

#include <string>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tradeauto {
namespace {

using testing::HasSubstr;

class ListenerTest : public testing::Test {
 protected:
  static ListenAddress at(std::string host, std::uint16_t port) {
    return {.what = "HTTP", .host_setting = "A_HOST", .host = std::move(host), .port_setting = "A_PORT", .port = port};
  }

  asio::io_context io;
  asio::ip::tcp::acceptor first{io};
  asio::ip::tcp::acceptor second{io};
};

TEST_F(ListenerTest, TellsThePortThatItTook) {
  const auto port = listen(first, at("127.0.0.1", 0));
  ASSERT_TRUE(port.ok());
  EXPECT_EQ(first.local_endpoint().port(), *port);
}

TEST_F(ListenerTest, TakesAnIpv6AddressBareAndInBrackets) {
  const auto bare = listen(first, at("::1", 0));
  if (!bare.ok()) {
    // A machine without IPv6 says so.
    EXPECT_EQ(bare.error().reason, "cannot_listen");
    return;
  }
  ASSERT_TRUE(listen(second, at("[::1]", 0)).ok());
  EXPECT_TRUE(first.local_endpoint().address().is_v6());
  EXPECT_EQ(first.local_endpoint().address(), second.local_endpoint().address());
}

TEST_F(ListenerTest, SharesNoPort) {
  const std::uint16_t port = listen(first, at("127.0.0.1", 0)).value();
  const auto again = listen(second, at("127.0.0.1", port));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().reason, "port_taken");
  EXPECT_THAT(again.error().message, HasSubstr("A_PORT="));
  EXPECT_FALSE(second.is_open());
}

TEST_F(ListenerTest, NamesAHostThatIsNotHere) {
  EXPECT_EQ(listen(first, at("host.invalid", 0)).error().reason, "bad_host");
  EXPECT_THAT(listen(first, at("192.0.2.1", 0)).error().message, HasSubstr("set another A_HOST"));
}

TEST_F(ListenerTest, NamesAPortThatIsForbidden) {
  // By hand: root, as which a build machine may run, is forbidden nothing.
  const Error error = listen_error(at("127.0.0.1", 80), asio::error::access_denied);
  EXPECT_EQ(error.reason, "port_forbidden");
  EXPECT_EQ(error.message,
            "cannot listen for HTTP on A_HOST=127.0.0.1, A_PORT=80: permission denied; set a A_PORT above 1023");
}

}  // namespace
}  // namespace tradeauto
