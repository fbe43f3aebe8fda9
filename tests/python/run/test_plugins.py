"""Plug-ins, out of the tree: the example is installed for, built, listed, run and gated."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import ROOT, find
from .program import Program, command
from .schema import parse
from .test_usage import assert_refused

SLOWER = """
    for (volatile int spin = 0; spin < 2000; ) spin = spin + 1;
"""
SMALL = ("--pairs", "1:1", "--payload", "64")


@pytest.fixture(scope="session")
def example(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as it stands, and a `slow/my_queue.so` that dawdles over every item."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(ROOT / "examples" / "plugin", folder / "source")
    slow = folder / "slow" / "source"
    shutil.copytree(folder / "source", slow)
    text = (slow / "my_queue.cpp").read_text()
    mark = "    slots_[push_at_] = message;\n"
    assert mark in text
    (slow / "my_queue.cpp").write_text(text.replace(mark, SLOWER + mark))
    for place in (folder, folder / "slow"):
        command("cmake", "-S", place / "source", "-B", place, "-G", "Ninja",
                f"-DCMAKE_PREFIX_PATH={installed}")
        command("cmake", "--build", place)
    return folder


def test_the_example_is_listed_with_its_traits(here: Program, example: Path) -> None:
    listed = {one["name"]: one for one in
              parse(here.run("list", "--json", "--plugin", example / "my_queue.so").out)}
    assert listed["my_queue"]["traits"]["fifo"]
    assert (listed["my_queue"]["family"], listed["my_queue"]["carrier"]) == ("mutex queue", "threads")
    assert "mutex_queue" in listed


def test_the_example_runs_beside_the_strategies_of_handoff(here: Program, example: Path,
                                                           tmp_path: Path) -> None:
    finished = here.run("run", "--plugin", example / "my_queue.so", "--strategies",
                        "my_queue,mutex_queue", *SMALL, "--budget", "3s", directory=tmp_path / "r")
    assert finished.code == 0, finished.err
    results = parse((tmp_path / "r" / "results.json").read_text())
    cells = {cell["label"]: cell for cell in results["points"][0]["cells"]}
    assert cells["my_queue"]["verdict"] == "delivered"
    assert cells["my_queue"]["items"] > 0
    assert (cells["my_queue"]["structure"], cells["my_queue"]["carrier"],
            cells["my_queue"]["origin"]) == ("two-lock ring", "threads", "my_queue 1.0")
    assert results["points"][0]["mechanisms"] == [], "of two origins"
    assert results["context"]["code"][0]["file"].endswith("my_queue.so")


def test_the_example_is_proved_and_what_it_does_not_support_is_skipped(here: Program,
                                                                      example: Path) -> None:
    finished = here.run("prove", "--plugin", example / "my_queue.so", "--strategies", "my_queue",
                        "--transfer", "copy,in_place", "--for", "2s", "--json")
    assert finished.code == 0, finished.out
    (proof,) = json.loads(finished.out)["strategies"]
    assert (proof["strategy"], proof["verdict"]) == ("my_queue", "proved")
    assert proof["plugin"].endswith("my_queue.so")
    assert proof["skipped"] > 0, "told by its cells"


def test_a_run_is_not_resumed_with_another_plugin(here: Program, example: Path,
                                                  tmp_path: Path) -> None:
    own = tmp_path / "my_queue.so"
    shutil.copy(example / "my_queue.so", own)
    running = here.start("run", "--plugin", own, "--strategies", "my_queue", *SMALL, "--budget",
                         "20s", directory=tmp_path / "r")
    running.wait_for("block", 3)
    running.process.kill()
    running.wait()
    shutil.copy(example / "slow" / "my_queue.so", own)
    assert_refused(here.run("run", "--resume", tmp_path / "r"), "plug-in", "has changed")


def test_a_gate_passes_the_same_code_and_stops_a_slower_one(here: Program, example: Path,
                                                            tmp_path: Path) -> None:
    base, slow = example / "my_queue.so", example / "slow" / "my_queue.so"
    same = here.run("gate", "--base", base, "--head", base, "--budget", "20s", "--threshold", "20%",
                    directory=tmp_path / "same")
    assert same.code in (0, 3), same.out  # 3: this machine is too noisy to say
    worse = here.run("gate", "--base", base, "--head", slow, "--budget", "20s", "--threshold",
                     "20%", directory=tmp_path / "worse")
    assert worse.code == 2, worse.out
    assert "REGRESSION in 1 of 1" in worse.out
    comparison = parse((tmp_path / "worse" / "comparison.json").read_text())
    assert comparison["verdict"] == "regression"
    assert comparison["changes"][0]["regression"]
    assert comparison["changes"][0]["ratio"]["median"] > 1.2
    junit = here.run("export", tmp_path / "worse", "--format", "junit")
    assert '<failure type="regression"' in junit.out
    markdown = here.run("export", tmp_path / "worse" / "comparison.json", "--format", "markdown")
    assert markdown.out.startswith("# handoff gate: REGRESSION")


def test_a_gate_takes_two_builds_of_handoff(here: Program, handoff: Program,
                                            tmp_path: Path) -> None:
    finished = here.run("gate", "--base", handoff.path, "--head", here.path, "--strategies",
                        "lockfree_spsc", "--budget", "15s", "--threshold", "30%",
                        directory=tmp_path / "g")
    assert finished.code in (0, 3), finished.out + finished.err


@pytest.mark.parametrize(("arguments", "fragments"), [
    ("--base {so} --head {program}", ["of different kinds"]),
    ("--base {program} --head {program}", ["--strategies"]),
    ("--base {so} --head {so} --strategies mutex_queue", ["has no strategy 'mutex_queue'"]),
    ("--base {so} --head missing.so", ["--head 'missing.so' cannot be read"]),
    ("--base {so} --head {so} --threshold 5", ["--threshold '5'", "%"]),
    ("--base {text} --head {so}", ["neither a plug-in", "nor a build of handoff"]),
    ("--head {so}", ["--base"]),
])
def test_a_gate_that_cannot_be_is_refused(here: Program, example: Path, tmp_path: Path,
                                          arguments: str, fragments: list[str]) -> None:
    text = tmp_path / "text"
    text.write_text("no program\n")
    words = arguments.format(so=example / "my_queue.so", program=here.path, text=text).split()
    assert_refused(here.run("gate", *words, cwd=tmp_path), *fragments)


def library(folder: Path, name: str, source: str) -> Path:
    """A shared library from a few lines."""
    (folder / f"{name}.cpp").write_text(source)
    made = folder / f"{name}.so"
    command("c++", "-std=c++20", "-shared", "-fPIC", "-I", ROOT, "-o", made, folder / f"{name}.cpp")
    return made


STRATEGY = """
#include "bench/interface/registry.h"
static const handoff::Descriptor mine{{.name = "{name}", .summary = "", .source = ""}};
static const bool registered = handoff::add_strategy(&mine, {tag});
"""


@pytest.mark.parametrize(("name", "source", "fragments"), [
    ("empty", "int nothing;", ["holds no strategy"]),
    ("other", STRATEGY.format(name="other", tag='"interface 0"'), ["interface 0", "gcc"]),
    ("symbol", 'extern int missing_here; int* use() { return &missing_here; }'
               ' static int* now = use();', ["undefined symbol", "missing_here"]),
    ("crash", "#include <csignal>\nstatic int now = raise(SIGSEGV);", ["crashed", "Segmentation"]),
    ("leave", "#include <cstdlib>\nstatic int now = (std::_Exit(0), 0);",
     ["ended its process while it was loaded"]),
    ("clash", STRATEGY.format(name="mutex_queue", tag="handoff::kInterfaceTag"),
     ["'mutex_queue'", "and so has this program"]),
])
def test_a_plugin_that_cannot_be_used_is_a_sentence(handoff: Program, tmp_path: Path, name: str,
                                                    source: str, fragments: list[str]) -> None:
    made = library(tmp_path, name, source)
    assert_refused(handoff.run("list", "--plugin", made), *fragments)
    assert_refused(handoff.run("run", "--plugin", made), *fragments)


def test_what_is_no_library_at_all_is_a_sentence(handoff: Program, tmp_path: Path) -> None:
    (tmp_path / "text.so").write_text("not a library\n")
    assert_refused(handoff.run("list", "--plugin", tmp_path / "text.so"), "text.so", "no plug-in")
    assert_refused(handoff.run("list", "--plugin", "missing.so"), "'missing.so' cannot be read")
    assert_refused(handoff.run("list", "--plugin", tmp_path), "it is a directory")


def test_a_plugin_that_prints_while_it_is_loaded_is_understood(handoff: Program,
                                                               tmp_path: Path) -> None:
    chatty = STRATEGY.format(name="chatty", tag="handoff::kInterfaceTag") + (
        '#include <cstdio>\nstatic int now = std::puts("hello");\n')
    listed = json.loads(handoff.run("list", "--json", "--plugin",
                                    library(tmp_path, "chatty", chatty)).out)
    assert "chatty" in {one["name"] for one in listed}


def test_the_example_that_cannot_be_closed_delivers(here: Program, example: Path,
                                                    tmp_path: Path) -> None:
    if not (example / "tbb_bounded_queue.so").exists():
        pytest.skip("oneTBB is not found (package libtbb-dev)")
    finished = here.run("run", "--plugin", example / "tbb_bounded_queue.so", "--strategies",
                        "tbb_bounded_queue", "--no-references", "--pairs", "1:1,3:2", "--payload",
                        "64,300", "--capacity", "1,3", "--transfer", "copy,move", "--incarnations",
                        "1", "--budget", "4s", directory=tmp_path / "r")
    assert finished.code == 0, finished.err
    results = parse((tmp_path / "r" / "results.json").read_text())
    assert len(results["points"]) == 16
    for point in results["points"]:
        for cell in point["cells"]:
            assert cell["verdict"] == "delivered", (point["id"], cell["reason"])


CHANNEL = """
#include "bench/strategy.h"
template <class Message>
struct Mine {{
  explicit Mine(const handoff::Setting&);
  {members}
}};
const auto make = handoff::make_threads_around<Mine>;
"""
PUSH, POP = "void push(const Message&);", "void pop(Message&);"
CLOSE, POISON = "void close(); void reopen();", "static Message poison();"


@pytest.mark.parametrize(("members", "sentence"), [
    ([PUSH, POP, POISON], ""),
    ([PUSH, "bool pop(Message&);", CLOSE], ""),
    ([PUSH, POP], "nothing ends this channel's consumers"),
    ([PUSH, "bool pop(Message&);", CLOSE, POISON], "can be closed and names a poison, too"),
    ([PUSH, POP, CLOSE], "of a channel that can be closed returns a bool"),
    ([PUSH, "bool pop(Message&);", POISON], "of a channel that cannot be closed returns nothing"),
    ([PUSH, POP, "static int poison();"], "poison() returns a Message that no item is"),
    ([POP, POISON], "a channel has push(const Message&) and pop(Message&)"),
])
def test_a_channel_of_no_known_form_is_refused_by_the_compiler_in_a_sentence(
        tmp_path: Path, members: list[str], sentence: str) -> None:
    source = tmp_path / "mine.cpp"
    source.write_text(CHANNEL.format(members="\n  ".join(members)))
    done = subprocess.run(["c++", "-std=c++20", "-fsyntax-only", "-I", str(ROOT), str(source)],
                          text=True, capture_output=True, check=False)
    assert (done.returncode == 0) == (sentence == ""), done.stderr
    assert sentence in done.stderr
