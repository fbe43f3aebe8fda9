#!/usr/bin/env python3
"""tidy_units.py BUILD [TAG]: the tracked C++ sources that clang-tidy has to look at, one a line.

Without TAG all of them; with TAG those that changed since, or that include something that did.
Writes BUILD/tidy/compile_commands.json: one command a source (a source linked twice is read once),
without GCC's warning options, some of which clang does not know, and without its precompiled header.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path


def output_of(command: list[str], where: Path) -> str:
    return subprocess.run(command, cwd=where, check=True, capture_output=True, text=True).stdout


def git(root: Path, *arguments: str) -> list[Path]:
    """Paths that a git command prints, absolute."""
    command = ["git", "-c", f"safe.directory={root}", *arguments, "-z"]
    return [root / name for name in output_of(command, root).split("\0") if name]


def commands_of(build: Path, tracked: set[Path]) -> dict[Path, dict]:
    """One compile command a tracked source."""
    found: dict[Path, dict] = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = Path(os.path.normpath(Path(entry["directory"], entry["file"])))
        if source not in tracked or source in found:
            continue
        words = [word for word in shlex.split(entry["command"]) if not word.startswith("-W")]
        for at in [i for i, word in enumerate(words) if word.endswith("cmake_pch.hxx")][::-1]:
            del words[at - 1 : at + 1]  # -include of a header that only GCC has precompiled
        found[source] = {"directory": entry["directory"], "file": str(source), "arguments": words}
    return found


def includers_of(build: Path, changed: set[Path]) -> set[Path]:
    """Sources whose objects, by ninja's record, depend on one of the changed files."""
    found: set[Path] = set()
    for block in output_of(["ninja", "-t", "deps"], build).split("\n\n"):
        lines = [line.strip() for line in block.splitlines()[1:]]
        paths = [Path(os.path.normpath(build / line)) for line in lines if line]
        if paths and not changed.isdisjoint(paths):
            found.add(paths[0])
    return found


def main(arguments: list[str]) -> int:
    build = Path(arguments[0]).resolve()
    root = Path(__file__).resolve().parent.parent
    commands = commands_of(build, set(git(root, "ls-files")))
    database = build / "tidy" / "compile_commands.json"
    database.parent.mkdir(exist_ok=True)
    database.write_text(json.dumps(list(commands.values()), indent=1))
    wanted = set(commands)
    if len(arguments) > 1:
        changed = set(git(root, "diff", "--name-only", arguments[1]))
        if root / ".clang-tidy" not in changed:
            wanted &= changed | includers_of(build, changed)
    for source in sorted(wanted):
        print(source)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
