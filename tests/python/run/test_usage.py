"""Every mistake on the command line costs exit status 1 and one sentence that names the remedy."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import SMALL
from .program import Finished, Json, Program, whole_lines


def test_a_machine_that_was_not_calibrated_is_told_so(handoff: Program, tmp_path: Path) -> None:
    finished = handoff.run("calibrate", "--show",
                           environment={**os.environ, "XDG_STATE_HOME": str(tmp_path)})
    assert (finished.code, finished.err) == (3, "")
    assert "there is no calibration for this machine" in finished.out


def assert_refused(finished: Finished, *fragments: str) -> None:
    assert finished.code == 1
    assert finished.out == ""
    assert len(finished.err.splitlines()) == 1, finished.err
    assert finished.err.startswith("handoff: ")
    assert not any(word in finished.err for word in ("exception", "std::", "terminate", "_M_"))
    for fragment in fragments:
        assert fragment in finished.err


@pytest.mark.parametrize(("arguments", "fragments"), [
    ("", ["no command given", "run", "list", "env", "report"]),
    ("rnu", ["unknown command 'rnu'", "did you mean 'run'"]),
    ("--verson", ["'--verson'", "did you mean '--version'"]),
    ("run --bugdet 3s", ["unknown option '--bugdet'", "did you mean '--budget'"]),
    ("run extra", ["'extra'"]),
    ("run --budget", ["--budget needs a value"]),
    ("run --quiet=3", ["--quiet takes no value"]),
    ("run --strategies mutex_queu", ["'mutex_queu'", "did you mean 'mutex_queue'"]),
    ("run --strategies a=", ["'a='"]),
    ("run --strategies mutex_queue,mutex_queue", ["twice", "label"]),
    ("run --strategies direct=mutex_queue", ["'direct'", "reference"]),
    ("run --suite quik", ["'quik'", "did you mean 'quick'"]),
    ("run --payload 7", ["'7'", "8B to 1MiB"]),
    ("run --payload 2M", ["'2M'", "8B to 1MiB"]),
    ("run --payload 1.5K", ["'1.5K'"]),
    ("run --pairs 0:1", ["'0:1'", "1 to 1024"]),
    ("run --pairs 2000:1", ["'2000:1'", "1 to 1024"]),
    ("run --pairs 1", ["'1'", "producers:consumers"]),
    ("run --pairs 1:1 --producers 2", ["--pairs", "--producers", "exclude each other"]),
    ("run --capacity 0", ["--capacity '0'", "1 to 16777216"]),
    ("run --transfer movve", ["'movve'", "did you mean 'move'"]),
    ("run --budget 0s", ["'0s'", "100ms to 24h"]),
    ("run --budget 10", ["'10'", "20s"]),
    ("run --budget 1s --pairs 1:1 --slice 1s", ["'1s' is too small", "give at least"]),
    ("run --incarnations 0", ["'0'", "1 to 1000"]),
    ("run --precision 1", ["--precision '1'", "%"]),
    ("run --precision 200%", ["'200%' is out of range"]),
    ("run --strategies control=mutex_queue", ["'control'", "A/A control"]),
    ("gate", ["--base"]),
    ("compare a", ["HEAD"]),
    ("export", ["DIR"]),
    ("run --seed -1", ["'-1'"]),
    ("calibrate --budget 10s", ["--budget '10s' is too short for 6 runs", "give at least"]),
    ("calibrate --budget 9s", ["'9s'", "10s to"]),
    ("calibrate --strategies mutex_queu", ["'mutex_queu'", "did you mean 'mutex_queue'"]),
    ("run --timeout 0", ["--timeout '0'"]),
    ("run --pin cores", ["'cores'", "compact"]),
    ("run --pin 4095", ["4095", "allowed"]),
    ("run --memory 1M --payload 1M", ["memory budget of 1 MiB"]),
    ("run --config missing.toml", ["'missing.toml' cannot be read"]),
    ("run --suite quick --config missing.toml", ["exclude each other"]),
    ("run --out a --resume b", ["--out 'a' and --resume 'b' exclude each other"]),
    ("run --resume missing", ["missing"]),
    ("run --progress fast", ["'fast'", "plain"]),
    ("prove --for 0s", ["--for '0s' is out of range", "1s to 168h"]),
    ("prove --for", ["--for needs a value"]),
    ("prove --torment stop", ["--torment 'stop'", "did you mean 'stops'"]),
    ("prove --strategies ring_mpcm", ["'ring_mpcm'", "did you mean 'ring_mpmc'"]),
    ("prove --strategies a=mutex_queue", ["'a=mutex_queue'", "label"]),
    ("prove --strategies floor", ["'floor'", "probe"]),
    ("prove --capacity 0", ["--capacity '0'", "1 to 16777216"]),
    ("prove --producers 2", ["unknown option '--producers'"]),
    ("prove --plugin missing.so", ["'missing.so' cannot be read"]),
    ("list extra", ["'extra'"]),
    ("env --jsn", ["'--jsn'", "did you mean '--json'"]),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_mistake_is_refused_in_one_sentence(handoff: Program, tmp_path: Path, arguments: str,
                                              fragments: list[str]) -> None:
    assert_refused(handoff.run(*arguments.split(), cwd=tmp_path), *fragments)
    assert list(tmp_path.iterdir()) == [], "a refused run leaves nothing behind"


def test_a_config_file_with_an_unknown_key_is_refused_by_its_nearest_name(
        handoff: Program, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('paylod = 64\n', encoding="utf-8")
    assert_refused(handoff.run("run", "--config", "mine.toml", cwd=tmp_path), "mine.toml",
                   "'paylod'", "did you mean 'payload'")


def test_a_report_of_a_missing_directory_is_refused_in_one_sentence(
        handoff: Program, tmp_path: Path) -> None:
    finished = handoff.run("report", tmp_path / "missing")
    assert finished.code == 1
    assert len(finished.err.splitlines()) == 1
    assert str(tmp_path / "missing") in finished.err


def test_a_directory_that_holds_a_run_is_not_overwritten(
        handoff: Program, small_run: tuple[Path, Finished]) -> None:
    directory, _ = small_run
    before = (directory / "journal.jsonl").read_bytes()
    assert_refused(handoff.run(*SMALL, directory=directory), str(directory), "already holds a run",
                   "--resume", "--out")
    assert (directory / "journal.jsonl").read_bytes() == before


@pytest.mark.parametrize("place", ["a file", "a file/below", "/proc/handoff"])
def test_a_directory_that_cannot_be_made_is_named(handoff: Program, tmp_path: Path,
                                                  place: str) -> None:
    (tmp_path / "a file").touch()
    assert_refused(handoff.run(*SMALL, "--out", place, cwd=tmp_path), place, "choose another")


@pytest.fixture
def copied_run(small_run: tuple[Path, Finished], tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_run[0], tmp_path / "run"))


def change_head(directory: Path, change: Callable[[Json], object]) -> None:
    """Rewrites the first line of the journal."""
    path = directory / "journal.jsonl"
    head, *rest = whole_lines(path)
    line = json.loads(head)
    change(line)
    path.write_text("\n".join([json.dumps(line), *rest, ""]), encoding="utf-8")


def test_resume_refuses_a_directory_without_a_journal(handoff: Program, tmp_path: Path) -> None:
    assert_refused(handoff.run("run", "--resume", tmp_path), str(tmp_path), "journal")


def test_resume_refuses_another_host(handoff: Program, copied_run: Path) -> None:
    change_head(copied_run, lambda head: head["context"]["environment"]["host"].update(
        host_id="elsewhere"))
    assert_refused(handoff.run("run", "--resume", copied_run), "another host", "elsewhere",
                   "start a new run")


def test_resume_refuses_another_build(handoff: Program, copied_run: Path) -> None:
    change_head(copied_run, lambda head: head["context"].update(binary="0123456789abcdef"))
    assert_refused(handoff.run("run", "--resume", copied_run), "another build", "start a new run")


@pytest.mark.parametrize(("changed", "said"), [
    (("--payload", "128"), ["'1:1 64B' in that run", "'1:1 128B' now"]),
    (("--transfer", "move"), ["'1:1 64B' in that run", "'1:1 64B move' now"]),
    (("--incarnations", "2"), ["number of incarnations is 1 in that run and 2 now"]),
    (("--budget", "900ms"), ["budget in seconds is 0.6 in that run and 0.9 now"]),
    (("--pin", "none"), ["binding is auto in that run and none now"]),
])
def test_resume_says_what_differs_in_another_plan(handoff: Program, copied_run: Path,
                                                  changed: tuple[str, str],
                                                  said: list[str]) -> None:
    before = (copied_run / "journal.jsonl").read_bytes()
    assert_refused(handoff.run(*SMALL, *changed, "--resume", copied_run), "another plan", *said)
    assert (copied_run / "journal.jsonl").read_bytes() == before


@pytest.mark.parametrize("head", ["", "{}", "[]", "5", '{"t":"plan"}', '{"t":"plan","plan":{}}',
                                  '{"t":"block"}', "nonsense"])
def test_resume_refuses_what_is_no_journal_of_its_own(handoff: Program, tmp_path: Path,
                                                      head: str) -> None:
    (tmp_path / "journal.jsonl").write_text(head + "\n", encoding="utf-8")
    assert_refused(handoff.run("run", "--resume", tmp_path), "journal")


@pytest.mark.parametrize("line", ['{"t":"block"}', '{"t":"second"}', '{"t":"end"}', "[]",
                                  '{"t":"pass","point":7,"pass":0}',
                                  '{"t":"fail","point":0,"pass":0,"cell":0,"verdict":"odd"}'])
def test_resume_refuses_a_journal_with_a_line_that_is_not_one(handoff: Program, copied_run: Path,
                                                              line: str) -> None:
    with (copied_run / "journal.jsonl").open("a", encoding="utf-8") as journal:
        journal.write(line + "\n")
    assert_refused(handoff.run("run", "--resume", copied_run), "journal")
