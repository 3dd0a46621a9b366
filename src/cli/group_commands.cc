#include <memory>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "cli/command_set.h"
#include "cli/resource.h"

namespace tradeauto {
namespace {

Listing group_listing() {
  Listing listing;
  listing.columns = {member("NAME", "name"), member("STATE", "state"), member("WORKER", "worker"),
                     member("ACCOUNTS", "accounts")};
  listing.columns[1].is_status = true;
  return listing;
}

RestCall group_call(const std::string& method, const std::string& name) {
  RestCall call;
  call.method = method;
  call.target = path_of({"groups", name});
  if (method == "PUT") call.body.emplace();
  return call;
}

using Name = std::shared_ptr<std::string>;

// A verb over one group.
CLI::App& add_one(CLI::App& noun, const std::string& verb, const std::string& help, const Name& name) {
  CLI::App& command = add_verb(noun, verb, help, fmt::format("tradeauto group {} family", verb));
  command.add_option("name", *name, "the group's name")->required();
  return command;
}

}  // namespace

void add_group_commands(const CommandSet& set) {
  CLI::App& noun = set.noun("group", "named sets of accounts");
  CLI::App& list =
      add_verb(noun, "list", "all groups, and who serves them", "tradeauto group list\ntradeauto group list -o name");
  run_on(set, list, [](Command& command) { return print_list(command, path_of({"groups"}), group_listing()); });

  const auto name = std::make_shared<std::string>();
  run_on(set, add_one(noun, "add", "make a group; one that is there stays as it is", name), [name](Command& command) {
    return print_one(command, group_call("PUT", *name), group_listing(), fmt::format("group {} added", *name),
                     fmt::format("group {} was there before", *name));
  });
  run_on(set, add_one(noun, "show", "one group", name),
         [name](Command& command) { return print_one(command, group_call("GET", *name), group_listing()); });
  run_on(set, add_one(noun, "remove", "remove a group that has no accounts", name), [name](Command& command) {
    return remove(command, path_of({"groups", *name}), fmt::format("Remove the group {}?", *name),
                  fmt::format("group {} removed", *name));
  });
}

}  // namespace tradeauto
