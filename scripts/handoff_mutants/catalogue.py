"""The faults that can be put in: tests/mutants.toml."""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass
from pathlib import Path

KINDS = ("expression", "statement")
BUILDS = ("release", "thread")


class CatalogueError(Exception):
    """What is wrong with an entry, as a sentence that names it."""


@dataclass(frozen=True)
class Mutant:
    """One fault. `number` is what switches it on; it comes from the name, so that a new entry changes
    no file but its own."""

    number: int  # above 0
    name: str
    area: str
    file: str
    kind: str  # expression: replaced inside a line; statement: run instead
    find: str
    replace: str
    within: str  # text that holds `find` once, where the file holds it more often
    tests: tuple[str, ...]  # those nearby: filters of Google Test, or tests/python/FILE.py[::NAME]
    build: str  # thread: noticed by ThreadSanitizer only
    why: str  # what goes wrong, a sentence
    reason: str  # why no test can notice, a sentence; else empty


def read(path: Path) -> list[Mutant]:
    """All faults. Raises CatalogueError."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", [])
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path} is not TOML: {error}") from error
    mutants = [_mutant(place, entry) for place, entry in enumerate(entries, 1)]
    names = [mutant.name for mutant in mutants]
    for name in names:
        if names.count(name) > 1:
            raise CatalogueError(f"two faults are named {name}: give each a name of its own")
    numbers = {mutant.number: mutant.name for mutant in mutants}
    for mutant in mutants:
        if mutant.number == 0 or numbers[mutant.number] != mutant.name:
            raise CatalogueError(f"the name {mutant.name} gives a number that another has: change it")
    return mutants


def _mutant(place: int, entry: dict[str, object]) -> Mutant:
    name = str(entry.get("name", f"at place {place}"))
    optional = {"replace": "", "within": "", "build": "release", "reason": ""}
    needed = ("name", "area", "file", "kind", "find", "tests", "why")
    for key in needed:
        if not entry.get(key):
            raise CatalogueError(f"the fault {name} has no '{key}': every fault needs "
                                 f"{', '.join(needed)}")
    for key in entry:
        if key not in needed and key not in optional:
            raise CatalogueError(f"the fault {name} has an unknown key '{key}'")
    values = {key: str(entry.get(key, optional.get(key, ""))) for key in (*needed, *optional)}
    tests = entry["tests"]
    if not isinstance(tests, list) or not all(isinstance(test, str) for test in tests):
        raise CatalogueError(f"'tests' of the fault {name} is no list of texts")
    if values["kind"] not in KINDS or values["build"] not in BUILDS:
        raise CatalogueError(f"the fault {name} has kind '{values['kind']}' and build "
                             f"'{values['build']}': known are {', '.join((*KINDS, *BUILDS))}")
    if values["file"].endswith(".py") and values["kind"] != "expression":
        raise CatalogueError(f"the fault {name} is a {values['kind']} of Python: only expressions can "
                             "be switched there")
    number = zlib.crc32(name.encode()) & 0x7FFFFFFF
    return Mutant(**{**values, "number": number, "tests": tuple(tests)})  # type: ignore[arg-type]
