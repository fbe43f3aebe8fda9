"""A strategy that fails costs its own cell the verdict, loudly, and no other cell anything."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest

from .program import Finished, Json, Program, read_journal, signal_quietly
from .schema import check_run

FAILURES = {  # strategy: its verdict, and what the reason says
    "broken_loses_one": ("lost", ""),
    "broken_doubles_one": ("duplicated", ""),
    "broken_swaps_two": ("reordered", ""),
    "broken_alters_one_byte": ("corrupted", ""),
    "broken_delivers_stale": ("stale", ""),
    "broken_accepts_inline": ("not handed over", "accepted by the thread that drew it"),
    "broken_keeps_ten_times_as_many": ("overfull", "items under way at once, at most 66"),
    "broken_copies_nothing": ("wrong transfer", "not accepted in the consumer's own buffer"),
    "broken_crashes": ("crashed", "SIGSEGV"),
    "broken_exits": ("crashed", "exited with status 0"),
    "broken_throws": ("crashed", "out of order"),
    "broken_constructor_throws": ("crashed", "cannot be built"),
    "broken_hangs": ("hung", "no progress for 2 s"),
    "broken_abandons_grandchild": ("leaked", "left processes behind"),
}


@pytest.fixture(scope="module")
def failing_run(handoff_broken: Program,
                tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Finished]:
    """All that fails in one run beside one that does not."""
    directory = tmp_path_factory.mktemp("failing") / "run"
    return directory, handoff_broken.run(
        "run", "--strategies", ",".join(["mutex_queue", *FAILURES]), "--pairs", "1:1",
        "--capacity", 64,  # a slice goes round it in no time, however slow they are
        "--incarnations", 2, "--timeout", "2s", "--budget", "8s", directory=directory)


def cells_of(directory: Path) -> dict[str, Json]:
    return {cell["label"]: cell for cell in check_run(directory)["points"][0]["cells"]}


def test_a_run_with_failures_is_complete_and_exits_2(failing_run: tuple[Path, Finished]) -> None:
    directory, finished = failing_run
    context = check_run(directory)["context"]
    assert (finished.code, context["status"], context["exit"]) == (2, "complete", 2)


@pytest.mark.parametrize("strategy", FAILURES)
def test_a_failing_cell_has_its_verdict_a_reason_and_no_speed(
        failing_run: tuple[Path, Finished], strategy: str) -> None:
    cell = cells_of(failing_run[0])[strategy]
    verdict, reason = FAILURES[strategy]
    assert cell["verdict"] == verdict
    assert reason in cell["reason"]
    assert cell["ns_per_item"] is None
    assert cell["items_per_second"] is None


def test_cells_beside_failing_ones_have_numbers(failing_run: tuple[Path, Finished]) -> None:
    cells = cells_of(failing_run[0])
    for label in ("mutex_queue", "direct", "floor"):
        assert cells[label]["verdict"] == "delivered"
        assert cells[label]["ns_per_item"]["median"] > 0
        assert cells[label]["incarnations"] == 2


@pytest.mark.parametrize("strategy", FAILURES)
def test_the_table_shows_a_failure_loudly(failing_run: tuple[Path, Finished],
                                          strategy: str) -> None:
    directory, finished = failing_run
    loud = f"{FAILURES[strategy][0].upper()}: "
    for table in (finished.out, (directory / "summary.md").read_text(encoding="utf-8")):
        (row,) = [line for line in table.splitlines() if strategy in line.split()]
        assert loud in row


def test_a_failing_cell_is_not_run_again(failing_run: tuple[Path, Finished]) -> None:
    failed: set[int] = set()
    for line in read_journal(failing_run[0]):
        if line["t"] == "open":
            assert line["cell"] not in failed
        if line["t"] == "fail":
            failed.add(line["cell"])
    assert len(failed) == len(FAILURES)


def strike_a_cell(handoff: Program, directory: Path, number: signal.Signals) -> Finished:
    """A run in which one cell, whichever, gets a signal in the middle of its only lifetime."""
    running = handoff.start("run", "--strategies", "mutex_queue,lockfree_spsc", "--pairs", "1:1",
                            "--incarnations", 1, "--timeout", "3s", "--budget", "3s",
                            directory=directory)
    running.wait_for("block", 10)  # a slice that another program disturbs may be too short to time
    cells = running.processes("handoff-cell")
    assert len(cells) == 4
    signal_quietly(random.Random(4).choice(sorted(cells)), number)
    finished = running.wait()
    assert running.left_over() == []
    return finished


@pytest.mark.parametrize(("number", "verdict", "reason"), [
    (signal.SIGKILL, "crashed", "killed by SIGKILL"),
    (signal.SIGSTOP, "hung", "no progress for 3 s"),
], ids=["killed", "stopped"])
def test_a_cell_struck_by_a_signal_fails_and_the_others_do_not(
        handoff: Program, tmp_path: Path, number: signal.Signals, verdict: str,
        reason: str) -> None:
    finished = strike_a_cell(handoff, tmp_path / "run", number)
    assert finished.code == 2
    cells = list(cells_of(tmp_path / "run").values())
    failed = [cell for cell in cells if cell["verdict"] != "delivered"]
    assert [cell["verdict"] for cell in failed] == [verdict]
    assert reason in failed[0]["reason"]
    assert all(cell["ns_per_item"] for cell in cells if cell["verdict"] == "delivered")
    assert len(cells) == 4
