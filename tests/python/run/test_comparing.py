"""Commands that take results and measure nothing: compare and export."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from .conftest import ROOT
from .program import Program
from .schema import parse
from .test_usage import assert_refused

STORED = ROOT / "tests" / "data" / "report"


@pytest.fixture
def run_directory(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STORED, tmp_path / "run"))


def changed(run: Path, to: Path, change) -> Path:
    """A copy of a run whose results `change` has altered."""
    shutil.copytree(run, to)
    results = json.loads((to / "results.json").read_text())
    change(results)
    (to / "results.json").write_text(json.dumps(results))
    return to


def test_a_run_compared_with_itself_has_not_changed(handoff: Program, run_directory: Path) -> None:
    finished = handoff.run("compare", run_directory, run_directory)
    assert finished.code == 0, finished.err
    comparison = parse(handoff.run("compare", run_directory, run_directory, "--json").out)
    measured = [change for change in comparison["changes"] if change["ratio"]]
    assert measured
    for change in measured:
        assert change["ratio"]["median"] == pytest.approx(1)
        assert change["verdict"] in ("equivalent", "undecided")


def test_a_run_of_another_host_is_compared_only_if_told_to(handoff: Program, run_directory: Path,
                                                           tmp_path: Path) -> None:
    def move(results: dict) -> None:
        results["context"]["environment"]["host"]["host_id"] = "elsewhere"

    other = changed(run_directory, tmp_path / "other", move)
    refused = handoff.run("compare", run_directory, other)
    assert refused.code == 3
    assert "not comparable: the host is" in refused.out
    assert handoff.run("compare", run_directory, other, "--anyway").code == 0


@pytest.mark.parametrize("arguments", ["missing missing", "{run} missing", "{run}"])
def test_compare_needs_two_runs(handoff: Program, run_directory: Path, arguments: str) -> None:
    assert_refused(handoff.run("compare", *arguments.format(run=run_directory).split()))


def test_results_of_another_schema_are_refused(handoff: Program, run_directory: Path,
                                               tmp_path: Path) -> None:
    later = changed(run_directory, tmp_path / "later", lambda results: results.update(schema=99))
    assert_refused(handoff.run("compare", run_directory, later), "schema 99")
    assert_refused(handoff.run("export", later, "--format", "csv"), "schema 99")
    (later / "results.json").write_text("[]")
    assert_refused(handoff.run("export", later, "--format", "csv"), "no result of handoff")


def test_csv_has_a_row_a_cell_and_the_failed_without_numbers(handoff: Program,
                                                             run_directory: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(
        handoff.run("export", run_directory, "--format", "csv").out)))
    results = json.loads((run_directory / "results.json").read_text())
    cells = [cell for point in results["points"] for cell in point["cells"]]
    assert len(rows) == len(cells)
    for row, cell in zip(rows, cells, strict=True):
        assert row["label"] == cell["label"]
        if cell["verdict"] != "delivered":
            assert row["items_per_second"] == row["ns_per_item"] == ""


def test_csv_of_slices_has_a_row_a_slice(handoff: Program, run_directory: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(
        handoff.run("export", run_directory, "--format", "csv", "--slices").out)))
    blocks = [json.loads(line) for line in (run_directory / "journal.jsonl").open()]
    assert len(rows) == sum(len(line["slices"]) for line in blocks if line["t"] == "block")
    assert float(rows[0]["elapsed_ns"]) > 0


@pytest.mark.parametrize("form", ["bigger-is-better", "bmf"])
def test_formats_of_numbers_hold_delivered_cells_only(handoff: Program, run_directory: Path,
                                                      form: str) -> None:
    made = json.loads(handoff.run("export", run_directory, "--format", form).out)
    names = set(made) if form == "bmf" else {entry["name"] for entry in made}
    results = json.loads((run_directory / "results.json").read_text())
    assert names == {f"{point['id']} / {cell['label']}" for point in results["points"]
                     for cell in point["cells"] if cell["ns_per_item"]
                     and cell["verdict"] == "delivered" and cell["role"] != "control"}


def test_junit_is_xml_with_a_failed_test_for_each_failed_cell(handoff: Program,
                                                              run_directory: Path) -> None:
    root = ElementTree.fromstring(handoff.run("export", run_directory, "--format", "junit").out)
    results = json.loads((run_directory / "results.json").read_text())
    verdicts = [cell["verdict"] for point in results["points"] for cell in point["cells"]]
    assert len(root.findall(".//testcase")) == len(verdicts)
    assert len(root.findall(".//failure")) == sum(
        verdict not in ("delivered", "unsupported") for verdict in verdicts)
    assert len(root.findall(".//skipped")) == verdicts.count("unsupported")


def test_markdown_is_the_summary(handoff: Program, run_directory: Path) -> None:
    assert handoff.run("export", run_directory, "--format", "markdown").out.startswith("# handoff")


def test_an_export_goes_into_a_file_if_told_to(handoff: Program, run_directory: Path,
                                               tmp_path: Path) -> None:
    finished = handoff.run("export", run_directory, "--format", "csv", "--out", tmp_path / "a.csv")
    assert finished.code == 0
    assert finished.out == ""
    assert (tmp_path / "a.csv").read_text().startswith("point,")


@pytest.mark.parametrize(("arguments", "fragments"), [
    ("--format csw", ["'csw'", "did you mean 'csv'"]),
    ("--format junit --slices", ["--slices works with --format csv"]),
    ("--format csv --out /nowhere/a", ["'/nowhere/a' cannot be written"]),
])
def test_exports_that_cannot_be_are_refused(handoff: Program, run_directory: Path, arguments: str,
                                            fragments: list[str]) -> None:
    assert_refused(handoff.run("export", run_directory, *arguments.split()), *fragments)
