"""mutants [NAME...] [options]: shows which tests notice single faults (docs/mutants.md).

Exit status: 0 every fault is noticed, or the catalogue has a reason why it cannot be; 1 bad input
or a build that fails; 2 a fault is not noticed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from handoff_mutants import table
from handoff_mutants.catalogue import CatalogueError, Mutant, read
from handoff_mutants.scratch import BuildError, Scratch
from handoff_mutants.table import Result
from handoff_mutants.trial import run_tests, run_whole_suite

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "tests" / "mutants.toml"


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/mutants", description="Puts single faults into a copy of the tree, one at a "
        "time, and shows which tests notice them.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="faults to try (default: all)")
    parser.add_argument("--list", action="store_true", help="list the faults and exit")
    parser.add_argument("--whole-suite", action="store_true",
                        help="run every test against each fault, not only the related ones (takes "
                             "minutes per fault)")
    parser.add_argument("--resume", action="store_true",
                        help="leave out faults that were tried before")
    parser.add_argument("--markdown", action="store_true",
                        help="print the tables of docs/mutants.md from earlier results, and exit")
    parser.add_argument("--scratch", type=Path, default=ROOT / "build-mutants", metavar="DIR",
                        help="directory for the copy and its builds (default: build-mutants)")
    return parser.parse_args(arguments)


def chosen(mutants: list[Mutant], names: list[str]) -> list[Mutant]:
    known = {mutant.name for mutant in mutants}
    for name in names:
        if name not in known:
            raise CatalogueError(f"there is no fault '{name}': scripts/mutants --list shows all")
    return [mutant for mutant in mutants if not names or mutant.name in names]


def read_results(path: Path) -> dict[str, Result]:
    """The latest result of each fault, by its name."""
    results = {}
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            fields = json.loads(line)
            results[fields["name"]] = Result(fields["name"], tuple(fields["noticed_by"]))
    return results


def tests_by_build(mutants: list[Mutant]) -> dict[str, list[str]]:
    """The tests to run with each build, each test once."""
    tests: dict[str, list[str]] = {}
    for mutant in mutants:
        tests.setdefault(mutant.build, []).extend(mutant.tests)
    return {build: list(dict.fromkeys(named)) for build, named in tests.items()}


def try_all(scratch: Scratch, mutants: list[Mutant], path: Path, whole: bool) -> dict[str, Result]:
    """Tries the faults one after the other; each result is written as soon as it is known."""
    bad = set()  # tests that fail without a fault
    baseline = {}  # by build
    for build, tests in tests_by_build(mutants).items():
        outcome = (run_whole_suite(scratch, 0) if whole and build == "release"
                   else run_tests(scratch, build, 0, tests))
        bad.update(outcome.failed)
        baseline[build] = outcome
        print(f"Without a fault {outcome.ran} tests ran"
              + "".join(f"; {name} FAILS, so it is ignored" for name in outcome.failed), flush=True)
    results = {}
    with path.open("a", encoding="utf-8") as file:
        for mutant in mutants:
            outcome = (run_whole_suite(scratch, mutant.number) if whole and mutant.build == "release"
                       else run_tests(scratch, mutant.build, mutant.number, mutant.tests,
                                      baseline[mutant.build].limit_s(mutant.tests)))
            if outcome.ran == 0 and not outcome.failed:
                raise CatalogueError(f"the fault {mutant.name} names tests that do not exist: "
                                     f"{', '.join(mutant.tests)}")
            result = Result(mutant.name, tuple(name for name in outcome.failed if name not in bad))
            results[mutant.name] = result
            file.write(json.dumps(result.to_json()) + "\n")
            file.flush()
            print(table.line(mutant, result), flush=True)
    return results


def run(asked: argparse.Namespace) -> int:
    all_mutants = read(CATALOGUE)
    mutants = chosen(all_mutants, asked.names)
    results_path = asked.scratch / "results.jsonl"
    if asked.list:
        for mutant in mutants:
            print(f"{mutant.name}: {mutant.why}")
        return 0
    if asked.markdown:
        print(table.markdown(mutants, read_results(results_path)))
        return 0
    scratch = Scratch(ROOT, asked.scratch.resolve())
    scratch.copy(all_mutants)
    for build in dict.fromkeys(mutant.build for mutant in mutants):
        print(f"Building the copy ({build}) in {scratch.build_directory(build)}", flush=True)
        scratch.build(build)
    before = read_results(results_path) if asked.resume else {}
    tried = try_all(scratch, [mutant for mutant in mutants if mutant.name not in before],
                    results_path, asked.whole_suite)
    results = {**before, **tried}
    print(table.summary(mutants, results))
    return 0 if all(table.is_as_it_should_be(mutant, results[mutant.name])
                    for mutant in mutants) else 2


def main(arguments: Sequence[str]) -> int:
    try:
        return run(options(arguments))
    except (CatalogueError, BuildError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: the results so far are kept; continue with --resume.",
              file=sys.stderr)
        return 130
