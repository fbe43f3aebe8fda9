// Small text files of the kernel (/proc, /sys, /etc): read whole, trimmed, as numbers, as CPU
// lists.
//
// Every function takes `root`, a prefix put before the absolute path ("" on a real machine, a
// directory of fixtures in tests). A file that is missing or unreadable is the normal case in
// containers and VMs: it gives nullopt, never an exception.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handoff::machine {

/// The whole text of root + path.
std::optional<std::string> read_text(const std::string& root, const std::string& path);
/// The same without white space at both ends; nullopt when nothing is left.
std::optional<std::string> read_word(const std::string& root, const std::string& path);
/// The number the file starts with; nullopt when it starts with something else ("max").
std::optional<double> read_number(const std::string& root, const std::string& path);

/// The leading number of `text`; nullopt when there is none.
std::optional<double> to_number(std::string_view text);
/// Without white space at both ends.
std::string_view trimmed(std::string_view text);
/// The non-empty parts of `text` between any of the characters of `separators`.
std::vector<std::string> split(std::string_view text, std::string_view separators);

/// The value behind `key` in lines of "key: value" (/proc/cpuinfo, /proc/meminfo) or "key value"
/// (memory.stat, with separator ' '): the first line whose key is exactly `key`.
std::optional<std::string> value_of(std::string_view text, std::string_view key,
                                    char separator = ':');

}  // namespace handoff::machine
