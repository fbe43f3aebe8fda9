"""The parts of a hand-over in the report: read from Google Benchmark's parts.json, shown in a table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import keep_points
from handoff_report.load import load_run
from handoff_report.model import Parts
from handoff_report.page import write_page
from handoff_report.parts import read_parts, share_of_scale

Entry = dict[str, Any]
CONTEXT = {"date": "2025-03-01T10:20:00+00:00", "parts_cpus": "0,1",
           "command": "handoff-gbench --benchmark_filter=^parts/"}


def timed(name: str, real_time: object, index: int = 0) -> Entry:
    return {"name": name, "run_name": name, "family_index": index, "run_type": "iteration",
            "real_time": real_time, "time_unit": "ns", "label": f"what {name} is"}


def aggregate(name: str, kind: str, real_time: float, index: int = 0) -> Entry:
    return {**timed(name, real_time, index), "name": f"{name}_{kind}", "run_type": "aggregate",
            "aggregate_name": kind}


@pytest.fixture
def run_with(variant: Callable[..., Path]) -> Callable[..., Path]:
    """The directory of a run of one point with these entries, or this text, in parts.json."""

    def write(entries: list[Entry] | str, context: dict[str, str] = CONTEXT) -> Path:
        directory = variant(lambda results: keep_points(results, 0))
        text = (entries if isinstance(entries, str)
                else json.dumps({"context": context, "benchmarks": entries}))
        (directory / "parts.json").write_text(text, encoding="utf-8")
        return directory

    return write


def section(directory: Path) -> str:
    page = write_page(load_run(directory), [], directory).read_text(encoding="utf-8")
    found = re.search(r'<section id="parts">.*?</section>', page, re.DOTALL)
    assert found is not None
    return found[0].replace("\u00a0", " ")


def read(directory: Path) -> Parts:
    parts = read_parts(directory)
    assert parts is not None
    return parts


def test_each_part_is_a_row_in_the_order_of_the_program(run_with: Callable[..., Path]) -> None:
    html = section(run_with([timed("parts/fork_wait/real_time", 350_000, 2),
                             timed("parts/clock_read/counter", 9.56, 0),
                             timed("parts/item_write/64", 1.09, 1)]))
    rows = [re.sub(r"<[^>]+>|\s+", " ", row) for row in
            re.findall(r"<tr>(.*?)</tr>", html.partition("<tbody>")[2], re.DOTALL)]
    assert [row.split()[:3] for row in rows] == [["clock_read/counter", "9.56", "ns"],
                                                 ["item_write/64", "1.09", "ns"],
                                                 ["fork_wait", "350", "µs"]]
    assert "what parts/item_write/64 is" in rows[1]


def test_repetitions_are_shown_by_their_median_and_variation(run_with: Callable[..., Path]) -> None:
    name = "parts/eventfd_write"
    directory = run_with([timed(name, 999.0, 0), aggregate(name, "mean", 300.0),
                          aggregate(name, "median", 290.0), aggregate(name, "cv", 0.0125)])
    (part,) = read(directory).parts
    assert (part.name, part.time_ns, part.variation) == ("eventfd_write", 290.0, 0.0125)
    assert "±1.2 %" in section(directory)


def test_command_date_and_cpus_stand_under_the_table(run_with: Callable[..., Path]) -> None:
    html = section(run_with([timed("parts/a", 1.0)]))
    for value in CONTEXT.values():
        assert value in html
    assert "do not add up" in html


def test_names_labels_and_context_are_escaped(run_with: Callable[..., Path]) -> None:
    evil = "<script>alert(1)</script>"
    html = section(run_with([timed(f"parts/{evil}", 1.0)],
                            {"date": evil, "command": evil, "parts_cpus": evil}))
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 5


def test_cells_of_handoff_gbench_are_no_parts(run_with: Callable[..., Path]) -> None:
    directory = run_with([timed("mutex_queue/producers:1/real_time", 250.0),
                          timed("parts/a", 1.0, 1)])
    assert [part.name for part in read(directory).parts] == ["a"]


NO_TIME = [timed("parts/a", None), timed("parts/a", 0), timed("parts/a", "fast"),
           {**timed("parts/a", 1.0), "time_unit": "weeks"}, {"run_name": "parts/a"}, "parts/a", None]


@pytest.mark.parametrize("entry", NO_TIME)
def test_what_has_no_time_is_left_out(run_with: Callable[..., Path], entry: Any) -> None:
    assert [part.name for part in read(run_with([entry, timed("parts/b", 1.0)])).parts] == ["b"]


def test_a_file_without_any_time_is_a_sentence(run_with: Callable[..., Path]) -> None:
    directory = run_with(NO_TIME)
    assert read(directory).parts == ()
    assert "names no part that was timed" in section(directory)


def test_units_of_google_benchmark_are_understood(run_with: Callable[..., Path]) -> None:
    directory = run_with([{**timed(f"parts/{unit}", 2.0, index), "time_unit": unit}
                          for index, unit in enumerate(("ns", "us", "ms", "s"))])
    assert [part.time_ns for part in read(directory).parts] == [2.0, 2e3, 2e6, 2e9]


@pytest.mark.parametrize("text", ["", "{\"benchmarks\": [", "[1, 2]", "\x00"])
def test_a_damaged_file_is_a_sentence_and_no_end_of_the_report(
        run_with: Callable[..., Path], text: str) -> None:
    html = section(run_with(text))
    assert "parts.json" in html and "<table" not in html


def test_without_parts_the_report_says_how_to_get_them(variant: Callable[..., Path]) -> None:
    directory = variant(lambda results: keep_points(results, 0))
    assert read_parts(directory) is None
    html = section(directory)
    assert "not timed" in html and "handoff-gbench --benchmark_filter=^parts/" in html


def test_bars_lie_on_a_logarithmic_scale(run_with: Callable[..., Path]) -> None:
    parts = read(run_with([timed("parts/a", 0.01), timed("parts/b", 1.0, 1),
                           timed("parts/c", 1e5, 2)])).parts
    shares = [share_of_scale(part.time_ns, parts) for part in parts]
    assert shares == [0.0, pytest.approx(1 / 6), 1.0]
