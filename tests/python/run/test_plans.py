"""A dry run shows the plan, for this machine or another, and measures nothing."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from .program import Program

LARGE = "pack:2 l3:8 core:4 pu:2"


def test_a_dry_run_shows_the_plan_and_writes_nothing(handoff: Program, tmp_path: Path) -> None:
    directory = tmp_path / "run"
    finished = handoff.run("run", "--dry-run", "--pairs", "1:1", directory=directory)
    assert finished.code == 0
    assert "1:1 64B" in finished.out
    assert "producers" in finished.out
    assert not directory.exists()


def test_another_machine_is_planned_for_whatever_this_one_is(handoff: Program) -> None:
    finished = handoff.run("run", "--dry-run", "--topology", LARGE)
    assert (finished.code, finished.err) == (0, "")
    assert f"planned for another machine, '{LARGE}'" in finished.out.replace("\n ", "")
    assert "128 usable CPUs" in finished.out
    assert "64:64 64B" in finished.out
    assert max(map(len, finished.out.splitlines())) <= 100


def test_the_plan_as_json_says_for_which_machine_it_is(handoff: Program) -> None:
    here = json.loads(handoff.run("run", "--dry-run", "--json").out)
    assert here["topology"]["source"] == "this machine"
    there = json.loads(handoff.run("run", "--dry-run", "--json", "--topology", LARGE).out)
    assert there["topology"] == {"source": LARGE, "cores": 64, "packages": 2, "numa_nodes": 1}
    assert there["usable_cpus"] == 128
    assert sum(point["estimated_s"] for point in there["points"]) <= there["budget_s"] == 120


@pytest.mark.parametrize(("machine", "cpus"), [
    ("pu:1", 1), ("core:2 pu:1", 2), ("core:4 pu:1", 4), ("core:4 pu:2", 8), ("core:64 pu:1", 64),
    (LARGE, 128), ("pack:2 l3:16 core:8 pu:1", 256)])
def test_the_default_suite_spans_the_thread_counts_of_a_machine_within_its_budget(
        handoff: Program, machine: str, cpus: int) -> None:
    plan = json.loads(handoff.run("run", "--dry-run", "--json", "--topology", machine).out)
    assert sum(point["estimated_s"] for point in plan["points"]) <= 120
    pairs = {(point["workload"]["producers"], point["workload"]["consumers"])
             for point in plan["points"]}
    assert 2 * max(max(pair) for pair in pairs) >= cpus
    assert len(pairs) >= min(4 * cpus, 8) // 2
    rungs = {number for pair in pairs for number in pair}
    assert all(number & (number - 1) == 0 for number in rungs)
    assert all(" need" in dropped for dropped in plan["dropped"])


@pytest.mark.parametrize(("arguments", "fragment"), [
    (("--topology", LARGE), "a run measures this one"),
    (("--json",), "--json works with --dry-run only"),
    (("--dry-run", "--topology", "cheese:4"), "'cheese:4' is neither a file nor a machine"),
    (("--dry-run", "--topology", "nowhere.xml"), "cannot be read (No such file or directory)"),
    (("--dry-run", "--topology", sys.executable), "is no XML file that hwloc can read"),
    (("--dry-run", "--topology", os.sep), "is a directory"),
    (("--dry-run", "--topology", "pu:1000000"), "more than 8192 CPUs"),
    (("--dry-run", "--topology", "pu:4", "--pin", "0,9"), "it has 0-3"),
])
def test_a_machine_that_cannot_be_is_refused_in_one_sentence(
        handoff: Program, arguments: tuple[str, ...], fragment: str) -> None:
    finished = handoff.run("run", *arguments)
    assert (finished.code, finished.out) == (1, "")
    assert len(finished.err.splitlines()) == 1
    assert fragment in finished.err
