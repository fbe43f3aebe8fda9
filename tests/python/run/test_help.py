"""What a user reads before the first run: help, the list of strategies, the machine."""

from __future__ import annotations

import re

import pytest

from .program import Program
from .schema import parse

OPTIONS = {
    "run": ["suite", "config", "strategies", "pairs", "producers", "consumers", "payload",
            "capacity", "transfer", "budget", "slice", "incarnations", "precision", "plugin", "seed",
            "timeout", "pin", "memory", "out", "resume", "progress", "quiet"],
    "calibrate": ["budget", "pin", "strategies", "plugin", "show"],
    "list": ["json", "plugin"],
    "gate": ["base", "head", "threshold", "strategies", "pairs", "budget", "out"],
    "compare": ["anyway", "json"],
    "export": ["format", "slices", "out"],
    "env": ["json"],
    "prove": ["strategies", "pairs", "payload", "capacity", "transfer", "wait", "torment", "plugin",
              "for", "seed", "timeout", "progress", "quiet", "json"],
    "report": ["out", "point"],
    "selfcheck": ["budget", "runs", "seed", "replay", "replays", "strategies", "plugin"],
}


@pytest.mark.parametrize("command", OPTIONS)
def test_help_of_every_command_explains_each_of_its_options(handoff: Program,
                                                            command: str) -> None:
    finished = handoff.run(command, "--help")
    assert finished.code == 0
    assert finished.err == ""
    for option in OPTIONS[command]:
        explained = re.search(rf"--{option}\b[^\n]*\n?\s+\S+", finished.out)
        assert explained, f"--{option} is not explained"


@pytest.mark.parametrize("option", OPTIONS["run"])
def test_help_of_run_names_only_options_that_exist(handoff: Program, option: str) -> None:
    finished = handoff.run("run", f"--{option}" if option != "quiet" else "--quiet=3")
    assert finished.code == 1
    assert "unknown option" not in finished.err


def test_help_names_every_command(handoff: Program) -> None:
    finished = handoff.run("--help")
    assert finished.code == 0
    for command in OPTIONS:
        assert re.search(rf"^\s+{command}\s+\S", finished.out, re.MULTILINE)


def test_version_is_a_number(handoff: Program) -> None:
    finished = handoff.run("--version")
    assert finished.code == 0
    assert re.fullmatch(r"\d+\.\d+\.\d+", finished.out.strip())


def test_list_as_json_names_strategies_roles_and_traits(handoff: Program) -> None:
    strategies = {one["name"]: one for one in parse(handoff.run("list", "--json").out)}
    assert {"direct", "floor", "mutex_queue", "lockfree_queue", "lockfree_spsc"} <= set(strategies)
    for strategy in strategies.values():
        assert strategy["summary"]
        assert strategy["role"] in {"candidate", "reference"}
        assert all(isinstance(trait, bool) for trait in strategy["traits"].values())
    assert strategies["direct"]["role"] == "reference"
    assert not any(name.startswith("broken") for name in strategies)


def test_list_says_what_each_strategy_is_made_of(handoff: Program) -> None:
    strategies = {one["name"]: one for one in parse(handoff.run("list", "--json").out)}
    for strategy in strategies.values():
        for part in ("family", "carrier", "structure", "origin"):
            assert strategy[part], f"{strategy['name']} says no {part}"
    assert strategies["process_pool"]["structure"] == "mpmc ring"
    assert strategies["process_pool"]["structure_one_to_one"] == "spsc ring"
    assert strategies["lockfree_queue"]["origin"].startswith("Boost 1.")
    shown = handoff.run("list").out
    assert "process pool; mpmc ring (spsc ring at 1:1); processes; ours" in shown
    assert "mutex queue; locked ring; threads; ours" in shown


def test_list_shows_every_strategy_of_the_json(handoff: Program) -> None:
    shown = handoff.run("list").out
    for strategy in parse(handoff.run("list", "--json").out):
        assert strategy["name"] in shown
        assert strategy["summary"] in shown


def test_env_as_json_holds_what_harms_measuring_and_the_remedy(handoff: Program) -> None:
    environment = parse(handoff.run("env", "--json").out)
    assert {"cpu", "topology", "kernel", "build", "libraries", "memory", "steal"} <= set(
        environment)
    for warning in environment["warnings"]:
        assert warning["what"]
        assert warning["remedy"]


def test_env_as_text_shows_the_kernel_and_the_compiler(handoff: Program) -> None:
    environment = parse(handoff.run("env", "--json").out)
    shown = handoff.run("env").out
    assert environment["kernel"]["release"] in shown
    assert environment["build"]["version"] in shown
