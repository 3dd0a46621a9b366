#include "http/authorization.h"

#include <string>

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

std::string password_of(std::string_view header) {
  const auto password = basic_password(header);
  return password ? std::string(password->reveal()) : "(none)";
}

TEST(AuthorizationTest, ReadsABearerToken) {
  EXPECT_EQ(bearer_token("Bearer ta_x"), "ta_x");
  EXPECT_EQ(bearer_token("bearer ta_x"), "ta_x");
  for (const char* header : {"", "Bearer", "Bearer ", "Bearerta_x", "Basic ta_x", "ta_x"}) {
    EXPECT_FALSE(bearer_token(header)) << header;
  }
}

TEST(AuthorizationTest, ReadsABasicPassword) {
  EXPECT_EQ(password_of("Basic dTpwYXNz"), "pass");  // u:pass
  EXPECT_EQ(password_of("basic OnRhX3g="), "ta_x");  // :ta_x
  EXPECT_EQ(password_of("Basic OnRhX3g"), "ta_x");   // without its padding
  EXPECT_EQ(password_of("Basic dTphOmI="), "a:b");   // u:a:b
  EXPECT_EQ(password_of("Basic dTo="), "");          // u:
  for (const char* header : {"", "Basic", "Basic ", "Basic !!!!", "Basic dQ==", "Basic A", "Bearer dTpwYXNz"}) {
    EXPECT_EQ(password_of(header), "(none)") << header;
  }
}

}  // namespace
}  // namespace tradeauto
