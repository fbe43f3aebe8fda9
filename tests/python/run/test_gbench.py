"""handoff-gbench: the same cells behind Google Benchmark's command line and output, and parts."""

from __future__ import annotations

import json
import re
import resource
import time
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT, find
from .program import Finished, Program, wait_until

NAME = re.compile(r"[a-z0-9_]+/producers:\d+/consumers:\d+/payload:\d+/real_time")
PART = "parts/push_pop/ring_spsc/8"
ONE = "mutex_queue/producers:1/consumers:1/payload:64/real_time"
QUICK = ("--benchmark_min_time=0.005",)


def built(name: str) -> Program:
    cache = (find("handoff").path.parent / "CMakeCache.txt").read_text(encoding="utf-8")
    if "benchmark_DIR:PATH=benchmark_DIR-NOTFOUND" in cache:
        pytest.skip("Google Benchmark was not found when this was built")
    return find(name)


@pytest.fixture(scope="session")
def gbench() -> Program:
    return built("handoff-gbench")


@pytest.fixture(scope="session")
def gbench_broken() -> Program:
    """handoff-gbench with the strategies of tests/broken/ in it."""
    return built("handoff-gbench-broken")


def only(*names: str) -> str:
    return f"--benchmark_filter=^({'|'.join(names)})$"


def results_of(finished: Finished) -> dict[str, Any]:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    return json.loads(finished.out, parse_constant=refuse)


def names_of(finished: Finished) -> list[str]:
    return finished.out.splitlines()


@pytest.fixture(scope="session")
def repeated(gbench: Program) -> dict[str, Any]:
    finished = gbench.run(only(ONE), *QUICK, "--benchmark_repetitions=3", "--benchmark_format=json")
    assert finished.code == 0
    return results_of(finished)


def test_names_say_strategy_and_point(gbench: Program) -> None:
    names = names_of(gbench.run("--benchmark_list_tests", "--benchmark_filter=-^parts/"))
    assert ONE in names
    assert len(names) == len(set(names))
    for name in names:
        assert NAME.fullmatch(name), name
    assert {re.search(r"payload:(\d+)", name)[1] for name in names} == {"8", "64", "4096", "65536"}


def test_what_a_strategy_cannot_do_has_no_name(gbench: Program) -> None:
    names = names_of(gbench.run("--benchmark_list_tests", "--benchmark_filter=^lockfree_spsc"))
    assert len(names) == 4
    assert all("/producers:1/consumers:1/" in name for name in names)


@pytest.mark.parametrize("pattern", ["nothing_like_it", "manual_time"])
def test_a_filter_that_matches_nothing_is_exit_status_1(gbench: Program, pattern: str) -> None:
    finished = gbench.run(f"--benchmark_filter={pattern}")
    assert finished.code == 1
    assert f"'{pattern}'" in finished.err
    assert finished.out == ""


def test_a_filter_can_be_negated_or_come_from_the_environment(gbench: Program) -> None:
    everything = names_of(gbench.run("--benchmark_list_tests"))
    queues = names_of(gbench.run("--benchmark_list_tests", "--benchmark_filter=_queue/"))
    others = names_of(gbench.run("--benchmark_list_tests", "--benchmark_filter=-_queue/"))
    assert queues and others
    assert sorted(queues + others) == sorted(everything)
    again = gbench.run("--benchmark_list_tests", environment={"BENCHMARK_FILTER": "_queue/"})
    assert names_of(again) == queues


def test_a_filter_that_is_no_expression_is_exit_status_1(gbench: Program) -> None:
    finished = gbench.run("--benchmark_filter=(")
    assert finished.code == 1
    assert "regular expression" in finished.err


def test_an_unknown_flag_is_exit_status_1(gbench: Program) -> None:
    assert gbench.run("--benchmark_nonsense=1").code == 1


def test_context_is_what_readers_expect(repeated: dict[str, Any]) -> None:
    context = repeated["context"]
    assert isinstance(context["caches"], list)
    assert context["num_cpus"] >= 1
    assert context["handoff"] and context["capacity"] == "1024" and context["transfer"] == "copy"


def test_repetitions_share_one_name_and_have_aggregates(repeated: dict[str, Any]) -> None:
    runs = [b for b in repeated["benchmarks"] if b["run_type"] == "iteration"]
    assert [run["name"] for run in runs] == [ONE] * 3
    assert [run["repetition_index"] for run in runs] == [0, 1, 2]
    aggregates = [b for b in repeated["benchmarks"] if b["run_type"] == "aggregate"]
    assert [a["name"] for a in aggregates] == [f"{ONE}_{what}"
                                               for what in ("mean", "median", "stddev", "cv")]
    assert all(a["run_name"] == ONE for a in aggregates)


def test_an_iteration_is_an_item(repeated: dict[str, Any]) -> None:
    for run in repeated["benchmarks"][:3]:
        assert run["time_unit"] == "ns"
        assert run["real_time"] > 1
        assert run["items_per_second"] == pytest.approx(1e9 / run["real_time"])
        assert run["bytes_per_second"] == pytest.approx(64 * run["items_per_second"])
        assert run["cpu_time"] == pytest.approx(run["cpu_ns_per_item"])
        assert run["cpu_ns_per_item"] > 1
    mean = repeated["benchmarks"][3]
    for key in ("real_time", "cpu_time"):
        runs = [run[key] for run in repeated["benchmarks"][:3]]
        assert mean[key] == pytest.approx(sum(runs) / 3)


@pytest.mark.parametrize("form", ["json", "csv", "console"])
def test_a_file_gets_the_same_names(gbench: Program, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    finished = gbench.run(only(ONE), *QUICK, f"--benchmark_out={out}",
                          f"--benchmark_out_format={form}",
                          "--benchmark_enable_random_interleaving=true")
    assert finished.code == 0
    text = out.read_text(encoding="utf-8")
    assert ONE in text and "manual_time" not in text
    assert ONE in finished.out and "manual_time" not in finished.out
    if form == "json":
        assert [b["name"] for b in json.loads(text)["benchmarks"]] == [ONE]


@pytest.mark.parametrize("strategy, verdict", [
    ("broken_loses_one", "lost"),
    ("broken_crashes", "crashed"),
    ("broken_constructor_throws", "crashed"),
    ("broken_abandons_grandchild", "leaked"),
])
def test_failed_cells_are_left_out_and_make_exit_status_2(
        gbench_broken: Program, tmp_path: Path, strategy: str, verdict: str) -> None:
    broken = ONE.replace("mutex_queue", strategy)
    out = tmp_path / "out.json"
    finished = gbench_broken.run(only(broken, ONE), *QUICK, "--benchmark_repetitions=2",
                                 f"--benchmark_out={out}")
    assert finished.code == 2
    assert f"{broken}: {verdict}: " in finished.err
    assert strategy not in finished.out and ONE in finished.out
    names = [b["name"] for b in json.loads(out.read_text(encoding="utf-8"))["benchmarks"]]
    assert names and all(name.startswith(ONE) for name in names)


def test_if_all_fail_the_json_is_whole_and_empty(gbench_broken: Program) -> None:
    broken = ONE.replace("mutex_queue", "broken_loses_one")
    finished = gbench_broken.run(only(broken), *QUICK, "--benchmark_format=json")
    assert finished.code == 2
    assert results_of(finished)["benchmarks"] == []


def test_there_is_a_part_for_each_step_of_a_hand_over(gbench: Program) -> None:
    names = names_of(gbench.run("--benchmark_list_tests", "--benchmark_filter=^parts/"))
    assert len(names) == len(set(names))
    assert all(name.startswith("parts/") for name in names)
    steps = {re.split(r"/|$", name.removeprefix("parts/"))[0] for name in names}
    assert {"clock_read", "item_write", "item_copy", "item_check", "push_pop", "slots_take_give",
            "futex_wake", "futex_round_trip", "eventfd_write", "thread_start_join", "fork_wait",
            "asio_post"} <= steps
    if "tbb_flow_graph" in find("handoff").run("list").out:
        assert "tbb_task" in steps
    for step in ("item_write", "item_check"):
        assert {f"parts/{step}/8", f"parts/{step}/65536"} <= set(names)


def test_every_queue_of_the_strategies_is_pushed_and_popped(gbench: Program) -> None:
    names = names_of(gbench.run("--benchmark_list_tests", "--benchmark_filter=^parts/push_pop/"))
    for queue in ("ring_spsc", "ring_mpmc", "ring_spsc_processes", "ring_mpmc_processes",
                  "lockfree_spsc", "lockfree_queue", "mutex_queue"):
        assert {f"parts/push_pop/{queue}/8", f"parts/push_pop/{queue}/64"} <= set(names)


def test_parts_are_timed_by_the_library_and_say_what_they_are(gbench: Program) -> None:
    finished = gbench.run(only(PART, "parts/fork_wait/real_time"), "--benchmark_min_time=0.001",
                          "--benchmark_format=json")
    assert finished.code == 0
    results = results_of(finished)
    assert re.fullmatch(r"\d+(,\d+)?", results["context"]["parts_cpus"])
    assert [run["name"] for run in results["benchmarks"]] == [PART, "parts/fork_wait/real_time"]
    for run in results["benchmarks"]:
        assert run["real_time"] > 0 and run["cpu_time"] > 0 and run["iterations"] >= 1
        assert run["label"]
        assert "cpu_ns_per_item" not in run, "that is a cell's"


def test_every_part_runs(gbench: Program) -> None:
    names = names_of(gbench.run("--benchmark_list_tests", "--benchmark_filter=^parts/"))
    finished = gbench.run("--benchmark_filter=^parts/", "--benchmark_min_time=0.0001",
                          "--benchmark_format=json")
    assert finished.code == 0, finished.err
    assert [run["name"] for run in results_of(finished)["benchmarks"]] == names


def test_parts_and_cells_in_one_run_keep_their_own_names(gbench: Program) -> None:
    finished = gbench.run(only(ONE, PART), *QUICK, "--benchmark_format=json")
    assert finished.code == 0
    cell, part = results_of(finished)["benchmarks"]
    assert (cell["name"], part["name"]) == (ONE, PART)
    assert cell["cpu_time"] == pytest.approx(cell["cpu_ns_per_item"])


def test_no_cell_is_opened_for_parts_and_nothing_bound_for_cells(gbench: Program) -> None:
    running = gbench.start(only(PART), "--benchmark_min_time=1")
    seen: set[str] = set()
    while running.process.poll() is None:
        for pid in running.processes():
            try:
                seen.add(Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip())
            except OSError:
                continue  # it has just ended
        time.sleep(0.01)
    assert running.wait().code == 0
    assert seen and not any("cell" in name or "keeper" in name for name in seen)
    context = results_of(gbench.run(only(ONE), *QUICK, "--benchmark_format=json"))["context"]
    assert "parts_cpus" not in context


def test_a_part_that_cannot_run_is_left_out_with_its_reason(gbench: Program) -> None:
    running = gbench.start(only("parts/clock_read/counter", "parts/eventfd_write"),
                           "--benchmark_min_time=0.5", "--benchmark_format=json")
    pid = running.process.pid
    assert wait_until(lambda: len(list(Path(f"/proc/{pid}/task").iterdir())) == 2)  # one is timed
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, 3))
    finished = running.wait()
    assert finished.code == 2
    assert "parts/eventfd_write: cannot make an eventfd: " in finished.err
    assert [run["name"] for run in results_of(finished)["benchmarks"]] == [
        "parts/clock_read/counter"]


def test_the_librarys_word_debug_is_explained(gbench: Program) -> None:
    finished = gbench.run(only(PART), "--benchmark_min_time=0.001")
    assert "Timings may be affected" not in finished.err
    library = results_of(gbench.run(only(PART), "--benchmark_min_time=0.001",
                                    "--benchmark_format=json"))["context"]["library_build_type"]
    assert ("built with assertions" in finished.err) == (library == "debug")


def test_help_names_parts_and_the_librarys_flags(gbench: Program) -> None:
    finished = gbench.run("--help")
    assert finished.code == 0
    assert "^parts/" in finished.out and "--benchmark_filter" in finished.out


def test_is_documented() -> None:
    assert "handoff-gbench" in (ROOT / "README.md").read_text(encoding="utf-8")
