"""Runs tests with one fault switched on."""

from __future__ import annotations

import fnmatch
import itertools
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as tree
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from handoff_mutants.scratch import Scratch

LIMIT_S = 3600.0  # if it is not known how long the tests take
LONGER, LEAST_S = 10, 30.0  # a test hangs after LEAST_S and LONGER times its time without a fault
MARK = "HANDOFF_FAULT_TRIAL"  # environment variable of every process that a trial starts

_trials = itertools.count()


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run of tests: how many ran, the names of those that failed, and how long
    each C++ test took, in seconds, by its name."""

    ran: int
    failed: tuple[str, ...]
    took_s: dict[str, float] = field(default_factory=dict)

    def limit_s(self, tests: Sequence[str]) -> float:
        """The time limit for a run of these tests with a fault; this outcome is without one."""
        if any(is_python(test) for test in tests):
            return LIMIT_S  # pytest has a limit for each test
        took_s = sum(took for name, took in self.took_s.items()
                     if any(fnmatch.fnmatchcase(name, test) for test in tests))
        return LONGER * took_s + LEAST_S


def environment(fault: int) -> dict[str, str]:
    """The environment of a program with this fault switched on; 0: none."""
    values = {**os.environ, "HANDOFF_FAULT": str(fault), "HANDOFF_TEST_LIMIT_S": "120"}
    values["TSAN_OPTIONS"] = "halt_on_error=1:second_deadlock_stack=1"
    return values


def is_python(test: str) -> bool:
    return test.partition("::")[0].endswith(".py")


def run_tests(scratch: Scratch, build: str, fault: int, tests: Sequence[str],
              limit_s: float = LIMIT_S) -> Outcome:
    """Runs `tests`, which are written as in the catalogue. A test that crashes the program, or
    still runs when the time is over, has failed."""
    ran, failed, took_s = 0, [], {}
    cpp = [test for test in tests if not is_python(test)]
    python = [test for test in tests if is_python(test)]
    for some, run in ((cpp, _run_cpp), (python, _run_python)):
        if some:
            outcome = run(scratch, build, fault, some, limit_s)
            ran += outcome.ran
            failed += outcome.failed
            took_s |= outcome.took_s
    return Outcome(ran, tuple(failed), took_s)


def _output_of(command: list[str], where: Path, fault: int,
               limit_s: float) -> tuple[int | None, str]:
    """Exit status (None: killed when the time was over) and output. The output goes to a file: with
    a pipe, processes that a fault left behind would keep the reader waiting."""
    mark = f"{os.getpid()}.{next(_trials)}"
    with tempfile.TemporaryFile() as file:
        process = subprocess.Popen(command, cwd=where, env={**environment(fault), MARK: mark},
                                   stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        status = None
        try:
            status = process.wait(limit_s)
        except subprocess.TimeoutExpired:
            pass
        finally:
            kill_marked(mark)
            process.wait()
        file.seek(0)
        return status, file.read().decode(errors="replace")


def kill_marked(mark: str) -> None:
    """Kills every process that was started with this mark, and its descendants. Killing the process
    group is not enough: cells have groups of their own, and a fault may keep the keeper from
    killing them."""
    entry = f"{MARK}={mark}".encode()
    clean = 0
    while clean < 2:  # during exec a process has no environment for a moment
        clean += 1
        for directory in Path("/proc").glob("[0-9]*"):
            try:
                if entry in (directory / "environ").read_bytes().split(b"\0"):
                    os.kill(int(directory.name), signal.SIGKILL)
                    clean = 0
            except OSError:  # the process has ended, or belongs to another user
                pass
        time.sleep(0.01)


def _run_cpp(scratch: Scratch, build: str, fault: int, filters: list[str],
             limit_s: float) -> Outcome:
    command = [*scratch.under(build), str(scratch.tests_program(build)),
               f"--gtest_filter={':'.join(filters)}"]
    status, output = _output_of(command, scratch.tree, fault, limit_s)
    begun = re.findall(r"^\[ RUN      \] (\S+)", output, re.MULTILINE)
    failed = dict.fromkeys(re.findall(r"^\[  FAILED  \] ([^\s,]+)[^\n]* \(\d+ ms\)$", output,
                                      re.MULTILINE))
    ended = "[  PASSED  ]" in output
    if status != 0 and not ended:
        how = "takes too long" if status is None else "crashes"
        failed[f"{begun[-1]} ({how})" if begun else f"all ({how})"] = None
    took = re.findall(r"^\[       OK \] (\S+)[^\n]* \((\d+) ms\)$", output, re.MULTILINE)
    return Outcome(len(begun), tuple(failed), {name: int(ms) / 1e3 for name, ms in took})


def _run_python(scratch: Scratch, build: str, fault: int, nodes: list[str],
                limit_s: float) -> Outcome:
    with tempfile.TemporaryDirectory() as work:
        junit = Path(work) / "junit.xml"
        status, output = _output_of([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                                     "--junitxml", str(junit), *nodes], scratch.tree, fault,
                                    limit_s)
        if not junit.is_file():
            how = "take too long" if status is None else "".join(output.splitlines()[-1:])
            return Outcome(0, (f"{', '.join(nodes)} ({how})",))
        cases = list(tree.parse(junit).iter("testcase"))
    failed = [str(case.get("name")) for case in cases
              if case.find("failure") is not None or case.find("error") is not None]
    return Outcome(len(cases), tuple(failed))


def run_whole_suite(scratch: Scratch, fault: int) -> Outcome:
    """Runs every C++ test, each in a process of its own, and every Python test."""
    build = scratch.build_directory("release")
    with tempfile.TemporaryDirectory() as work:
        junit = Path(work) / "junit.xml"
        subprocess.run(["ctest", "--test-dir", str(build), "--parallel", "2", "--timeout", "120",
                        "--output-junit", str(junit)], env=environment(fault),
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
        cases = list(tree.parse(junit).iter("testcase"))
    failed = [str(case.get("name")) for case in cases if case.find("failure") is not None]
    python = _run_python(scratch, "release", fault, ["tests/python"], LIMIT_S)
    return Outcome(len(cases) + python.ran, (*failed, *python.failed))
