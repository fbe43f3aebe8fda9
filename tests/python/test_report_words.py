"""The report's sentences and numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import cell_of, keep_points
from handoff_report import numbers, words
from handoff_report.load import load_run
from handoff_report.model import Interval, Run


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(("value", "shown"), [
    (None, "–"), (0.512, "0.512 ns"), (5.2, "5.20 ns"), (134.2, "134 ns"), (999.9, "1.00 µs"),
    (1240, "1.24 µs"), (118e3, "118 µs"), (3.1e6, "3.10 ms"), (2e9, "2.00 s")])
def test_times_carry_the_unit_that_fits(value: float | None, shown: str) -> None:
    assert plain(numbers.time_ns(value)) == shown


@pytest.mark.parametrize(("size", "shown"), [(8, "8 B"), (1000, "1000 B"), (1024, "1 KiB"),
                                             (65536, "64 KiB"), (1 << 20, "1 MiB")])
def test_payloads_are_binary_multiples(size: int, shown: str) -> None:
    assert plain(numbers.payload(size)) == shown


@pytest.mark.parametrize(("interval", "shown"), [
    (Interval(3.12, 2.91, 3.31), "3.1× [2.9, 3.3]"),
    (Interval(1.004, 0.997, 1.011), "1.004× [0.997, 1.011]"),
    (Interval(512.3, 490.0, 550.0), "512× [490, 550]"),
    (Interval(81121.7, 51860.5, 99892.9), "81\u00a0100× [51\u00a0900, 99\u00a0900]"),
    (Interval(205432.0, 140000.0, 300000.0), "205\u00a0k× [140\u00a0k, 300\u00a0k]"),
    (Interval(3.12, None, None), "3.1×"), (None, "–")])
def test_ratios_have_the_decimals_that_tell_their_ends_apart(
        interval: Interval | None, shown: str) -> None:
    assert numbers.joined(numbers.ratio(interval)) == shown


def test_tiny_shares_are_not_shown_as_none() -> None:
    assert plain(numbers.percent(0.0003)) == "< 0.1 %"
    assert plain(numbers.percent(0.0)) == "0 %"
    assert plain(numbers.percent(0.0123)) == "1.2 %"


def set_ratio(results: dict, label: str, verdict: str, median: float, lo: float | None,
              hi: float | None) -> None:
    point = results["points"][0]
    ratio = next(r for r in point["ratios"]
                 if r["label"] == label and r["to"] == point["leader"])
    ratio.update(verdict=verdict, median=median, lo=lo, hi=hi)


def test_the_answer_names_leader_slower_tied_undecided_and_failed(
        variant: Callable[..., Path]) -> None:
    def change(results: dict) -> None:
        keep_points(results, 0)
        kept = ("lockfree_spsc", "mutex_queue", "lockfree_queue", "event_loop", "asio_loop",
                "process_pool", "direct")
        results["points"][0]["cells"] = [cell_of(results, 0, label) for label in kept]
        set_ratio(results, "mutex_queue", "slower", 3.12, 2.91, 3.31)
        set_ratio(results, "lockfree_queue", "equivalent", 1.004, 0.997, 1.011)
        set_ratio(results, "event_loop", "undecided", 1.03, 0.98, 1.08)
        set_ratio(results, "asio_loop", "depends on stalls", 1.2, 1.1, 1.3)
        cell_of(results, 0, "process_pool").update(verdict="hung", reason="No progress in 10 s.")

    found = words.answer(load_run(variant(change)).points[0])
    assert plain(found.sentence) == (
        "1 producer → 1 consumer, 64 B: lockfree_spsc; "
        "mutex_queue takes 3.1× [2.9, 3.3] the time; tied: lockfree_queue 1.004× [0.997, 1.011]; "
        "undecided: event_loop 1.03× [0.98, 1.08]; "
        "depends on stalls: asio_loop 1.20× [1.10, 1.30]; failed: process_pool (hung)")


def test_slower_rivals_are_named_the_nearest_first(variant: Callable[..., Path]) -> None:
    def change(results: dict) -> None:
        keep_points(results, 0)
        kept = ("lockfree_spsc", "mutex_queue", "event_loop", "asio_loop")
        results["points"][0]["cells"] = [cell_of(results, 0, label) for label in kept]
        set_ratio(results, "mutex_queue", "slower", 3.0, 2.9, 3.1)
        set_ratio(results, "event_loop", "slower", 1.5, 1.4, 1.6)
        set_ratio(results, "asio_loop", "slower", 2.0, 1.9, 2.1)

    found = words.answer(load_run(variant(change)).points[0])
    assert [clause.split()[0] for clause in found.slower] == [
        "event_loop", "asio_loop", "mutex_queue"]


def test_the_overview_counts_the_points_that_are_decided(variant: Callable[..., Path]) -> None:
    def change(results: dict) -> None:
        keep_points(results, 0, 1, 2)
        for index, point in enumerate(results["points"]):
            point["decided"] = index == 1

    assert "decided against the leader at 1 of 3" in words.overview(load_run(variant(change)))


def test_a_point_without_a_leader_says_so(variant: Callable[..., Path]) -> None:
    def change(results: dict) -> None:
        results["points"][0].update(leader=None, ratios=[])
        for cell in results["points"][0]["cells"]:
            if cell["role"] == "candidate":
                cell.update(verdict="crashed", reason="Signal 11.")

    found = words.answer(load_run(variant(change)).points[0])
    assert "no candidate delivered" in found.sentence and found.leader is None


def test_a_leader_without_rivals_says_so(variant: Callable[..., Path]) -> None:
    def change(results: dict) -> None:
        point = results["points"][0]
        point["cells"] = [cell_of(results, 0, label) for label in ("lockfree_spsc", "direct")]

    assert "only candidate" in words.answer(load_run(variant(change)).points[0]).sentence


@pytest.mark.parametrize(("status", "said"), [
    ("interrupted", "was interrupted (Ctrl-C) after 58 s of 120 s"),
    ("stopped", "was stopped by an error"), ("running", "did not end by itself"),
    (None, "“unknown”")])
def test_an_unfinished_run_says_so(variant: Callable[..., Path], status: str | None,
                                   said: str) -> None:
    def change(results: dict) -> None:
        results["context"].update(status=status, spent_s=58.0)

    kind, sentence = words.status(load_run(variant(change)))
    assert kind == "bad" and said in sentence


def test_verdicts_in_words_follow_results_json(stored_run: Run) -> None:
    for point in stored_run.points:
        for cell in point.measured:
            said = words.verdict(point, cell, 0.02)
            ratio = point.to_leader(cell.label)
            if ratio is not None:
                assert said.startswith(ratio.verdict)
            elif cell.is_reference:
                assert said.startswith("reference")
            else:
                assert said.startswith("leader")


def test_a_leader_that_has_an_equal_is_called_tied(stored_run: Run) -> None:
    said = {words.verdict(point, cell, 0.02): any(
                ratio.to == point.leader and ratio.verdict == words.TIED for ratio in point.ratios)
            for point in stored_run.points for cell in point.measured if cell.label == point.leader}
    assert said == {"leader": False, "leader, tied": True}


def test_the_glossary_explains_every_word_that_is_used(stored_run: Run) -> None:
    explained = " ".join(word for word, _ in words.glossary(stored_run))
    for word in ("typical", "overall", "reference", "equivalent", "undecided",
                 "depends on stalls"):
        assert word in explained
