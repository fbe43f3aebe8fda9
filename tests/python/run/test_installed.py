"""What `cmake --install` brings besides the program: the report, the man page, completion."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import ROOT
from .program import Program, command

STORED = ROOT / "tests" / "data" / "report"


@pytest.fixture(scope="session")
def options(here: Program) -> dict[str, list[str]]:
    """Of every command that `handoff --help` names: the options that its own help names."""
    listed = here.run("--help").out.partition("Subcommands:")[2]
    commands = re.findall(r"^  (\w+)\s", listed, re.MULTILINE)
    assert {"run", "list", "gate", "report"} <= set(commands)
    found = {}
    for name in commands:
        shown = here.run(name, "--help").out
        found[name] = re.findall(r"^  (?:-\w,)?(--[\w-]+)", shown, re.MULTILINE)
    assert {"--strategies", "--dry-run"} <= set(found["run"])
    return found


# ---- the report


def test_an_installed_report_is_made_from_any_directory(here: Program, tmp_path: Path) -> None:
    shutil.copytree(STORED, tmp_path / "run")
    finished = here.run("report", "run", cwd=tmp_path)
    assert finished.code == 0, finished.err
    assert (tmp_path / "run" / "report" / "index.html").is_file()


def test_an_installation_can_be_moved(installed: Path, tmp_path: Path) -> None:
    shutil.copytree(installed, tmp_path / "else where")
    moved = Program(tmp_path / "else where" / "bin" / "handoff")
    finished = moved.run("report", STORED, "--out", "drawn", "--point", "1:1 64B", cwd=tmp_path)
    assert finished.code == 0, finished.err
    assert (tmp_path / "drawn" / "index.html").is_file()


def test_a_directory_whose_name_begins_with_a_dash_is_no_option(here: Program,
                                                                tmp_path: Path) -> None:
    shutil.copytree(STORED, tmp_path / "-run")
    finished = here.run("report", "--", "-run", cwd=tmp_path)
    assert finished.code == 0, finished.err


@pytest.mark.parametrize(("missing", "fragments"), [
    ("share/handoff", ["the report script is missing", "share/handoff/report", "--install"]),
    ("share/handoff/handoff_report", ["handoff_report is missing", "install"]),
])
def test_an_installation_without_the_report_says_so(installed: Path, tmp_path: Path, missing: str,
                                                    fragments: list[str]) -> None:
    shutil.copytree(installed, tmp_path / "prefix")
    shutil.rmtree(tmp_path / "prefix" / missing)
    finished = Program(tmp_path / "prefix" / "bin" / "handoff").run("report", STORED, cwd=tmp_path)
    assert finished.code == 1
    assert len(finished.err.splitlines()) == 1
    for fragment in fragments:
        assert fragment in finished.err


def test_an_installed_report_without_matplotlib_names_the_package(here: Program,
                                                                  tmp_path: Path) -> None:
    (tmp_path / "matplotlib.py").write_text("raise ImportError('not here')\n")
    finished = here.run("report", STORED, "--out", "drawn", cwd=tmp_path,
                        environment={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"})
    assert finished.code == 1
    assert len(finished.err.splitlines()) == 1
    assert "python3-matplotlib" in finished.err


def test_the_options_of_the_report_are_those_of_its_script(options: dict[str, list[str]]) -> None:
    shown = command(ROOT / "scripts" / "report", "--help")
    assert set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", shown, re.MULTILINE)) == set(
        options["report"])


# ---- the man page


def test_the_man_page_names_every_option_of_every_command(installed: Path,
                                                          options: dict[str, list[str]]) -> None:
    page = (installed / "share" / "man" / "man1" / "handoff.1").read_text().replace("\\-", "-")
    for name, expected in options.items():
        part = page.partition(f".SS handoff {name}\n")[2].partition("\n.SS ")[0]
        assert set(re.findall(r"^\.TP\n.*?(--[\w-]+)", part, re.MULTILINE)) == set(expected), name


def test_the_man_page_is_formatted_without_a_warning(installed: Path) -> None:
    if shutil.which("groff") is None:
        pytest.skip("there is no groff (package groff-base)")
    page = installed / "share" / "man" / "man1" / "handoff.1"
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-b", str(page)], text=True,
                          capture_output=True, check=False)
    assert done.returncode == 0 and done.stderr == ""
    assert "compares ways of handing work" in done.stdout


# ---- completion

Completion = Callable[[str], list[str]]

# zsh's own widgets, which work at its prompt only, are replaced by what they would be given.
ZSH = """
_describe() { [[ $1 != -V ]] || shift; print -rl -- "${(@)${(@P)2}%%:*}"; }
compset() { PREFIX=${PREFIX##--*=}; }
_files() { print -r -- "files $*"; }
words=("$@") CURRENT=$# PREFIX=$words[-1]
source $completion
"""


@pytest.fixture(params=["bash", "zsh"])
def completes(request: pytest.FixtureRequest, installed: Path, here: Program) -> Completion:
    """What a shell offers in place of the last word of a line, up to the cursor."""
    shell = request.param
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")

    def bash(line: str) -> list[str]:
        word = re.split("[ =:]", line)[-1]  # what readline replaces
        script = ('source "$1"; [[ $(complete -p handoff) == *_handoff* ]] || exit 1; '
                  'COMP_LINE="$2 $3" COMP_POINT=$((${#2} + 1 + ${#3})); _handoff "$2" "$4"; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        return command("bash", "--norc", "-c", script, "bash", installed /
                       "share/bash-completion/completions/handoff", here.path, line,
                       word).split("\n")[:-1]

    def zsh(line: str) -> list[str]:
        script = f"completion='{installed}/share/zsh/site-functions/_handoff'\n{ZSH}"
        kept = line.rpartition("=")[0] + "=" if "--" in line and "=" in line else ""
        found = command("zsh", "-fc", script, "zsh", here.path, *line.split(" ")).split("\n")[:-1]
        return [one.removeprefix(kept.rpartition(" ")[2]) for one in found]

    return bash if shell == "bash" else zsh


def test_completion_offers_every_command(completes: Completion,
                                         options: dict[str, list[str]]) -> None:
    assert set(completes("")) == set(options)
    assert completes("lis") == ["list"]


def test_completion_offers_every_option_of_every_command(completes: Completion,
                                                         options: dict[str, list[str]]) -> None:
    for name, expected in options.items():
        assert set(completes(f"{name} --")) == set(expected), name


@pytest.mark.parametrize(("line", "offered"), [
    ("run --suite ", {"quick", "default", "full"}),
    ("run --suite=q", {"quick"}),
    ("run --transfer ", {"copy", "move", "in_place"}),
    ("run --quiet --wait spin", {"spin", "spin-block"}),
    ("run --wait block,sp", {"block,spin", "block,spin-block"}),
    ("gate --wait=b", {"block"}),
    ("gate --strategies mutex", {"mutex_queue"}),
    ("run --strategies mutex_queue,ring_", {"mutex_queue,ring_mpmc", "mutex_queue,ring_mpsc",
                                            "mutex_queue,ring_spsc"}),
    ("export DIR --format j", {"junit"}),
    ("selfcheck aa re", {"regime", "retest"}),
    ("run --budget ", set()),
    ("run --frobnicate=", set()),
])
def test_completion_offers_the_values_that_are_known(completes: Completion, line: str,
                                                     offered: set[str]) -> None:
    assert set(completes(line)) - {""} == offered


@pytest.mark.parametrize("line", ["report {}", "run --out {}", "run --config={}", "compare {}"])
def test_completion_offers_files_where_one_is_meant(completes: Completion, tmp_path: Path,
                                                    line: str) -> None:
    (tmp_path / "nightly").mkdir()
    offered = completes(line.format(tmp_path / "ni"))
    assert offered == [str(tmp_path / "nightly")] or offered[0].startswith("files")


def test_completion_knows_the_strategies_of_a_plugin(here: Program,
                                                     tmp_path: Path) -> None:
    made = tmp_path / "mine.so"
    (tmp_path / "mine.cpp").write_text("""
        #include "bench/interface/registry.h"
        static const handoff::Descriptor mine{.name = "mine", .summary = "", .source = ""};
        static const bool done = handoff::add_strategy(&mine, handoff::kInterfaceTag);
    """)
    command("c++", "-std=c++20", "-shared", "-fPIC", "-I", ROOT, "-o", made, tmp_path / "mine.cpp")
    assert "mine\t" in here.run("complete", "run", "--plugin", made, "--strategies", "mi").out
    assert here.run("complete", "run", "--plugin", "missing.so", "--strategies", "mi").code == 0
