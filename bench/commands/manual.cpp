#include "bench/commands/manual.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "bench/machine/build_info.h"

namespace handoff {

namespace {

/// `text` escaped for roff: hyphens stay ASCII, and no line is taken for a roff request.
std::string roff(std::string_view text) {
  std::string safe;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) safe += "\\&";
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else {
      safe += c;
    }
    line_begins = c == '\n';
  }
  return safe;
}

void put_option(std::ostream& out, const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames()) names += ", \\fB" + roff("-" + name) + "\\fR";
  for (const std::string& name : option.get_lnames()) {
    names += ", \\fB" + roff("--" + name) + "\\fR";
  }
  if (option.get_positional()) names = ", \\fI" + roff(option.get_name()) + "\\fR";
  if (option.get_items_expected_max() != 0 && !option.get_positional()) {
    names += " \\fI" + roff(option.get_type_name()) + "\\fR";
  }
  out << ".TP\n" << names.substr(2) << '\n' << roff(option.get_description()) << '\n';
  if (!option.get_default_str().empty()) {
    out << fmt::format("Default: {}\n", roff(option.get_default_str()));
  }
  if (option.get_required()) out << "Required.\n";
}

void put_command(std::ostream& out, const CLI::App& command) {
  std::string synopsis = "[\\fIOPTION\\fR...]";
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) synopsis += " \\fI" + roff(option->get_name()) + "\\fR";
  }
  out << fmt::format(".SS handoff {}\n{}.\n.PP\n\\fBhandoff {}\\fR {}\n", command.get_name(),
                     roff(command.get_description()), command.get_name(), synopsis);
  for (const CLI::Option* option : command.get_options()) put_option(out, *option);
  if (!command.get_footer().empty()) {
    out << ".PP\n.nf\n" << roff(command.get_footer()) << "\n.fi\n";
  }
}

}  // namespace

int manual_command(const CLI::App& root, std::ostream& out) {
  const std::string about = root.get_description();
  const std::string what = about.substr(about.find(": ") + 2);  // "handoff: compares ..."
  out << fmt::format(
      ".TH HANDOFF 1 \"\" \"handoff {}\" \"User Commands\"\n"
      ".SH NAME\nhandoff \\- {}\n"
      ".SH SYNOPSIS\n\\fBhandoff\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]\n"
      ".SH OPTIONS\n",
      version(), roff(what));
  for (const CLI::Option* option : root.get_options()) put_option(out, *option);
  out << ".SH COMMANDS\n";
  for (const CLI::App* command : root.get_subcommands([](const CLI::App*) { return true; })) {
    put_command(out, *command);
  }
  return 0;
}

}  // namespace handoff
