"""Races (--precision), the A/A control, and what a run says in the end."""

from __future__ import annotations

from pathlib import Path

from .program import Program, read_journal
from .schema import parse

ASKED = ("run", "--strategies", "mutex_queue,lockfree_spsc", "--pairs", "1:1")


def results_of(directory: Path) -> dict:
    return parse((directory / "results.json").read_text())


def test_a_race_ends_before_its_budget_once_all_is_clear(handoff: Program, tmp_path: Path) -> None:
    finished = handoff.run(*ASKED, "--precision", "50%", "--budget", "30s",
                           directory=tmp_path / "r")
    assert finished.code == 0, finished.err
    looks = [line for line in read_journal(tmp_path / "r") if line["t"] == "look"]
    assert looks
    assert looks[-1]["stop"]
    results = results_of(tmp_path / "r")
    assert results["context"]["spent_s"] < 25
    assert results["context"]["precision"] == 0.5


def test_a_clear_loser_is_measured_less(handoff: Program, tmp_path: Path) -> None:
    handoff.run("run", "--strategies", "a=lockfree_spsc,b=lockfree_spsc,slow=asio_loop", "--pairs",
                "1:1", "--precision", "0.1%", "--budget", "8s", directory=tmp_path / "r")
    cells = {cell["label"]: cell for cell in results_of(tmp_path / "r")["points"][0]["cells"]}
    assert cells["slow"]["incarnations"] < cells["a"]["incarnations"]


def test_a_race_goes_on_after_a_kill_where_it_was(handoff: Program, tmp_path: Path) -> None:
    running = handoff.start("run", "--strategies", "a=lockfree_spsc,b=lockfree_spsc", "--pairs",
                            "1:1", "--precision", "0.1%", "--budget", "8s",
                            directory=tmp_path / "r")
    running.wait_for("look", 1)
    running.process.kill()
    running.wait()
    assert handoff.run("run", "--resume", tmp_path / "r").code == 0
    looks = [line["passes"] for line in read_journal(tmp_path / "r") if line["t"] == "look"]
    assert looks == sorted(set(looks))


def test_points_that_do_not_fit_at_first_are_named_or_join(handoff: Program,
                                                           tmp_path: Path) -> None:
    finished = handoff.run("run", "--strategies", "mutex_queue,lockfree_queue", "--pairs",
                           "1:1,4:4", "--precision", "5%", "--budget", "3s",
                           directory=tmp_path / "r")
    assert finished.code == 0
    assert "if time is left" in finished.err
    results = results_of(tmp_path / "r")
    named = "4:4 64B: no time was left for it" in results["context"]["dropped"]
    assert named == ("4:4 64B" not in [point["id"] for point in results["points"]])
    assert named == ("not measured: 4:4 64B" in finished.out)


def test_what_is_slow_by_far_is_paired_with_the_leader_in_every_incarnation(
        handoff: Program, tmp_path: Path) -> None:
    handoff.run("run", "--strategies", "lockfree_spsc,thread_per_item", "--pairs", "1:1",
                "--incarnations", "8", "--budget", "4s", directory=tmp_path / "r")
    point = results_of(tmp_path / "r")["points"][0]
    assert "control" in {cell["label"] for cell in point["cells"]}
    ratio = next(r for r in point["ratios"] if r["to"] == point["leader"] == "lockfree_spsc")
    assert (ratio["label"], ratio["verdict"]) == ("thread_per_item", "slower")
    assert ratio["incarnations"] == 8


def test_identical_code_runs_beside_itself_in_every_run(handoff: Program, tmp_path: Path) -> None:
    finished = handoff.run(*ASKED, "--budget", "3s", directory=tmp_path / "r")
    results = results_of(tmp_path / "r")
    control = results["context"]["control"]
    assert control["sentence"] in finished.out
    assert control["sentence"].startswith("identical code differed by up to")
    cell = next(cell for cell in results["points"][0]["cells"] if cell["role"] == "control")
    assert cell["verdict"] == "delivered"
    assert cell["strategy"] in ("mutex_queue", "lockfree_spsc")


def test_a_point_has_a_winner_or_a_tied_set(handoff: Program, tmp_path: Path) -> None:
    handoff.run(*ASKED, "--budget", "3s", directory=tmp_path / "r")
    point = results_of(tmp_path / "r")["points"][0]
    assert (point["winner"] is None) == bool(point["tied"])
    if point["tied"]:
        assert point["tied"][0] == point["leader"]
    else:
        assert point["winner"] == point["leader"]
