"""A disk that is full or read-only ends the run with a sentence, and what is written is whole."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .conftest import SMALL
from .program import Finished, Program, whole_lines
from .schema import parse

ENOUGH = ("run", "--strategies", "mutex_queue", "--pairs", "1:1", "--incarnations", "8", "--budget",
          "3s")


def assert_stopped(finished: Finished, directory: Path) -> None:
    assert finished.code == 1
    assert "cannot write" in finished.err
    assert f"{directory}/journal.jsonl" in finished.err
    assert "Success" not in finished.err
    assert not (directory / "results.json.part").exists()
    text = (directory / "journal.jsonl").read_text(encoding="utf-8")
    assert text.endswith("\n"), "the last line is torn"
    kinds = [parse(line)["t"] for line in whole_lines(directory / "journal.jsonl")]
    assert kinds[0] == "plan"
    assert "block" in kinds


def usual_file_signal() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


def ignored_file_signal() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


@pytest.mark.parametrize("prepare", [usual_file_signal, ignored_file_signal])
def test_a_file_that_may_not_grow_ends_the_run_in_a_sentence(
        handoff: Program, tmp_path: Path, prepare: Callable[[], None]) -> None:
    directory = tmp_path / "run"
    running = handoff.start("run", "--strategies", "mutex_queue", "--pairs", "1:1",
                            "--incarnations", "1", "--budget", "10s", directory=directory,
                            preexec_fn=prepare)
    running.wait_for("block", 5)
    limit = (directory / "journal.jsonl").stat().st_size + 500
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
    finished = running.wait()
    assert running.left_over() == []
    assert_stopped(finished, directory)
    assert "mutex_queue" in finished.out, "what was measured is shown nevertheless"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=28k", "tmpfs", str(disk)], check=False,
        capture_output=True).returncode == 0
    if not mounted:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_ends_the_run_in_a_sentence_and_is_resumed_where_there_is_room(
        handoff: Program, tiny_disk: Path) -> None:
    directory = tiny_disk / "run"
    assert_stopped(handoff.run(*ENOUGH, directory=directory), directory)
    kept = whole_lines(directory / "journal.jsonl")
    subprocess.run(["mount", "-o", "remount,size=8m", str(tiny_disk)], check=True)
    assert handoff.run("run", "--resume", directory).code == 0
    assert whole_lines(directory / "journal.jsonl")[:len(kept)] == kept


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_may_not_be_written_is_named(handoff: Program, tmp_path: Path) -> None:
    directory = tmp_path / "locked"
    directory.mkdir(mode=0o500)
    finished = handoff.run(*SMALL, directory=directory)
    assert finished.code == 1
    assert len(finished.err.splitlines()) == 1
    assert str(directory) in finished.err


def test_a_read_only_disk_is_named(handoff: Program, tiny_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    for directory in (tiny_disk, tiny_disk / "new"):
        finished = handoff.run(*SMALL, directory=directory)
        assert finished.code == 1
        assert len(finished.err.splitlines()) == 1
        assert str(directory) in finished.err
