// `handoff complete WORD...`: what a shell may put in place of the last word. Asked by the scripts
// in scripts/completion/, which know nothing of commands and options themselves.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace handoff {

/// `words`: what follows the program's name, up to the cursor; the last may be empty. Prints what
/// kind of word is wanted:
///   words        one of the lines that follow: a word, a tab, what it means
///   list         the same, and more may follow behind a comma
///   files, directories   the name of one
int complete_command(const CLI::App& root, const std::vector<std::string>& words,
                     std::ostream& out);

}  // namespace handoff
