"""One direction of dependence: the table of folders in docs/architecture.md against the includes."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def folders_from_top_to_bottom() -> list[str]:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.partition("## Where things are")[2]
    return re.findall(r"^\| `((?:bench|strategies)[^`]*)/` \|", table, re.MULTILINE)


def folder_of(path: str) -> str:
    """`bench/strategy.h` is the front of bench/interface, main.cpp that of the commands."""
    fronts = {"bench/strategy.h": "bench/interface", "bench/main.cpp": "bench/commands"}
    return fronts.get(path, path.rpartition("/")[0])


def arrows(root: Path) -> list[tuple[str, str]]:
    """(file, included file) between different folders."""
    found = []
    for file in sorted([*root.glob("bench/**/*.h"), *root.glob("bench/**/*.cpp"),
                        *root.glob("strategies/*.h"), *root.glob("strategies/*.cpp")]):
        name = str(file.relative_to(root))
        for included in re.findall(r'^#include "([^"]+)"', file.read_text(encoding="utf-8"),
                                   re.MULTILINE):
            if folder_of(included) != folder_of(name):
                found.append((name, included))
    return found


def upward(root: Path, folders: list[str]) -> list[str]:
    """Each arrow that runs back up, as text."""
    height = {folder: -index for index, folder in enumerate(folders)}
    return [f"{name} includes {included}" for name, included in arrows(root)
            if height[folder_of(included)] > height[folder_of(name)]]


def test_every_folder_of_code_is_in_the_table() -> None:
    of_code = {str(path.parent.relative_to(ROOT)) for path in ROOT.glob("bench/*/*.cpp")}
    assert of_code | {"strategies"} == set(folders_from_top_to_bottom())


def test_no_folder_sees_one_above_it() -> None:
    assert upward(ROOT, folders_from_top_to_bottom()) == []


def test_strategies_see_the_interface_only() -> None:
    seen = {folder_of(included) for name, included in arrows(ROOT) if name.startswith("strategies/")}
    assert seen == {"bench/interface"}


def test_an_arrow_that_runs_back_up_is_named(tmp_path: Path) -> None:
    for name, text in (("bench/low/a.h", '#include "bench/high/b.h"\n'),
                       ("bench/high/b.h", '#include "bench/low/a.h"\n')):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    assert upward(tmp_path, ["bench/high", "bench/low"]) == [
        "bench/low/a.h includes bench/high/b.h"]
