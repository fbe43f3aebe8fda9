"""Ctrl-C, a stop and a kill: what was measured stays, no process does."""

from __future__ import annotations

import os
import pty
import random
import re
import signal
import time
from pathlib import Path

import pytest

from .program import (
    Json,
    Program,
    Running,
    read_journal,
    read_terminal,
    signal_quietly,
    wait_until,
    whole_lines,
)
from .schema import check_run, parse

LONG = ("run", "--strategies", "mutex_queue,lockfree_spsc", "--pairs", "1:1", "--payload", "8,64",
        "--incarnations", "4")


def start_long(handoff: Program, directory: Path, **how: object) -> Running:
    running = handoff.start(*LONG, "--budget", "30s", directory=directory, **how)
    running.wait_for("block", 5)
    return running


def assert_interrupted(running: Running, directory: Path) -> None:
    finished = running.wait()
    assert finished.code == 130
    assert running.left_over() == []
    results = check_run(directory)
    assert (results["context"]["status"], results["context"]["exit"]) == ("interrupted", 130)
    assert sum(point["blocks"] for point in results["points"]) >= 3
    assert finished.out.splitlines()[-1] == f"{directory}/results.json"
    assert results["context"]["spent_s"] < 15


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_writes_its_results_and_exits_130(
        handoff: Program, tmp_path: Path, number: signal.Signals) -> None:
    running = start_long(handoff, tmp_path / "run")
    running.process.send_signal(number)
    assert_interrupted(running, tmp_path / "run")


def test_ctrl_c_at_a_terminal_reaches_the_whole_group_and_ends_the_run_alike(
        handoff: Program, tmp_path: Path) -> None:
    running = start_long(handoff, tmp_path / "run", start_new_session=True)
    os.killpg(running.process.pid, signal.SIGINT)
    assert_interrupted(running, tmp_path / "run")


def test_an_interrupted_run_can_be_resumed_to_its_end(handoff: Program, tmp_path: Path) -> None:
    directory = tmp_path / "run"
    running = handoff.start(*LONG, "--budget", "2s", directory=directory)
    running.wait_for("block", 5)
    running.process.send_signal(signal.SIGINT)
    assert running.wait().code == 130
    assert handoff.run("run", "--resume", directory).code == 0
    results = check_run(directory)
    assert results["context"]["status"] == "complete"
    assert all(point["incarnations"] >= 4 for point in results["points"])


def test_a_second_ctrl_c_ends_at_once_and_leaves_no_process(handoff: Program,
                                                            tmp_path: Path) -> None:
    running = start_long(handoff, tmp_path / "run")
    running.process.send_signal(signal.SIGINT)
    running.process.send_signal(signal.SIGINT)
    assert running.wait().code == 130
    assert running.left_over() == []
    for line in whole_lines(tmp_path / "run" / "journal.jsonl"):
        parse(line)


def test_ctrl_c_while_a_strategy_hangs_does_not_wait_for_its_timeout(
        handoff_broken: Program, tmp_path: Path) -> None:
    running = handoff_broken.start(
        "run", "--strategies", "mutex_queue,broken_hangs", "--pairs", "1:1", "--incarnations", "8",
        "--budget", "60s", "--timeout", "50s", directory=tmp_path / "run")
    wait_until(lambda: len(running.processes("handoff-cell")) == 4)
    time.sleep(1)  # it hangs in its third slice, before the first block is written
    running.process.send_signal(signal.SIGINT)
    finished = running.wait(20)
    assert finished.code == 130
    assert running.left_over() == []


def shared_memory_files() -> set[str]:
    return {name for name in os.listdir("/dev/shm") if "handoff" in name}


def head_of(journal: Path) -> Json | None:
    lines = whole_lines(journal)
    return parse(lines[0]) if lines else None


def blocks_shown(terminal: str) -> int:
    """How many blocks the progress on a terminal said were done; 0 if it said nothing."""
    return max(map(int, re.findall(r"  block (\d+)  ", terminal)), default=0)


def test_a_run_killed_ten_times_has_every_block_that_was_done_and_is_resumed_to_its_end(
        handoff: Program, tmp_path: Path) -> None:
    directory = tmp_path / "run"
    journal = directory / "journal.jsonl"
    chance = random.Random(10)
    memory_before = shared_memory_files()
    kept: list[str] = []  # the whole lines so far
    most_shown = 0
    for _ in range(10):
        controller, terminal = pty.openpty()
        running = (handoff.start("run", "--resume", directory, stderr=terminal) if kept else
                   handoff.start(*LONG, "--budget", "4s", directory=directory, stderr=terminal))
        os.close(terminal)
        time.sleep(chance.uniform(0.0, 0.7))
        running.process.kill()
        shown = blocks_shown(read_terminal(controller))
        assert running.wait().code == -signal.SIGKILL
        assert running.left_over() == []
        assert shared_memory_files() == memory_before
        lines = whole_lines(journal)
        assert lines[:len(kept)] == kept, "a line from before is gone"
        measured = [line for line in map(parse, lines)
                    if line["t"] == "block" and line["block"] >= 0]
        assert len(measured) >= shown, "a block that was done is gone"
        kept = lines
        most_shown = max(most_shown, shown)
    assert most_shown > 0, "no sitting came to a block: nothing was put to the test"
    head = head_of(journal)
    finished = (handoff.run("run", "--resume", directory) if kept else
                handoff.run(*LONG, "--budget", "4s", directory=directory))
    assert finished.code == 0, finished.err
    assert whole_lines(journal)[:len(kept)] == kept
    results = check_run(directory)  # counts every block whose line is whole
    assert results["context"]["status"] == "complete"
    assert all(point["incarnations"] >= 4 for point in results["points"])
    if head:
        assert head_of(journal) == head
        assert results["context"]["seed"] == head["context"]["seed"] == head["plan"]["seed"]


def test_a_run_killed_with_a_torn_line_keeps_the_lines_before(handoff: Program,
                                                              tmp_path: Path) -> None:
    directory = tmp_path / "run"
    running = handoff.start(*LONG, "--budget", "2s", directory=directory)
    running.wait_for("block", 8)
    running.process.kill()
    running.wait()
    lines = whole_lines(directory / "journal.jsonl")
    torn = next(line for line in reversed(lines) if parse(line)["t"] == "block")[:60]
    with (directory / "journal.jsonl").open("a", encoding="utf-8") as journal:
        journal.write(torn)
    assert handoff.run("run", "--resume", directory).code == 0
    assert whole_lines(directory / "journal.jsonl")[:len(lines)] == lines
    check_run(directory)


def test_time_spent_before_a_kill_counts_when_resumed(handoff: Program, tmp_path: Path) -> None:
    directory = tmp_path / "run"
    running = handoff.start(*LONG, "--budget", "2s", directory=directory)
    running.wait_for("pass", 2)
    running.process.kill()
    running.wait()
    rows = [row for line in read_journal(directory) if line["t"] == "block"
            for row in line["slices"]]
    before_s = max(row[1] for row in rows) / 1e9
    assert handoff.run("run", "--resume", directory).code == 0
    lines = read_journal(directory)
    (resumed,) = [i for i, line in enumerate(lines) if line["t"] == "resume"]
    after = [row[1] / 1e9 for line in lines[resumed:] if line["t"] == "block"
             for row in line["slices"]]
    assert min(after) >= before_s


def send_all(processes: list[int], number: signal.Signals) -> None:
    for pid in processes:
        signal_quietly(pid, number)


@pytest.mark.parametrize("whole_group", [False, True], ids=["driver", "everything"])
def test_a_run_that_is_stopped_for_longer_than_the_timeout_goes_on(
        handoff: Program, tmp_path: Path, whole_group: bool) -> None:
    running = handoff.start(*LONG, "--budget", "4s", "--timeout", "2s",
                            directory=tmp_path / "run")
    running.wait_for("block", 5)
    cells = running.processes("handoff-cell") if whole_group else []
    others = ([pid for pid in running.processes() if pid not in cells] if whole_group else
              [running.process.pid])
    assert len(cells) == (4 if whole_group else 0)
    # The driver has seen its cell stand still for a while before it is stopped itself.
    send_all(cells, signal.SIGSTOP)
    time.sleep(0.4)
    send_all(others, signal.SIGSTOP)
    time.sleep(2.5)
    send_all(others, signal.SIGCONT)
    time.sleep(0.1)
    send_all(cells, signal.SIGCONT)
    finished = running.wait()
    assert finished.code == 0, finished.out
    assert check_run(tmp_path / "run")["context"]["status"] == "complete"


def test_a_keeper_that_is_stopped_does_not_hold_the_run_up(handoff: Program,
                                                           tmp_path: Path) -> None:
    running = handoff.start(*LONG, "--budget", "2s", "--timeout", "500ms",
                            directory=tmp_path / "run")
    running.wait_for("block", 5)
    keepers = wait_until(lambda: running.processes("handoff-keeper"))
    signal_quietly(keepers[0], signal.SIGSTOP)
    finished = running.wait(30)
    assert finished.code in {0, 2}
    assert running.left_over() == []
