// `handoff complete WORD...`: prints the possible completions of the last word. The shell scripts
// in scripts/completion/ call it; they contain no list of commands or options.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace handoff {

/// `words`: the words after the program's name, up to the cursor; the last may be empty. The first
/// line printed says which kind of word is expected:
///   words        one of the words on the lines that follow: a word, a tab, its meaning
///   list         the same, and further words may follow after a comma
///   files, directories   the name of a file or directory
int complete_command(const CLI::App& root, const std::vector<std::string>& words,
                     std::ostream& out);

}  // namespace handoff
