#!/usr/bin/env python3
"""check.py --all | check.py MODEL ok|error NAME[=VALUE] ...: checks Promela models exhaustively.

--all: every line of configurations.txt, as many at a time as there are CPUs. MODEL is eventcount or
ring; `ok`: no error may be found, and every state must have been visited; `error`: one must be found,
since a setting puts in a fault. Prints a line each; exit status 0 if all is as expected. Needs spin
and a C compiler (CC, else cc). An error's trail: spin -t on the files, as docs/waiting.md shows.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
MEMORY_MB = 4096
DEPTH = 2_000_000


def output_of(command: list[str], where: str) -> str:
    """What it printed. Raises RuntimeError with it if the command fails."""
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def search(model: str, settings: list[str]) -> str:
    """The output of the verifier that spin makes of a model."""
    with tempfile.TemporaryDirectory() as work:
        defines = [f"-D{setting}" for setting in settings]
        output_of(["spin", "-a", *defines, str(HERE / f"{model}.pml")], work)
        output_of([os.environ.get("CC", "cc"), "-w", "-O1", "-DSAFETY", "-DCOLLAPSE",
                   f"-DMEMLIM={MEMORY_MB}", "-o", "pan", "pan.c"], work)
        # -E: the models say by assertions what must have happened when nobody can go on.
        return subprocess.run(["./pan", "-E", f"-m{DEPTH}", "-w22"], cwd=work,
                              capture_output=True, text=True, check=False).stdout


def verdict(output: str) -> str:
    """`ok`, `error: ...`, or why the search says neither."""
    for line in output.splitlines():
        if "max search depth too small" in line or "out of memory" in line or "memory limit" in line:
            return f"not exhaustive: {line.strip()}"
    errors = re.search(r"errors: (\d+)", output)
    if errors is None:
        return f"no verdict: {output[-300:]}"
    if errors.group(1) == "0":
        return "ok"
    why = re.search(r"pan:\d+: (.*)", output)
    return f"error: {why.group(1) if why else 'not named'}"


def check(line: list[str]) -> bool:
    """Whether a configuration (model, expectation, settings) comes out as it should; says so."""
    model, expected, *settings = line
    begin = time.monotonic()
    try:
        output = search(model, settings)
        said = verdict(output)
    except (RuntimeError, OSError) as error:
        output, said = "", f"no verdict: {error}"
    states = re.search(r"(\d+) states, stored", output)
    good = said.split(":")[0] == expected
    print(f"{'passed' if good else 'FAILED'}  {model} {' '.join(settings)}: {said} "
          f"({states.group(1) if states else '?'} states, {time.monotonic() - begin:.1f} s)", flush=True)
    return good


def main(arguments: list[str]) -> int:
    if arguments == ["--all"]:
        lines = [line.split() for line in (HERE / "configurations.txt").read_text().splitlines()
                 if line and not line.startswith("#")]
    elif len(arguments) >= 2 and arguments[0] in {"eventcount", "ring"} and (
            arguments[1] in {"ok", "error"}):
        lines = [arguments]
    else:
        print(__doc__, file=sys.stderr)
        return 1
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = list(pool.map(check, lines))
    print(f"{sum(results)} of {len(results)} configurations as expected")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
