#include "bench/commands/complete.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <string_view>

#include "bench/commands/export.h"
#include "bench/commands/selfcheck.h"
#include "bench/interface/registry.h"
#include "bench/plan/plugins.h"
#include "bench/suite/options.h"
#include "bench/suite/suite_values.h"

namespace handoff {

namespace {

/// Options of any command whose values are known words.
struct KnownWords {
  std::string_view option;  // name without dashes; or the name of a positional argument
  const std::vector<std::string>& (*words)();
};
constexpr KnownWords kKnownWords[] = {
    {"checks", check_names},      {"format", export_formats},   {"pairs", pair_words},
    {"pin", pin_words},           {"progress", progress_words}, {"suite", suite_names},
    {"transfer", transfer_words}, {"wait", wait_words},
};

/// The name of an option without dashes, or the name of a positional argument.
std::string key_of(const CLI::Option& option) {
  return option.get_lnames().empty() ? option.get_name() : option.get_lnames().front();
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() != 0; }

/// The help text up to its first full stop, on one line.
std::string first_sentence(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.substr(0, text.find(". "));
}

class Completion {
 public:
  Completion(const CLI::App& root, std::ostream& out) : root_(root), app_(&root), out_(out) {}

  /// Takes in a word that stands before the one to complete.
  void pass(const std::string& word) {
    if (awaited_ != nullptr) {
      if (key_of(*awaited_) == "plugin") plugins_.push_back(word);
      awaited_ = nullptr;
    } else if (word.starts_with('-')) {
      const CLI::Option* option = app_->get_option_no_throw(word);
      if (option != nullptr && takes_value(*option)) awaited_ = option;
    } else if (const CLI::App* command = app_ == &root_ ? find_command(word) : nullptr) {
      app_ = command;
    } else {
      ++arguments_;
    }
  }

  void complete(const std::string& typed) const {
    if (awaited_ != nullptr) return offer_values(*awaited_, "", typed);
    if (const std::size_t equals = typed.find('=');
        typed.starts_with('-') && equals != std::string::npos) {
      const CLI::Option* option = app_->get_option_no_throw(typed.substr(0, equals));
      if (option == nullptr || !takes_value(*option)) return;
      return offer_values(*option, typed.substr(0, equals + 1), typed.substr(equals + 1));
    }
    if (!typed.starts_with('-')) {
      if (app_ == &root_) return offer_commands(typed);
      if (const CLI::Option* argument = next_argument()) return offer_values(*argument, "", typed);
    }
    offer_options(typed);
  }

 private:
  const CLI::App* find_command(const std::string& name) const {
    for (const CLI::App* command : commands()) {
      if (command->get_name() == name) return command;
    }
    return nullptr;
  }
  std::vector<const CLI::App*> commands() const {
    return root_.get_subcommands([](const CLI::App*) { return true; });
  }

  const CLI::Option* next_argument() const {
    std::size_t place = 0;
    for (const CLI::Option* option : app_->get_options()) {
      if (!option->get_positional()) continue;
      if (place++ == arguments_ || option->get_items_expected_max() > 1) return option;
    }
    return nullptr;
  }

  void offer(const std::string& word, const std::string& typed, const std::string& help) const {
    if (word.starts_with(typed)) out_ << word << '\t' << help << '\n';
  }
  void offer_commands(const std::string& typed) const {
    out_ << "words\n";
    for (const CLI::App* command : commands()) {
      offer(command->get_name(), typed, first_sentence(command->get_description()));
    }
  }
  void offer_options(const std::string& typed) const {
    out_ << "words\n";
    for (const CLI::Option* option : app_->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        offer("--" + name, typed, first_sentence(option->get_description()));
      }
    }
  }

  /// `before`: the part of the word in front of the value, such as "--wait=".
  void offer_values(const CLI::Option& option, const std::string& before,
                    const std::string& typed) const {
    const std::string type = option.get_type_name(), key = key_of(option);
    const bool several = type.ends_with("...");
    const std::size_t last = several ? typed.find_last_of(key == "strategies" ? ",=" : ",") + 1 : 0;
    const auto values = words_of(key);
    if (!values.empty()) {
      out_ << (several ? "list\n" : "words\n");
      const std::string kept = before + typed.substr(0, last);
      for (const auto& [word, help] : values) offer(kept + word, before + typed, help);
    } else if (type == "DIR") {
      out_ << "directories\n";
    } else if (type == "FILE" || option.get_positional()) {
      out_ << "files\n";
    } else {
      out_ << "words\n";
    }
  }

  struct Value {
    std::string word, help;
  };
  std::vector<Value> words_of(std::string_view key) const {
    std::vector<Value> all;
    for (const KnownWords& known : kKnownWords) {
      if (known.option != key) continue;
      for (const std::string& word : known.words()) all.push_back({word, ""});
    }
    if (key != "strategies") return all;
    for (const Descriptor* strategy : strategies()) {
      all.push_back({std::string(strategy->name), std::string(strategy->summary)});
    }
    try {
      for (const auto& foreign : describe_plugins(plugins_)) {
        all.push_back({foreign->name, foreign->summary});
      }
    } catch (const UsageError&) {  // the command itself will report it
    }
    return all;
  }

  const CLI::App& root_;
  const CLI::App* app_;                   // the command so far
  const CLI::Option* awaited_ = nullptr;  // the option whose value comes next
  std::size_t arguments_ = 0;             // of the command, so far
  std::vector<std::string> plugins_;
  std::ostream& out_;
};

}  // namespace

int complete_command(const CLI::App& root, const std::vector<std::string>& words,
                     std::ostream& out) {
  Completion completion(root, out);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) completion.pass(words[i]);
  completion.complete(words.empty() ? "" : words.back());
  return 0;
}

}  // namespace handoff
