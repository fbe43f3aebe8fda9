"""Results go to stdout and nothing else does; plan, progress and warnings go to stderr."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from .conftest import SMALL
from .program import Finished, Program, read_terminal
from .schema import check_run

ERASE = "\r\x1b[K"


def assert_only_results(out: str, directory: Path) -> None:
    """Per point a heading, a head line, a line a cell, sentences and an empty one; sentences of the
    run; then the path."""
    lines = iter(out.splitlines())
    results = check_run(directory)
    for point in results["points"]:
        assert next(lines).startswith(f"{point['id']} — ")
        assert next(lines).split()[0] == "strategy"
        assert [next(lines).split()[0] for _ in point["cells"]] == [
            cell["label"] for cell in point["cells"]]
        assert [next(lines) for _ in point["sentences"]] == [
            f"  {sentence}" for sentence in point["sentences"]]
        assert next(lines) == ""
    context = results["context"]
    said = [context[key]["sentence"]
            for key in ("control", "between_runs", "longest_life", "outlook") if context[key]]
    *rest, path = lines
    assert [line.removeprefix("A/A control: ") for line in rest] == [*said, context["level"]]
    assert path == f"{directory}/results.json"


def test_stdout_holds_the_table_and_the_path_of_the_results(
        small_run: tuple[Path, Finished]) -> None:
    directory, finished = small_run
    assert finished.code == 0
    assert_only_results(finished.out, directory)


def test_stderr_off_a_terminal_holds_plan_and_plain_lines(
        small_run: tuple[Path, Finished]) -> None:
    _, finished = small_run
    assert "\r" not in finished.err
    assert "\x1b" not in finished.err
    assert finished.messages[0].startswith("point")
    assert any(line.startswith("suite custom: 1 point") for line in finished.messages)
    assert any(line.startswith("pass 1/1") for line in finished.messages)


def test_quiet_leaves_only_the_warnings(handoff: Program, tmp_path: Path) -> None:
    finished = handoff.run(*SMALL, "--quiet", directory=tmp_path / "run")
    warnings = check_run(tmp_path / "run")["context"]["environment"]["warnings"]
    assert finished.messages == []
    assert len(finished.err.splitlines()) >= len(warnings)
    assert_only_results(finished.out, tmp_path / "run")


def test_progress_none_leaves_the_plan(handoff: Program, tmp_path: Path) -> None:
    finished = handoff.run(*SMALL, "--progress", "none", directory=tmp_path / "run")
    assert any(line.startswith("suite custom") for line in finished.messages)
    assert not any(line.startswith("pass") for line in finished.messages)


def run_on_terminal(handoff: Program, directory: Path, *options: str) -> tuple[Finished, str]:
    """The run with its stderr on a terminal of its own, and what that terminal was sent."""
    controller, terminal = pty.openpty()
    running = handoff.start(*SMALL, "--budget", "1500ms", *options, directory=directory,
                            stderr=terminal)
    os.close(terminal)
    shown = read_terminal(controller)
    return running.wait(), shown


def test_a_terminal_gets_one_updating_line_that_is_erased_at_the_end(
        handoff: Program, tmp_path: Path) -> None:
    finished, shown = run_on_terminal(handoff, tmp_path / "run")
    assert finished.code == 0
    assert "\x1b" not in finished.out
    assert_only_results(finished.out, tmp_path / "run")
    updates = shown.split(ERASE)[1:]
    assert len(updates) >= 2
    assert all("\n" not in update for update in updates), "progress takes more than one line"
    assert updates[0].startswith("pass 1/1  point 1/1 1:1 64B")
    assert updates[-1] == ""


def test_plain_progress_can_be_had_on_a_terminal(handoff: Program, tmp_path: Path) -> None:
    finished, shown = run_on_terminal(handoff, tmp_path / "run", "--progress", "plain")
    assert finished.code == 0
    assert "\x1b" not in shown
    assert "\npass 1/1" in shown


def close_all(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)], ids=["stdout", "stderr", "all"])
def test_closed_streams_neither_stop_a_run_nor_end_up_in_its_files(
        handoff: Program, tmp_path: Path, closed: tuple[int, ...]) -> None:
    finished = handoff.run(*SMALL, directory=tmp_path / "run",
                           preexec_fn=lambda: close_all(*closed))
    assert finished.code == 0
    check_run(tmp_path / "run")


def test_a_reader_that_leaves_does_not_stop_a_run(handoff: Program, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    running = handoff.start(*SMALL, directory=tmp_path / "run", stdout=writing,
                            stderr=subprocess.STDOUT)
    os.close(writing)
    assert running.wait().code == 0
    check_run(tmp_path / "run")


def test_a_bare_environment_and_another_folder_are_enough(handoff: Program,
                                                          tmp_path: Path) -> None:
    finished = handoff.run(*SMALL, cwd=tmp_path, environment={})
    assert finished.code == 0
    (directory,) = (tmp_path / "reports" / "local").iterdir()
    assert finished.out.splitlines()[-1] == f"reports/local/{directory.name}/results.json"
    check_run(directory)
