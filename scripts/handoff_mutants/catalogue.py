"""Reads the catalogue of faults: tests/mutants.toml."""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass
from pathlib import Path

KINDS = ("expression", "statement")
BUILDS = ("release", "thread")


class CatalogueError(Exception):
    """A sentence that says what is wrong with an entry, with the name of the entry."""


@dataclass(frozen=True)
class Mutant:
    """One fault. Its `number` switches it on. The number is computed from the name, so that a new
    entry changes only the file with its fault."""

    number: int  # above 0
    name: str
    area: str
    file: str
    kind: str  # expression: replaced in place; statement: another statement runs instead
    find: str
    replace: str
    within: str  # text that contains `find` once; needed if the file contains `find` more than once
    tests: tuple[str, ...]  # related tests: filters of Google Test, or tests/python/FILE.py[::NAME]
    build: str  # "thread": only ThreadSanitizer notices the fault
    why: str  # a sentence: what goes wrong
    reason: str  # a sentence: why no test can notice the fault; empty if one can


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
            raise CatalogueError(f"two faults have the name {name}: rename one of them")
    numbers = {mutant.number: mutant.name for mutant in mutants}
    for mutant in mutants:
        if mutant.number == 0 or numbers[mutant.number] != mutant.name:
            raise CatalogueError(f"the number computed from the name {mutant.name} is taken: "
                                 "rename this fault")
    return mutants


def _mutant(place: int, entry: dict[str, object]) -> Mutant:
    name = str(entry.get("name", f"at place {place}"))
    optional = {"replace": "", "within": "", "build": "release", "reason": ""}
    needed = ("name", "area", "file", "kind", "find", "tests", "why")
    for key in needed:
        if not entry.get(key):
            raise CatalogueError(f"the fault {name} has no '{key}': every fault needs the keys "
                                 f"{', '.join(needed)}")
    for key in entry:
        if key not in needed and key not in optional:
            raise CatalogueError(f"the fault {name} has an unknown key '{key}': remove it")
    values = {key: str(entry.get(key, optional.get(key, ""))) for key in (*needed, *optional)}
    tests = entry["tests"]
    if not isinstance(tests, list) or not all(isinstance(test, str) for test in tests):
        raise CatalogueError(f"'tests' of the fault {name} must be a list of strings")
    if values["kind"] not in KINDS or values["build"] not in BUILDS:
        raise CatalogueError(f"the fault {name} has kind '{values['kind']}' and build "
                             f"'{values['build']}': the kind must be {' or '.join(KINDS)}, the "
                             f"build {' or '.join(BUILDS)}")
    if values["file"].endswith(".py") and values["kind"] != "expression":
        raise CatalogueError(f"the fault {name} in {values['file']} has kind '{values['kind']}': "
                             "in Python only expressions can be switched")
    number = zlib.crc32(name.encode()) & 0x7FFFFFFF
    return Mutant(**{**values, "number": number, "tests": tuple(tests)})  # type: ignore[arg-type]
