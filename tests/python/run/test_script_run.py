"""scripts/run: what it builds, and what it leaves for the report. (All of it is run by .ci/run.)"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from .conftest import ROOT, find
from .test_gbench import built

SCRIPT = ROOT / "scripts" / "run"


def parts(tree: Path, directory: Path) -> subprocess.CompletedProcess[str]:
    """Calls the function `parts` of scripts/run for a tree that is built in tree/build."""
    script = (f"say() {{ printf '%s\\n' \"$*\" >&2; }}; root='{tree}'; "
              f"eval \"$(sed -n '/^parts() /,/^}}/p' '{SCRIPT}')\"; parts '{directory}'")
    return subprocess.run(["bash", "-uo", "pipefail", "-c", script], text=True,
                          capture_output=True, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tree" / "build").mkdir(parents=True)
    (tmp_path / "run").mkdir()
    return tmp_path / "tree"


def program(tree: Path, text: str) -> None:
    path = tree / "build" / "handoff-gbench"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def test_the_parts_are_built_with_the_program_and_their_library_is_installed() -> None:
    built("handoff-gbench")
    assert 'build "$root/build" programs' in SCRIPT.read_text(encoding="utf-8")
    build = find("handoff").path.parent
    needed = subprocess.run(["ninja", "-C", str(build), "-t", "query", "programs"], text=True,
                            capture_output=True, check=True).stdout
    assert "handoff-gbench" in needed
    packages = (ROOT / "scripts" / "packages.txt").read_text(encoding="utf-8")
    assert ["run", "libbenchmark-dev"] in [line.split() for line in packages.splitlines()]


def test_parts_are_timed_into_the_run_without_names_of_this_machine(
        tree: Path, tmp_path: Path) -> None:
    (tree / "build" / "handoff-gbench").symlink_to(built("handoff-gbench").path)
    done = parts(tree, tmp_path / "run")
    assert done.returncode == 0 and done.stdout == ""
    assert done.stderr == f"Parts of a hand-over: {tmp_path / 'run'}/parts.json\n"
    text = (tmp_path / "run" / "parts.json").read_text(encoding="utf-8")
    results = json.loads(text)
    assert "host_name" not in results["context"]
    assert str(tree) not in text and str(ROOT) not in text
    assert results["context"]["command"].startswith("handoff-gbench --benchmark_filter=^parts/ ")
    kinds = {entry["aggregate_name"] for entry in results["benchmarks"]}
    assert {"median", "cv"} <= kinds


def test_without_google_benchmark_there_is_one_line_and_no_file(tree: Path, tmp_path: Path) -> None:
    done = parts(tree, tmp_path / "run")
    assert done.returncode == 0 and done.stderr.count("\n") == 1
    assert "libbenchmark-dev" in done.stderr
    assert list((tmp_path / "run").iterdir()) == []


def test_parts_that_cannot_be_timed_are_said_and_leave_no_file(tree: Path, tmp_path: Path) -> None:
    program(tree, "echo 'no room' >&2; exit 1")
    done = parts(tree, tmp_path / "run")
    assert done.stderr.splitlines()[0] == "no room"
    assert "could not be timed" in done.stderr
    assert list((tmp_path / "run").iterdir()) == []


def test_a_part_that_failed_is_named_and_the_others_are_kept(tree: Path, tmp_path: Path) -> None:
    program(tree, "echo 'parts/fork_wait: cannot fork' >&2; echo context >&2; "
            "echo '{}' >parts.json; exit 2")
    done = parts(tree, tmp_path / "run")
    assert done.stderr.splitlines()[0] == "parts/fork_wait: cannot fork"
    assert "context" not in done.stderr
    assert (tmp_path / "run" / "parts.json").read_text(encoding="utf-8") == "{}\n"
