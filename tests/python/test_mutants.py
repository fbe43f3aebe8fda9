"""The faults of tests/mutants.toml fit the code, and what puts them in does what it says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from handoff_mutants import cli, table  # noqa: E402
from handoff_mutants.catalogue import CatalogueError, Mutant, read  # noqa: E402
from handoff_mutants.switch import put_in  # noqa: E402
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
                suite = test.split("/")[-1].split(".")[0].rstrip("*")
                assert suite in cpp, test


def test_an_expression_is_chosen_by_the_switch(tmp_path: Path) -> None:
    changed = put_in(mutants_of(tmp_path, {}), SOURCE, "fault_switch.h")
    assert changed.startswith('#include "fault_switch.h"\n')
    assert "return (::handoff_faults::on(1) ? (a - b) : (a + b));" in changed


def test_a_statement_runs_instead_of_the_original(tmp_path: Path) -> None:
    silent = {"kind": "statement", "find": "log(a);", "replace": ""}
    changed = put_in(mutants_of(tmp_path, silent), SOURCE, "fault_switch.h")
    assert "if (::handoff_faults::on(1)) {  } else { log(a); }" in changed


def test_two_faults_of_a_file_have_switches_of_their_own(tmp_path: Path) -> None:
    silent = {"name": "silent", "kind": "statement", "find": "log(a);", "replace": ""}
    changed = put_in(mutants_of(tmp_path, {}, silent), SOURCE, "fault_switch.h")
    assert "::handoff_faults::on(1) ? (a - b)" in changed
    assert "if (::handoff_faults::on(2))" in changed


def test_python_is_switched_by_the_environment(tmp_path: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    mutants = mutants_of(tmp_path, {"file": "sum.py"})
    source = put_in(mutants, "def sum_of(a, b):\n    return a + b\n", "")
    names: dict[str, object] = {}
    exec(source, names)  # noqa: S102
    monkeypatch.delenv("HANDOFF_FAULT", raising=False)
    assert names["sum_of"](5, 3) == 8  # type: ignore[operator]
    monkeypatch.setenv("HANDOFF_FAULT", "1")
    assert names["sum_of"](5, 3) == 2  # type: ignore[operator]


@pytest.mark.parametrize("entry, said", [
    ({"find": "a * b"}, "stands 0 times in sum.cpp"),
    ({"find": "int "}, "stands 3 times in sum.cpp"),
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
     "two faults are named a"),
    (ENTRY.format(name="a", file="f", kind="line", find="x", replace="y"), "has kind 'line'"),
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
