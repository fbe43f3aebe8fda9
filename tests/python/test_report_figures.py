"""The figures: all there, labelled, and nothing drawn that did not deliver."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import STORED, cell_of, keep_points, set_to_null
from handoff_report.figures import FIGURES, draw_all
from handoff_report.figures.canvas import Drawing
from handoff_report.load import load_run
from handoff_report.model import Run
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.image import imread


def axes_of(drawing: Drawing) -> list[Axes]:
    assert drawing.figure is not None, drawing.caption
    return drawing.figure.axes


def labels_drawn(drawing: Drawing) -> set[str]:
    """Labels of strategies that any axes draws, and those of the legend."""
    found: set[str] = set()
    for axes in axes_of(drawing):
        found |= {str(item.get_label()) for item in [*axes.lines, *axes.containers]}
        found |= {text.get_text() for text in axes.get_yticklabels()}
    for legend in drawing.figure.legends if drawing.figure else []:
        found |= {text.get_text() for text in legend.get_texts()}
    return {name for name in found if not name.startswith("_")}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_made_and_is_not_empty(stored_report: Path, name: str) -> None:
    pixels = imread(stored_report / f"{name}.png")[..., :3]
    assert min(pixels.shape[:2]) > 300
    assert 0.01 < (pixels.min(axis=2) < 0.97).mean() < 0.6


@pytest.mark.parametrize(("name", "units"), [
    ("threads", ["items per second (log)", "producers : consumers (threads)", "10 M"]),
    ("payload", ["items per second (log)", "payload of an item (log)", "64 KiB"]),
    ("ratios", ["time per item relative to the leader", "1×", "equivalent: within ±2 %"]),
    ("cpu", ["CPU time per item (log)", "time per item, typical (log)", "2 CPUs", "100 ns"]),
    ("slices", ["time per item of a slice (log)", "floor (log)", "time since the run began",
                "100 ns"])])
def test_axes_say_what_they_show_and_in_which_unit(stored_run: Run, tmp_path: Path, name: str,
                                                   units: list[str]) -> None:
    saved = {figure.name: figure for figure in draw_all(stored_run, tmp_path)}[name]
    assert saved.svg is not None
    for unit in units:
        assert unit in saved.svg


@pytest.mark.parametrize("name", FIGURES)
def test_every_axes_has_labelled_log_values(stored_run: Run, name: str) -> None:
    for axes in axes_of(FIGURES[name](stored_run)):
        if name == "ratios":
            assert axes.get_xscale() == "function"
        else:
            assert axes.get_yscale() == "log"
            assert [tick for tick in axes.get_yticks()
                    if axes.get_ylim()[0] <= tick <= axes.get_ylim()[1]]
        assert axes.get_xlim()[0] < axes.get_xlim()[1]


@pytest.mark.parametrize("name", FIGURES)
def test_labels_of_ticks_do_not_overlap(stored_run: Run, name: str) -> None:
    figure = FIGURES[name](stored_run).figure
    assert figure is not None
    figure.savefig("/dev/null", format="png", dpi=100)
    for axes in figure.axes:
        for labels, low, high in ((axes.get_xticklabels(), "x0", "x1"),
                                  (axes.get_yticklabels(), "y0", "y1")):
            boxes = [text.get_window_extent() for text in labels
                     if text.get_text() and text.get_visible()]
            boxes = sorted((box for box in boxes if axes.bbox.padded(30).overlaps(box)),
                           key=lambda box: getattr(box, low))
            for before, after in zip(boxes, boxes[1:]):
                assert getattr(before, high) <= getattr(after, low) + 0.5


@pytest.mark.parametrize("name", FIGURES)
def test_a_failed_cell_is_never_drawn(variant: Callable[..., Path], name: str) -> None:
    def fail(results: dict) -> None:
        for point in results["points"]:  # its numbers stay in the file, to tempt
            for cell in point["cells"]:
                if cell["label"] == "mutex_queue":
                    cell.update(verdict="duplicated", reason="Item 7 came twice.")

    drawn = labels_drawn(FIGURES[name](load_run(variant(fail))))
    assert drawn and "mutex_queue" not in drawn
    assert "mutex_queue" in labels_drawn(FIGURES[name](load_run(STORED)))


def test_a_line_breaks_where_its_cell_failed(stored_run: Run) -> None:
    symmetric = axes_of(FIGURES["threads"](stored_run))[0]
    lines = {bar.get_label(): bar.lines[0].get_ydata() for bar in symmetric.containers
             if isinstance(bar, ErrorbarContainer)}
    assert list(lines["asio_loop"] == lines["asio_loop"]) == [True, True, False]
    assert list(lines["process_pool"] == lines["process_pool"]) == [True, False, True]


def test_throughput_is_that_of_results_json(stored_run: Run) -> None:
    panel = axes_of(FIGURES["payload"](stored_run))[0]
    drawn = {bar.get_label(): list(bar.lines[0].get_ydata()) for bar in panel.containers}
    points = sorted((p for p in stored_run.points if p.pair == (1, 1)), key=lambda p: p.payload)
    expected = [point.cell("mutex_queue").items_per_second for point in points]
    assert drawn["mutex_queue"] == expected


def test_the_margin_band_of_the_forest_plot_is_that_of_the_run(
        variant: Callable[..., Path]) -> None:
    directory = variant(lambda results: results["context"].update(margin=0.05))
    drawing = FIGURES["ratios"](load_run(directory))
    for axes in axes_of(drawing):
        ends = [patch.get_xy()[:, 0] for patch in axes.patches]
        assert any(abs(x.min() - 1 / 1.05) < 1e-9 and abs(x.max() - 1.05) < 1e-9 for x in ends)


def test_references_are_dashed(stored_run: Run) -> None:
    panel = axes_of(FIGURES["payload"](stored_run))[0]
    lines = {bar.get_label(): bar.lines[0].get_linestyle() for bar in panel.containers}
    assert lines["direct"] == "--" and lines["mutex_queue"] == "-"


def test_the_floor_lies_under_the_slices(stored_run: Run) -> None:
    upper, lower = axes_of(FIGURES["slices"](stored_run))
    assert lower.get_position().y1 < upper.get_position().y0
    assert lower.get_xlim() == upper.get_xlim()
    assert sum(len(line.get_xdata()) for line in lower.lines) > 50


def test_without_a_journal_the_other_figures_are_made_and_slices_say_why(
        variant: Callable[..., Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "slices.png").write_bytes(b"of an earlier report")
    saved = {figure.name: figure for figure in
             draw_all(load_run(variant(journal=False)), out)}
    assert saved["slices"].svg is None and "journal" in saved["slices"].caption
    assert not (out / "slices.png").exists()
    assert all(saved[name].svg for name in FIGURES if name != "slices")


def test_a_run_of_one_point_has_all_figures(variant: Callable[..., Path], tmp_path: Path) -> None:
    run = load_run(variant(lambda results: keep_points(results, 0)))
    for figure in draw_all(run, tmp_path):
        assert figure.svg is not None, figure.caption
    for name in ("threads", "payload"):
        (panel,) = axes_of(FIGURES[name](run))
        assert [label.get_text() for label in panel.get_xticklabels()] == \
            [{"threads": "1:1", "payload": "64 B"}[name]]
        places = [float(bar.lines[0].get_xdata()[0]) for bar in panel.containers]
        assert len(set(places)) == len(places), "side by side, not on top of each other"


def test_nulls_everywhere_are_tolerated(variant: Callable[..., Path], tmp_path: Path) -> None:
    def clear(results: dict) -> None:
        keep = frozenset({"schema"})
        for key in ("context", "points"):
            results[key] = set_to_null(results[key], keep)

    for figure in draw_all(load_run(variant(clear)), tmp_path):
        assert figure.svg is None and figure.caption.endswith("draw.") or "compare" in \
            figure.caption


@pytest.mark.parametrize("field", ["lo", "hi"])
def test_estimates_without_an_interval_are_drawn_without_bars(
        variant: Callable[..., Path], tmp_path: Path, field: str) -> None:
    def clear(results: dict) -> None:
        for point in results["points"]:
            for cell in point["cells"]:
                if cell["ns_per_item"]:
                    cell["ns_per_item"][field] = None
            for ratio in point["ratios"]:
                ratio[field] = ratio["overall"][field] = None

    assert all(figure.svg for figure in draw_all(load_run(variant(clear)), tmp_path))


def test_two_labels_of_one_strategy_are_both_drawn(variant: Callable[..., Path]) -> None:
    def rename(results: dict) -> None:
        keep_points(results, 0)
        for old, new in (("mutex_queue", "a"), ("lockfree_queue", "b")):
            cell_of(results, 0, old).update(label=new, strategy="mutex_queue")
            for ratio in results["points"][0]["ratios"]:
                ratio["label"] = new if ratio["label"] == old else ratio["label"]

    drawn = labels_drawn(FIGURES["threads"](load_run(variant(rename))))
    assert {"a (mutex_queue)", "b (mutex_queue)"} <= drawn


def test_figures_come_out_the_same_each_time(stored_run: Run, tmp_path: Path) -> None:
    first = [(figure.svg, figure.png.read_bytes()) for figure in draw_all(stored_run, tmp_path)
             if figure.png]
    again = [(figure.svg, figure.png.read_bytes()) for figure in draw_all(stored_run, tmp_path)
             if figure.png]
    assert first == again
