"""results.json and journal.jsonl: as documented, true to each other, the same for the same seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import ROOT, SMALL
from .program import Finished, Json, Program, read_journal
from .schema import CELL, CONTEXT, LINES, POINT, RATIO, check_run


def cells_of(results: Json, point: int = 0) -> dict[str, Json]:
    return {cell["label"]: cell for cell in results["points"][point]["cells"]}


def test_a_run_that_went_well_conforms_and_says_so(small_run: tuple[Path, Finished]) -> None:
    directory, finished = small_run
    results = check_run(directory)
    context = results["context"]
    assert (finished.code, context["status"], context["exit"]) == (0, "complete", 0)
    assert (context["seed"], context["incarnations"], context["suite"]) == (7, 1, "custom")
    assert context["command"][:2] == ["handoff", "run"]
    cells = cells_of(results)
    assert set(cells) == {"mutex_queue", "lockfree_spsc", "direct", "floor"}
    assert all(cell["verdict"] == "delivered" for cell in cells.values())
    assert all(cell["ns_per_item"]["median"] > 0 for cell in cells.values())
    assert results["points"][0]["leader"] in {"mutex_queue", "lockfree_spsc"}


def test_nothing_but_the_documented_files_is_left(small_run: tuple[Path, Finished]) -> None:
    assert {path.name for path in small_run[0].iterdir()} == {"journal.jsonl", "results.json",
                                                             "summary.md"}


@pytest.mark.parametrize("shape", [CONTEXT, POINT, CELL, RATIO,
                                   *({kind: None, **keys} for kind, keys in LINES.items())],
                         ids=["context", "point", "cell", "ratio", *LINES])
def test_docs_name_every_key(shape: Json) -> None:
    page = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    assert [key for key in shape if f"`{key}" not in page and f"{key}[]" not in page
            and f", {key}" not in page] == []


def test_slices_have_as_many_numbers_as_columns_and_name_their_cell(
        small_run: tuple[Path, Finished]) -> None:
    plan, *lines = read_journal(small_run[0])
    assert plan["slice_columns"][0] == "cell"
    blocks = [line for line in lines if line["t"] == "block"]
    assert {row[0] for line in blocks for row in line["slices"]} == {0, 1, 2, 3}
    for line in blocks:  # cells that are slow have blocks of their own, beside a fast one
        cells = [row[0] for row in line["slices"]]
        assert len(cells) > 1 and len(set(cells)) == len(cells)


def test_the_control_repeats_the_leader_wherever_it_stands_in_the_plan(
        handoff: Program, tmp_path: Path) -> None:
    finished = handoff.run("run", "--strategies", "thread_per_item,mutex_queue", "--pairs", "1:1",
                           "--incarnations", 3, "--budget", "3s", directory=tmp_path / "run")
    assert finished.code == 0
    results = check_run(tmp_path / "run")
    assert results["points"][0]["leader"] == "mutex_queue", "the second of the plan"
    assert cells_of(results)["control"]["strategy"] == "mutex_queue"
    (chosen,) = [line for line in read_journal(tmp_path / "run") if line["t"] == "control"]
    assert chosen["twin"] == 1


def test_a_run_without_a_seed_draws_one_of_its_own(handoff: Program, tmp_path: Path) -> None:
    seeds = set()
    for name in ("first", "second"):
        assert handoff.run(*SMALL, directory=tmp_path / name).code == 0
        seeds.add(check_run(tmp_path / name)["context"]["seed"])
    assert len(seeds) == 2


def test_a_strategy_runs_under_two_labels_against_itself(handoff: Program,
                                                         tmp_path: Path) -> None:
    finished = handoff.run("run", "--strategies", "a=mutex_queue,b=mutex_queue", "--pairs", "1:1",
                           "--incarnations", 2, "--budget", "600ms", directory=tmp_path / "run")
    assert finished.code == 0
    results = check_run(tmp_path / "run")
    cells = cells_of(results)
    assert cells["a"]["strategy"] == cells["b"]["strategy"] == "mutex_queue"
    leader = results["points"][0]["leader"]
    (ratio,) = [r for r in results["points"][0]["ratios"] if r["to"] == leader]
    assert {ratio["label"], leader} == {"a", "b"}
    assert ratio["verdict"] == "undecided", "two incarnations decide nothing"
    assert {line.split()[0] for line in finished.out.splitlines() if line[:1] == " "} >= {"a", "b"}


def test_what_a_strategy_cannot_do_is_unsupported_with_a_reason_and_no_failure(
        handoff: Program, tmp_path: Path) -> None:
    finished = handoff.run("run", "--strategies", "lockfree_spsc,mutex_queue", "--pairs", "2:1",
                           "--incarnations", 1, "--budget", "800ms", directory=tmp_path / "run")
    assert finished.code == 0
    cells = cells_of(check_run(tmp_path / "run"))
    assert cells["lockfree_spsc"]["verdict"] == "unsupported"
    assert "1 producer" in cells["lockfree_spsc"]["reason"]
    assert cells["mutex_queue"]["verdict"] == "delivered"
    assert "unsupported: " in finished.out


def test_a_run_of_which_nothing_is_supported_ends_well(handoff: Program, tmp_path: Path) -> None:
    finished = handoff.run("run", "--strategies", "lockfree_spsc", "--pairs", "2:1", "--budget",
                           "1s", directory=tmp_path / "run")
    assert finished.code == 0
    results = check_run(tmp_path / "run")
    assert results["points"][0]["leader"] is None
    assert [cell["verdict"] for cell in results["points"][0]["cells"]] == ["unsupported"]


def test_capacity_is_lowered_to_the_memory_budget_and_the_row_says_so(
        handoff: Program, tmp_path: Path) -> None:
    finished = handoff.run("run", "--strategies", "mutex_queue", "--pairs", "1:1", "--payload",
                           "256K", "--memory", "64M", "--incarnations", 1, "--budget", "600ms",
                           directory=tmp_path / "run")
    assert finished.code == 0
    workload = check_run(tmp_path / "run")["points"][0]["workload"]
    assert workload["capacity_asked"] == 1024
    assert workload["capacity"] * 256 * 1024 <= 64 << 20
    assert "instead of 1024" in finished.err


def test_points_that_the_budget_does_not_hold_are_named(handoff: Program, tmp_path: Path) -> None:
    finished = handoff.run("run", "--strategies", "mutex_queue", "--pairs", "1:1,64:64",
                           "--incarnations", 1, "--budget", "600ms", directory=tmp_path / "run")
    assert finished.code == 0
    results = check_run(tmp_path / "run")
    assert [point["id"] for point in results["points"]] == ["1:1 64B"]
    assert len(results["context"]["dropped"]) == 1
    assert "dropped 64:64 64B: needs " in finished.err


def test_a_suite_file_shapes_the_run(handoff: Program, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'budget = "700ms"\nincarnations = 1\nseed = 12\nstrategies = ["q=mutex_queue"]\n'
        '[sizes]\npairs = "1:1"\npayload = [8, "1K"]\n', encoding="utf-8")
    finished = handoff.run("run", "--config", "mine.toml", "--out", "run", cwd=tmp_path)
    assert finished.code == 0
    results = check_run(tmp_path / "run")
    assert [point["id"] for point in results["points"]] == ["1:1 8B", "1:1 1KiB"]
    assert results["context"]["seed"] == 12
    assert "q" in cells_of(results)


def test_the_budget_is_honoured(handoff: Program, tmp_path: Path) -> None:
    finished = handoff.run("run", "--strategies", "mutex_queue", "--pairs", "1:1,2:2",
                           "--incarnations", 2, "--budget", "2s", directory=tmp_path / "run")
    assert finished.code == 0
    context = check_run(tmp_path / "run")["context"]
    assert context["budget_s"] == 2
    assert context["spent_s"] < 2 * context["budget_s"]


def visits(directory: Path) -> list[tuple[int, int]]:
    return [(line["point"], line["pass"]) for line in read_journal(directory)
            if line["t"] == "pass"]


def orders(directory: Path) -> dict[tuple[int, int, int], list[list[int]]]:
    """The cells in the order in which they ran, by point, pass and block; two warm-ups are -1."""
    found: dict[tuple[int, int, int], list[list[int]]] = {}
    for line in read_journal(directory):
        if line["t"] == "block":
            place = (line["point"], line["pass"], line["block"])
            found.setdefault(place, []).append([row[0] for row in line["slices"]])
    return found


def test_the_same_seed_gives_the_same_order_of_points_and_cells(handoff: Program,
                                                                tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        finished = handoff.run(*SMALL, "--payload", "8,64,256", "--incarnations", 2, "--budget",
                               "3s", "--seed", seed, directory=tmp_path / name)
        assert finished.code == 0
    one, again, other = (orders(tmp_path / name) for name in ("one", "again", "other"))
    assert visits(tmp_path / "one") == visits(tmp_path / "again")
    # Which cells share a block depends on how slow they were, so on the machine.
    common = [place for place in one.keys() & again.keys()
              if [sorted(cells) for cells in one[place]] == [sorted(cells) for cells in again[place]]]
    assert len(common) >= 3 * 2, "too few blocks to compare"
    assert all(one[place] == again[place] for place in common)
    assert any(one[place] != other[place] for place in one.keys() & other.keys())
