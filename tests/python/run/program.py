"""Starts handoff as a user would, and finds every process that a run has made."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MARK = "HANDOFF_TEST_MARK"  # in the environment of a run and of all that it starts
PATIENCE_S = 60  # no run here takes longer, however busy the machine is
SETTLE_S = 4  # within which a run that ended has nothing left; 2 s, twice for a busy machine

Json = dict[str, Any]


def command(*words: object, cwd: Path | None = None) -> str:
    """What a command that must succeed prints on stdout."""
    done = subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def wait_until(holds: Callable[[], Any], within_s: float = PATIENCE_S) -> Any:
    """What `holds` returns as soon as that is true; its last answer when the time is over."""
    end = time.monotonic() + within_s
    while not (answer := holds()) and time.monotonic() < end:
        time.sleep(0.005)
    return answer


def whole_lines(journal: Path) -> list[str]:
    """The lines of a journal that end in a newline."""
    text = journal.read_text(encoding="utf-8") if journal.exists() else ""
    return text.split("\n")[:-1]


def read_journal(directory: Path) -> list[Json]:
    return [json.loads(line) for line in whole_lines(directory / "journal.jsonl")]


def read_terminal(controller: int) -> str:
    """What a terminal was sent until every process had closed it."""
    data = b""
    try:
        while chunk := os.read(controller, 4096):
            data += chunk
    except OSError:
        pass  # as Linux says it
    os.close(controller)
    return data.decode()


@dataclass(frozen=True)
class Finished:
    """What a run that has ended left on its streams."""

    code: int
    out: str
    err: str

    @property
    def messages(self) -> list[str]:
        """Lines on stderr that are not warnings about the machine."""
        return [line for line in self.err.splitlines() if not line.startswith("warning: ")]


class Running:
    """A run under way."""

    def __init__(self, process: subprocess.Popen[str], mark: str, directory: Path | None) -> None:
        self.process = process
        self.mark = mark
        self.directory = directory

    def wait(self, timeout: float = PATIENCE_S) -> Finished:
        try:
            out, err = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return Finished(self.process.returncode, out or "", err or "")

    def processes(self, name: str = "") -> list[int]:
        """Ids of the processes of this run that still live, of that name if one is given."""
        mark = f"{MARK}={self.mark}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if mark not in (entry / "environ").read_bytes().split(b"\0"):
                    continue
                if not name or (entry / "comm").read_text().strip() == name:
                    found.append(int(entry.name))
            except OSError:
                continue  # it has just ended
        return found

    def left_over(self) -> list[int]:
        """Processes that are still there when they should be gone."""
        wait_until(lambda: not self.processes(), SETTLE_S)
        return self.processes()

    def wait_for(self, kind: str, count: int = 1) -> None:
        """Until the journal has `count` lines of that type."""
        assert self.directory is not None
        path = self.directory / "journal.jsonl"

        def there() -> bool:
            kinds = [json.loads(line)["t"] for line in whole_lines(path)]
            return kinds.count(kind) >= count or self.process.poll() is not None

        wait_until(there)
        assert self.process.poll() is None, f"the run ended before there were {count} '{kind}'"


@dataclass(frozen=True)
class Program:
    """A build of handoff."""

    path: Path

    def start(self, *arguments: object, directory: Path | None = None, cwd: Path | None = None,
              environment: Mapping[str, str] | None = None, **streams: Any) -> Running:
        """`directory`: where results go (adds --out)."""
        mark = uuid.uuid4().hex
        if directory is not None:
            arguments = (*arguments, "--out", directory)
        options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                   "stderr": subprocess.PIPE, **streams}
        process = subprocess.Popen(
            [str(self.path), *map(str, arguments)], text=True, cwd=cwd,
            env={**(os.environ if environment is None else environment), MARK: mark}, **options)
        return Running(process, mark, directory)

    def run(self, *arguments: object, **how: Any) -> Finished:
        """Runs to its end and makes sure that no process is left."""
        running = self.start(*arguments, **how)
        finished = running.wait()
        assert running.left_over() == [], "processes are left after the run"
        return finished


def signal_quietly(pid: int, number: signal.Signals) -> bool:
    """False if there is no such process any more."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
