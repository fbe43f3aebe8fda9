"""The faults of tests/mutants.toml fit the code, and what puts them in does what it says."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from handoff_mutants import cli, table, trial  # noqa: E402
from handoff_mutants.catalogue import CatalogueError, Mutant, read  # noqa: E402
from handoff_mutants.switch import HEADER, put_in  # noqa: E402
from handoff_mutants.table import Result  # noqa: E402

ENTRY = """
[[mutant]]
name = "{name}"
area = "arithmetic"
file = "{file}"
kind = "{kind}"
find = '{find}'
replace = '{replace}'
tests = ['Sum.*']
why = "sums are wrong"
"""
SOURCE = "int sum(int a, int b) {\n  log(a);\n  return a + b;\n}\n"


def mutants_of(tmp_path: Path, *entries: dict[str, str]) -> list[Mutant]:
    defaults = {"name": "minus", "file": "sum.cpp", "kind": "expression", "find": "a + b",
                "replace": "a - b"}
    path = tmp_path / "mutants.toml"
    path.write_text("".join(ENTRY.format(**{**defaults, **entry}) for entry in entries))
    return read(path)


def test_every_fault_of_the_catalogue_stands_at_one_place_of_the_code() -> None:
    by_file: dict[str, list[Mutant]] = {}
    for mutant in read(cli.CATALOGUE):
        by_file.setdefault(mutant.file, []).append(mutant)
    for file, mutants in by_file.items():
        put_in(mutants, (ROOT / file).read_text(encoding="utf-8"), "fault_switch.h")


def test_there_are_some_sixty_faults_at_least() -> None:
    assert len(read(cli.CATALOGUE)) >= 60


def test_tests_named_in_the_catalogue_exist() -> None:
    cpp = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/*.cpp"))
    for mutant in read(cli.CATALOGUE):
        for test in mutant.tests:
            file, _, name = test.partition("::")
            if file.endswith(".py"):
                assert f"def {name or 'test_'}" in (ROOT / file).read_text(encoding="utf-8"), test
            else:
                suite = test.partition(".")[0].split("/")  # with the name of its parameters, or types
                assert any(part.strip("*") in cpp for part in suite), test


def test_an_expression_is_chosen_by_the_switch(tmp_path: Path) -> None:
    mutant, = mutants_of(tmp_path, {})
    changed = put_in([mutant], SOURCE, "fault_switch.h")
    assert changed.startswith('#include "fault_switch.h"\n')
    assert f"return (::handoff_faults::on({mutant.number}) ? (a - b) : (a + b));" in changed


def test_a_statement_runs_instead_of_the_original(tmp_path: Path) -> None:
    silent = {"kind": "statement", "find": "log(a);", "replace": ""}
    mutant, = mutants_of(tmp_path, silent)
    changed = put_in([mutant], SOURCE, "fault_switch.h")
    assert f"{{ if (::handoff_faults::on({mutant.number})) {{  }} else {{ log(a); }} }}" in changed


def test_two_faults_of_a_file_have_switches_of_their_own(tmp_path: Path) -> None:
    silent = {"name": "silent", "kind": "statement", "find": "log(a);", "replace": ""}
    first, second = mutants_of(tmp_path, {}, silent)
    changed = put_in([first, second], SOURCE, "fault_switch.h")
    assert f"::handoff_faults::on({first.number}) ? (a - b)" in changed
    assert f"if (::handoff_faults::on({second.number}))" in changed


def test_the_number_of_a_fault_does_not_change_when_others_are_added(tmp_path: Path) -> None:
    alone, = mutants_of(tmp_path, {})
    _, among_others = mutants_of(tmp_path, {"name": "before"}, {})
    assert alone.number == among_others.number


def test_switched_code_compiles_and_does_what_the_environment_says(tmp_path: Path) -> None:
    """Also in a constant expression, where nothing is switched, and before an `else`."""
    compiler = shutil.which("c++")
    if compiler is None:
        pytest.skip("there is no c++ here")
    source = ("#include <cstdio>\nconstexpr int sum(int a, int b) { return a + b; }\n"
              "static_assert(sum(5, 3) == 8);\nint main(int few, char**) {\n"
              "  if (few < 5) std::puts(\"few\");\n  else std::puts(\"many\");\n"
              '  std::printf("%d", sum(4 + few, 3));\n}\n')
    minus, silent = mutants = mutants_of(
        tmp_path, {}, {"name": "silent", "kind": "statement", "find": 'std::puts("few");',
                       "replace": ""})
    (tmp_path / "fault_switch.h").write_text(HEADER)
    (tmp_path / "sum.cpp").write_text(put_in(mutants, source, "fault_switch.h"))
    subprocess.run([compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", "sum.cpp", "-o", "sum"],
                   cwd=tmp_path, check=True)
    for number, said in ((0, "few\n8"), (minus.number, "few\n2"), (silent.number, "8")):
        assert subprocess.run([tmp_path / "sum"], env={"HANDOFF_FAULT": str(number)}, check=True,
                              capture_output=True, text=True).stdout == said


def test_python_is_switched_by_the_environment(tmp_path: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    mutants = mutants_of(tmp_path, {"file": "sum.py"})
    source = put_in(mutants, "def sum_of(a, b):\n    return a + b\n", "")
    names: dict[str, object] = {}
    exec(source, names)  # noqa: S102
    monkeypatch.delenv("HANDOFF_FAULT", raising=False)
    assert names["sum_of"](5, 3) == 8  # type: ignore[operator]
    monkeypatch.setenv("HANDOFF_FAULT", str(mutants[0].number))
    assert names["sum_of"](5, 3) == 2  # type: ignore[operator]


@pytest.mark.parametrize("entry, said", [
    ({"find": "a * b"}, "occurs 0 times in sum.cpp"),
    ({"find": "int "}, "occurs 3 times in sum.cpp"),
])
def test_text_that_does_not_stand_once_is_refused(tmp_path: Path, entry: dict[str, str],
                                                  said: str) -> None:
    with pytest.raises(CatalogueError, match=said):
        put_in(mutants_of(tmp_path, entry), SOURCE, "fault_switch.h")


def test_faults_at_the_same_place_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="plus and minus replace the same text"):
        put_in(mutants_of(tmp_path, {}, {"name": "plus", "find": "return a + b;"}), SOURCE, "h")


@pytest.mark.parametrize("text, said", [
    (ENTRY.format(name="a", file="f", kind="expression", find="x", replace="y") * 2,
     "two faults have the name a"),
    (ENTRY.format(name="a", file="f", kind="line", find="x", replace="y"), "has kind 'line'"),
    (ENTRY.format(name="a", file="f.py", kind="statement", find="x", replace="y"),
     "the fault a in f.py has kind 'statement'"),
    ('[[mutant]]\nname = "a"\n', "the fault a has no 'area'"),
    ("[[mutant]\n", "is not TOML"),
])
def test_a_broken_catalogue_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mutants.toml"
    path.write_text(text)
    with pytest.raises(CatalogueError, match=said):
        read(path)


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["no_such_fault"]) == 1
    assert "there is no fault 'no_such_fault'" in capsys.readouterr().err


def test_what_nobody_notices_is_said_aloud_unless_there_is_a_reason(tmp_path: Path) -> None:
    mutant, = mutants_of(tmp_path, {})
    unnoticed, noticed = Result("minus", ()), Result("minus", ("Sum.IsASum",))
    assert "NOT NOTICED" in table.line(mutant, unnoticed)
    assert "1 NOT NOTICED" in table.summary([mutant], {"minus": unnoticed})
    assert not table.is_as_it_should_be(mutant, unnoticed)
    assert "noticed by Sum.IsASum" in table.line(mutant, noticed)
    assert table.is_as_it_should_be(mutant, noticed)
    excused = Mutant(**{**vars(mutant), "reason": "nobody sums"})
    assert table.is_as_it_should_be(excused, unnoticed)
    assert not table.is_as_it_should_be(excused, noticed)


def test_what_a_fault_leaves_behind_is_killed_and_does_not_hold_up(tmp_path: Path) -> None:
    leaves = "setsid sleep 1000 & echo $!"
    status, output = trial._output_of(["sh", "-c", leaves], tmp_path, 1, 600)
    assert status == 0
    while is_alive(output.strip()):  # it has its signal, and ends when it gets a CPU
        time.sleep(0.01)


def is_alive(pid: str) -> bool:
    try:
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_trial_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    assert trial._output_of(["sh", "-c", "echo begun; sleep 1000"], tmp_path, 1, 0.2) == (
        None, "begun\n")
