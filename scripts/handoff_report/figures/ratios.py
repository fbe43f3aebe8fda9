"""Relative speed: a forest plot per point, each candidate's time per item over the leader's."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from handoff_report import numbers, style
from handoff_report.figures.canvas import Drawing, legend, legend_height, look_of
from handoff_report.model import Cell, Point, Ratio, Run
from handoff_report.words import STALLS, UNDECIDED, point_short

TITLE = "Relative speed, with intervals"
_MOST_PANELS = 24
_NEAR = 0.12  # log ratio up to which the axis is nearly linear
_TICKS = (1, 2, 10, 1000, 100, 10000, 1.2, 0.5, 0.1, 0.8, 5, 1.1, 0.9, 1.5, 1.05, 0.95)
_ROW, _TOP, _BELOW = 0.245, 0.38, 0.34
_LABELS, _VALUES = 1.45, 1.75


def rows_of(point: Point) -> list[tuple[Cell, Ratio | None]]:
    """(candidate, its ratio): the leader (no ratio) on top, then by ratio."""
    rows = []
    for cell in point.measured:
        ratio = point.to_leader(cell.label)
        if cell.label == point.leader:
            rows.append((cell, None))
        elif not cell.is_reference and ratio is not None and ratio.typical is not None:
            rows.append((cell, ratio))
    return sorted(rows, key=lambda row: row[1].typical.value if row[1] and row[1].typical else 0)


def limits_of(points: list[Point]) -> tuple[float, float]:
    low, high = 0.93, 1.15
    for point in points:
        for _, ratio in rows_of(point):
            if ratio is not None and ratio.typical is not None:
                for interval in (ratio.typical, ratio.overall or ratio.typical):
                    low = min(low, (interval.lo or interval.value))
                    high = max(high, (interval.hi or interval.value))
    return float(unstretch(stretch(low) - 0.1)), float(unstretch(stretch(high) + 0.2))


def draw_row(axes: Axes, y: int, cell: Cell, ratio: Ratio | None) -> None:
    look = look_of(cell)
    beside = axes.get_yaxis_transform()
    if ratio is None or ratio.typical is None:
        axes.plot([1], [y], marker=look.marker, color=look.colour, markersize=7, zorder=4)
        axes.text(1.02, y, "leader", transform=beside, va="center", fontsize=8.5,
                  fontweight="bold")
        return
    open_question = ratio.verdict in (UNDECIDED, STALLS)
    value = ratio.typical
    axes.text(1.02, y, numbers.joined(numbers.ratio(value)) + (" ?" if open_question else ""),
              transform=beside, va="center", fontsize=8.5)
    if value.lo is not None and value.hi is not None:
        axes.plot([value.lo, value.hi], [y, y], color=look.colour, linewidth=2.4, zorder=3,
                  solid_capstyle="butt")
    if ratio.overall is not None:
        axes.plot([ratio.overall.value], [y], marker="|", color=style.INK, markersize=9,
                  markeredgewidth=1.1, zorder=3)
    axes.plot([value.value], [y], marker=look.marker, color=look.colour, markersize=7, zorder=4,
              markerfacecolor="white" if open_question else look.colour)


def stretch(ratio: Any) -> Any:
    """Logarithmic far from 1, nearly linear within _NEAR of it, so that 1.01 and 1000 fit one
    axis."""
    return np.arcsinh(np.log(np.maximum(ratio, 1e-6)) / _NEAR)


def unstretch(place: Any) -> Any:
    return np.exp(np.sinh(np.clip(place, -8, 8)) * _NEAR)


def ratio_ticks(axes: Axes, low: float, high: float) -> None:
    """Sets the scale, and as many of the preferred ticks as do not overlap."""
    axes.set_xscale("function", functions=(stretch, unstretch))
    axes.set_xlim(low, high)
    width = axes.get_position().width * axes.figure.get_figwidth()
    inches = width / float(stretch(high) - stretch(low))
    chosen: list[float] = []
    for tick in _TICKS:
        if low <= tick <= high and all(abs(stretch(tick) - stretch(other)) * inches > 0.37
                                       for other in chosen):
            chosen.append(tick)
    axes.xaxis.set_major_locator(FixedLocator(sorted(chosen)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}×"))


def draw_panel(axes: Axes, point: Point, margin: float, limits: tuple[float, float]) -> None:
    rows = rows_of(point)
    ratio_ticks(axes, *limits)
    axes.axvspan(1 / (1 + margin), 1 + margin, color=style.BAND, zorder=0, linewidth=0)
    axes.axvline(1, color="#8a929c", linewidth=0.8, zorder=1)
    for y, (cell, ratio) in enumerate(rows):
        draw_row(axes, y, cell, ratio)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)))
    axes.set_yticklabels([cell.label for cell, _ in rows])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.set_title(point_short(point))


def layout(points: list[Point], entries: int) -> tuple[Figure, list[Axes]]:
    """Two columns of panels; each row is as high as its higher panel. All lengths are in inches."""
    columns = min(2, len(points))
    width = 11.0 if columns == 2 else 8.2
    sizes = [len(rows_of(point)) * _ROW for point in points]
    heights = [max(sizes[i:i + columns]) for i in range(0, len(points), columns)]
    foot = 0.28 + legend_height(entries, width) + 0.3
    height = foot + sum(h + _TOP + _BELOW for h in heights)
    figure = Figure(figsize=(width, height))
    span = width / columns
    axes, top = [], height
    for index, size in enumerate(sizes):
        row, column = divmod(index, columns)
        if column == 0:
            top = height - sum(h + _TOP + _BELOW for h in heights[:row]) - _TOP
        axes.append(figure.add_axes(((column * span + _LABELS) / width, (top - size) / height,
                                     (span - _LABELS - _VALUES) / width, size / height)))
    for panel in axes[-columns:]:
        panel.set_xlabel("time per item relative to the leader (log, wider around 1×)")
    return figure, axes


def handles(margin: float) -> list[Line2D | Patch]:
    grey = style.FAINT
    marks: list[Line2D | Patch] = [
        Line2D([], [], color=grey, marker="o", linewidth=2.4, label="typical, decided"),
        Line2D([], [], color=grey, marker="o", markerfacecolor="white", linewidth=2.4,
               label="typical, not decided (?)"),
        Line2D([], [], color=style.INK, marker="|", linestyle="none", markersize=9,
               label="overall"),
        Patch(color=style.BAND, label=f"equivalent: within ±{margin * 100:g} %"),
    ]
    return marks


def draw(run: Run) -> Drawing:
    comparable = [point for point in run.points if len(rows_of(point)) > 1]
    if not comparable:
        return Drawing(TITLE, "No point has two delivered candidates, so there is nothing to "
                              "compare.")
    points = comparable[:_MOST_PANELS]
    low, high = limits_of(points)
    marks = handles(run.margin)
    figure, axes = layout(points, len(marks))
    for panel, point in zip(axes, points):
        draw_panel(panel, point, run.margin, (low, high))
    legend(figure, marks)
    caption = ("Time per item divided by that of the point’s leader, from slices measured side by "
               f"side. Bars are {run.confidence * 100:g} % intervals that hold for all candidates "
               "of a point together. The axis is logarithmic, and stretched around 1 to show small "
               "differences. Farther right is slower; a bar inside the grey band is a tie. If the "
               "short vertical line (overall) is away from the marker, stalls matter.")
    if len(comparable) > len(points):
        caption += (f" The first {len(points)} of {len(comparable)} points are drawn; the tables "
                    "have all.")
    told = []
    for point in points:
        worst = rows_of(point)[-1]
        ratio = worst[1].typical if worst[1] else None
        told.append(f"{point_short(point)}: {point.leader} leads, {worst[0].label} is last"
                    + (f" at {numbers.ratio(ratio)[0]}" if ratio else ""))
    alt = "Forest plot of time per item relative to the leader. " + "; ".join(told) + "."
    return Drawing(TITLE, caption, alt, figure)
