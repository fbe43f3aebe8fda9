"""What the report's tests share: the stored run, variants of it, and the report made from it."""

from __future__ import annotations

import copy
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
STORED = ROOT / "tests" / "data" / "report"
sys.path.insert(0, str(ROOT / "scripts"))

from handoff_report.cli import keep_matplotlib_out_of_home, make_report  # noqa: E402
from handoff_report.load import load_run  # noqa: E402
from handoff_report.model import Run  # noqa: E402

keep_matplotlib_out_of_home()

from handoff_report import style  # noqa: E402
from handoff_report.page import write_page  # noqa: E402

style.apply()

Results = dict[str, Any]
Change = Callable[[Results], Any]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that run handoff go first and one after the other: two runs at once are in each
    other's way. Beside them pytest-xdist (`-n 2 --dist loadgroup`) makes figures."""
    runs = Path(__file__).parent / "run"
    for item in items:
        if runs in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("run"))
    items.sort(key=lambda item: runs not in item.path.parents)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """A test that takes longer than HANDOFF_TEST_LIMIT_S (set by scripts/test) fails where it is."""
    limit_s = float(os.environ.get("HANDOFF_TEST_LIMIT_S", 0))  # 0: no limit

    def over(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"{item.name} has taken longer than {limit_s:g} s")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, limit_s, limit_s)  # again for a fixture that does not end
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="session")
def stored_results() -> Results:
    return json.loads((STORED / "results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def stored_run() -> Run:
    return load_run(STORED)


@pytest.fixture(scope="session")
def stored_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the report made from the stored run."""
    out = tmp_path_factory.mktemp("report")
    make_report(STORED, out, None)
    return out


@pytest.fixture
def variant(tmp_path: Path, stored_results: Results) -> Callable[..., Path]:
    """Writes a changed copy of the stored run and returns its directory."""

    def write(change: Change = lambda results: None, journal: bool = True) -> Path:
        results = copy.deepcopy(stored_results)
        change(results)
        directory = tmp_path / "run"
        directory.mkdir()
        (directory / "results.json").write_text(json.dumps(results), encoding="utf-8")
        if journal:
            (directory / "journal.jsonl").symlink_to(STORED / "journal.jsonl")
        return directory

    return write


@pytest.fixture
def page_of(variant: Callable[..., Path]) -> Callable[..., str]:
    """The HTML of the page made from a changed copy of the stored run; figures if asked for."""

    def make(change: Change = lambda results: None, figures: bool = False) -> str:
        directory = variant(change)
        if figures:
            page = make_report(directory, directory / "report", None)
        else:
            page = write_page(load_run(directory), [], directory)
        return page.read_text(encoding="utf-8")

    return make


def keep_points(results: Results, *indexes: int) -> None:
    results["points"] = [results["points"][index] for index in indexes]


def cell_of(results: Results, point: int, label: str) -> dict[str, Any]:
    return next(c for c in results["points"][point]["cells"] if c["label"] == label)


def set_to_null(value: Any, keep: frozenset[str]) -> Any:
    """Every number inside becomes None, except under the keys in `keep`."""
    if isinstance(value, dict):
        return {key: inner if key in keep else set_to_null(inner, keep)
                for key, inner in value.items()}
    if isinstance(value, list):
        return [set_to_null(inner, keep) for inner in value]
    return None if isinstance(value, (int, float)) and not isinstance(value, bool) else value
