"""Puts faults into source text, each behind a switch: the environment variable HANDOFF_FAULT holds the
number of the fault that is switched on."""

from __future__ import annotations

from collections.abc import Sequence

from handoff_mutants.catalogue import CatalogueError, Mutant

HEADER = """\
// Which fault is switched on. Read once, before main(): forked processes inherit it.
#pragma once
#include <cstdlib>
#include <type_traits>
namespace handoff_faults {
inline const int switched_on = [] {
  const char* number = std::getenv("HANDOFF_FAULT");
  return number == nullptr ? 0 : std::atoi(number);
}();
constexpr bool on(int fault) {
  return !std::is_constant_evaluated() && switched_on == fault;
}
}  // namespace handoff_faults
"""


def place_of(mutant: Mutant, source: str) -> int:
    """The index in `source` of the text that `mutant` replaces. Raises CatalogueError unless there
    is exactly one such text."""
    begin, end = 0, len(source)
    for what, text in (("within", mutant.within), ("find", mutant.find)):
        if not text:
            continue
        times = source.count(text, begin, end)
        if times != 1:
            raise CatalogueError(
                f"'{what}' of the fault {mutant.name} occurs {times} times in {mutant.file}, but "
                "must occur once: the code has changed, or the text is too short")
        begin = source.index(text, begin, end)
        end = begin + len(text)
    return begin


def switched(mutant: Mutant) -> str:
    """The text that replaces `find` in the copy."""
    if mutant.file.endswith(".py"):
        test = f'__import__("os").environ.get("HANDOFF_FAULT") == "{mutant.number}"'
        return f"(({mutant.replace}) if {test} else ({mutant.find}))"
    test = f"::handoff_faults::on({mutant.number})"
    if mutant.kind == "statement":
        # In braces, so that a following `else` still belongs to the preceding `if`.
        return f"{{ if ({test}) {{ {mutant.replace} }} else {{ {mutant.find} }} }}"
    return f"({test} ? ({mutant.replace}) : ({mutant.find}))"


def put_in(mutants: Sequence[Mutant], source: str, header: str) -> str:
    """`source` with the faults of this file; `header`: the path by which C++ files include
    HEADER."""
    placed = sorted(((place_of(mutant, source), mutant) for mutant in mutants),
                    key=lambda pair: pair[0])
    for (begin, first), (next_begin, second) in zip(placed, placed[1:]):
        if begin + len(first.find) > next_begin:
            raise CatalogueError(f"the faults {first.name} and {second.name} replace the same text")
    for begin, mutant in reversed(placed):
        source = source[:begin] + switched(mutant) + source[begin + len(mutant.find):]
    if mutants and not mutants[0].file.endswith(".py"):
        source = f'#include "{header}"\n' + source
    return source
