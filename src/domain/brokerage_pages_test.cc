#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "domain/brokerage.h"

namespace tradeauto {
namespace {

const std::filesystem::path kPages = std::filesystem::path(TRADEAUTO_TEST_DATA) / "../../docs/brokerages";

std::string read_page(const std::string& name) {
  std::ifstream in(kPages / name);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string page_of(const BrokerageInfo& brokerage) {
  std::string name(brokerage.name);
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return name + ".md";
}

TEST(BrokeragePagesTest, EachHasAPageThatNamesWhatItAsksFor) {
  const std::string index = read_page("README.md");
  for (const BrokerageInfo& brokerage : all_brokerages()) {
    const std::string name = page_of(brokerage);
    const std::string page = read_page(name);
    EXPECT_FALSE(page.empty()) << name;
    EXPECT_NE(index.find("(" + name + ")"), std::string::npos) << name << " is not in the index";
    EXPECT_NE(page.find("`" + std::string(brokerage.name) + "`"), std::string::npos) << name;
    EXPECT_NE(page.find("| guarantee | `" + std::string(to_string(brokerage.guarantee)) + "`"), std::string::npos)
        << name;
    EXPECT_NE(page.find(std::string("| needs a browser | ") + (brokerage.needs_browser ? "yes" : "no")),
              std::string::npos)
        << name;
    EXPECT_EQ(page.find("| quantity | whole shares") != std::string::npos, brokerage.whole_shares) << name;
    for (const CredentialField& field : brokerage.fields) {
      const std::string row = "| `" + std::string(field.name) + "` | " + (field.optional ? "no" : "yes") + " | ";
      EXPECT_NE(page.find(row), std::string::npos) << name << " does not tell of " << field.name;
    }
  }
}

TEST(BrokeragePagesTest, NoPageIsOfAnythingElse) {
  std::size_t pages = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kPages)) {
    if (entry.path().extension() == ".md") ++pages;
  }
  EXPECT_EQ(pages, all_brokerages().size() + 1);  // and the index
}

}  // namespace
}  // namespace tradeauto
