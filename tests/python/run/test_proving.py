"""`handoff prove`: long lives, many workloads, disturbed lives, and the smallest command."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import pytest

from .program import Finished, Json, Program, wait_until

PROVED = "proved"


def proofs(finished: Finished) -> dict[str, Json]:
    """By strategy, of --json."""
    return {one["strategy"]: one for one in json.loads(finished.out)["strategies"]}


@pytest.fixture(scope="module")
def late(handoff_broken: Program) -> Finished:
    """A strategy whose fault comes late, beside an honest one."""
    return handoff_broken.run("prove", "--strategies", "mutex_queue,broken_loses_late", "--for", "6s",
                              "--seed", 3, "--json")


@pytest.fixture(scope="module")
def at_capacity_1(handoff_broken: Program) -> Finished:
    """Ends as soon as the fault is shrunk."""
    return handoff_broken.run("prove", "--strategies", "broken_loses_at_capacity_1", "--for", "10s",
                              "--seed", 3)


def test_a_run_of_short_slices_passes_what_a_long_life_does_not(handoff_broken: Program,
                                                               tmp_path: Path) -> None:
    finished = handoff_broken.run(
        "run", "--strategies", "broken_loses_late", "--pairs", "1:1", "--payload", 8,
        "--capacity", 64, "--slice", "100us", "--incarnations", 8, "--budget", "1s",
        directory=tmp_path / "run")
    assert finished.code == 0
    assert "longest life proved: " in finished.out


def test_a_failure_costs_its_own_strategy_and_exits_2(late: Finished) -> None:
    assert late.code == 2
    verdicts = {name: proof["verdict"] for name, proof in proofs(late).items()}
    assert verdicts == {"mutex_queue": PROVED, "broken_loses_late": "lost"}


def test_a_fault_late_in_a_life_is_found_and_shown_again_by_the_smallest_command(
        handoff_broken: Program, late: Finished) -> None:
    smallest = proofs(late)["broken_loses_late"]["smallest"]
    assert smallest["again"]
    assert smallest["torment"] == "none"
    again = handoff_broken.run(*smallest["command"][1:], "--json")
    assert again.code == 2
    assert proofs(again)["broken_loses_late"]["verdict"] == "lost"


def test_a_fault_at_capacity_1_is_shrunk_to_it_and_shown_again(handoff_broken: Program,
                                                              at_capacity_1: Finished) -> None:
    assert at_capacity_1.code == 2
    assert "broken_loses_at_capacity_1: LOST: slice " in at_capacity_1.out
    (command,) = re.findall(r"^  handoff (prove .*)$", at_capacity_1.out, re.MULTILINE)
    smallest = ("--pairs 1:1 --payload 8 --capacity 1 --transfer copy --wait spin-block "
                "--torment none --seed ")
    assert smallest in command
    again = handoff_broken.run(*command.split())
    assert again.code == 2
    assert "broken_loses_at_capacity_1: LOST: slice " in again.out
    assert smallest in again.out, "it can get no smaller"


def test_honest_strategies_survive_every_torment(handoff: Program) -> None:
    finished = handoff.run("prove", "--strategies", "ring_mpmc,process_pool,lockfree_spsc",
                           "--torment", "delays,stops,one-cpu", "--for", "4s", "--json")
    assert finished.code == 0, finished.out
    for proof in proofs(finished).values():
        assert proof["verdict"] == PROVED
        assert proof["lives"] >= proof["variants"] > 1
        assert proof["items"] >= proof["longest_life_items"] > 0
        assert proof["missed_wakeups"] == 0
    assert proofs(finished)["lockfree_spsc"]["skipped"] > 0


def test_ctrl_c_tells_what_was_proved_until_then_and_exits_130(handoff: Program) -> None:
    running = handoff.start("prove", "--strategies", "mutex_queue", "--for", "1h")
    wait_until(lambda: running.processes("handoff-cell"))
    running.process.send_signal(signal.SIGINT)
    finished = running.wait()
    assert running.left_over() == []
    assert finished.code == 130
    assert "mutex_queue" in finished.out
    assert "interrupted" in finished.out


def test_what_no_strategy_supports_is_not_called_proved(handoff: Program) -> None:
    finished = handoff.run("prove", "--strategies", "lockfree_spsc", "--pairs", "2:2", "--for",
                           "1s")
    assert finished.code == 3
    assert "unsupported: " in finished.out


def test_the_seed_is_stated_on_stderr_and_json_alone_on_stdout(late: Finished) -> None:
    assert json.loads(late.out)["seed"] == 3
    assert "seed 3" in late.err.splitlines()[0]
