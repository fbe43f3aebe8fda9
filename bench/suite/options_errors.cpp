#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "bench/suite/nearest.h"
#include "bench/suite/options.h"

namespace handoff {
namespace {

/// The command that was being read: the deepest one named on the command line.
const CLI::App* deepest(const CLI::App* app) {
  while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
  return app;
}

/// "handoff run", as typed.
std::string called(const CLI::App* app) {
  std::string name = app->get_name();
  for (app = app->get_parent(); app != nullptr; app = app->get_parent()) {
    name = app->get_name() + " " + name;
  }
  return name.empty() ? "handoff" : name;
}

std::vector<std::string> option_names(const CLI::App* app) {
  std::vector<std::string> names;
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

std::vector<std::string> command_names(const CLI::App* app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app->get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::string unexpected(const CLI::App& root, const std::string& seen) {
  const CLI::App* app = deepest(&root);
  if (!seen.empty() && seen.front() == '-') {
    const std::string name = seen.substr(0, seen.find('='));
    const std::size_t letters = std::min(name.find_first_not_of('-'), name.size());
    const auto near = nearest("--" + name.substr(letters), option_names(app));
    if (!near) return fmt::format("unknown option '{}'; '{} --help' shows all", name, called(app));
    return fmt::format("unknown option '{}'; did you mean '{}'? ('{} --help' shows all)", name,
                       *near, called(app));
  }
  const auto commands = command_names(app);
  if (!commands.empty()) {
    return fmt::format("unknown command '{}'; {}", seen, did_you_mean(seen, commands));
  }
  return fmt::format("unexpected argument '{}'; '{} --help' shows what it takes", seen,
                     called(app));
}

/// The option that a CLI11 message is about: it begins the message, with or without dashes.
std::string named_option(const CLI::App& root, const std::string& message) {
  const std::string first = message.substr(0, message.find_first_of(": "));
  for (const std::string& name : option_names(deepest(&root))) {
    if (name == first || name == "--" + first) return name;
  }
  return {};
}

bool is(const CLI::ParseError& error, CLI::ExitCodes code) {
  return error.get_exit_code() == static_cast<int>(code);
}

std::string sentence(const CLI::App& root, const CLI::ParseError& error) {
  const CLI::App* app = deepest(&root);
  const bool required = is(error, CLI::ExitCodes::RequiredError);
  if (is(error, CLI::ExitCodes::ExtrasError) || required) {  // a mistyped command is both
    const auto rest = root.remaining(true);
    const auto option = std::find_if(rest.begin(), rest.end(),
                                     [](const auto& word) { return word.rfind('-', 0) == 0; });
    // If no command was recognised, the first word is wrong, not the words that follow it.
    const bool mistyped = app == &root && !rest.empty() && rest.front().rfind('-', 0) != 0;
    if (!rest.empty()) {
      return unexpected(root, mistyped || option == rest.end() ? rest.front() : *option);
    }
  }
  const auto commands = command_names(app);
  if (required && !commands.empty()) {
    std::string list;
    for (const std::string& command : commands) list += (list.empty() ? "" : ", ") + command;
    return fmt::format("no command given; give one of {} ('{} --help' explains them)", list,
                       called(app));
  }
  std::string message = error.what();
  const std::string option = named_option(root, message);
  const CLI::Option* known = option.empty() ? nullptr : app->get_option_no_throw(option);
  if (known != nullptr && known->get_items_expected_max() == 0) {
    return fmt::format("{} takes no value; give it alone", option);
  }
  if (known != nullptr && message.find("missing") != std::string::npos) {
    return fmt::format("{} needs a value, {} ('{} --help' explains it)", option,
                       known->get_type_name(), called(app));
  }
  std::replace(message.begin(), message.end(), '\n', ' ');
  return fmt::format("{} ('{} --help' shows all options)", message, called(app));
}

}  // namespace

Exit exit_for(const CLI::App& root, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {
    if (dynamic_cast<const CLI::CallForVersion*>(&error) != nullptr) {
      return {0, std::string(error.what()) + "\n", ""};
    }
    const bool all = dynamic_cast<const CLI::CallForAllHelp*>(&error) != nullptr;
    return {0, root.help("", all ? CLI::AppFormatMode::All : CLI::AppFormatMode::Normal), ""};
  }
  return {1, "", "handoff: " + sentence(root, error) + "\n"};
}

Exit exit_for(const UsageError& error) {
  return {1, "", std::string("handoff: ") + error.what() + "\n"};
}

}  // namespace handoff
