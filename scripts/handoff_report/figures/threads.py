"""Throughput over thread counts: one row per payload, one column per kind of thread counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matplotlib.axes import Axes

from handoff_report.figures.canvas import (Drawing, everyone, grid, handle, legend, log_axis,
                                           log_limits, names, payload_label, rate_lines, rates_of,
                                           short_rate, ticks)
from handoff_report.model import Point, Run
from handoff_report.words import unusual

TITLE = "Throughput over thread counts"
_MOST_ROWS = 4
_SHAPES = {
    "symmetric": lambda p, c: p == c,
    "many to one": lambda p, c: c == 1,
    "one to many": lambda p, c: p == 1,
    "other thread counts": lambda p, c: p != c and p > 1 and c > 1,
}


@dataclass
class Panel:
    title: str
    points: list[Point]

    @property
    def mixed(self) -> bool:
        return any(p.pair and p.pair[0] != p.pair[1] and min(p.pair) > 1 for p in self.points)


def rows_of(run: Run) -> list[list[Panel]]:
    """Panels by row; points that differ only in their thread counts share a row."""
    groups: dict[tuple[int | None, int | None, str], list[Point]] = {}
    for point in run.points:
        if point.pair is not None and point.payload is not None and point.measured:
            key = (point.payload, point.capacity_asked, ", ".join(unusual(point)))
            groups.setdefault(key, []).append(point)
    swept = {key: points for key, points in groups.items() if len(points) > 1}
    if not swept:  # no group has several thread counts: draw the first group alone
        swept = dict(list(groups.items())[:1])
    ranked = sorted(swept.items(), key=lambda entry: -len(entry[1]))[:_MOST_ROWS]
    rows = []
    for (payload, capacity, kind), points in sorted(ranked, key=lambda e: e[1][0].index):
        points = sorted(points, key=lambda p: (sum(p.pair or ()), p.pair))
        about = payload_label(payload or 0)
        if len({key[1] for key in swept}) > 1:
            about += f", capacity {capacity}"
        about += f", {kind}" if kind else ""
        shapes = {name: [p for p in points if p.pair and fits(*p.pair)]
                  for name, fits in _SHAPES.items()}
        panels = [Panel(f"{about} · {name}", found) for name, found in shapes.items()
                  if len(found) > 1 or (found and name.startswith("other"))]
        if not panels:  # no shape has several points
            panels = [Panel(about, points)]
        rows.append(panels)
    return rows


def is_small(panel: Panel) -> bool:
    """Whether an item fits into a cache line, so that the floor is a lower bound."""
    return all((point.payload or 0) <= 64 for point in panel.points)


def positions(panel: Panel) -> list[float]:
    """log2 of the larger side, so that each doubling is one step. If two points would be at the
    same place, all are one step apart."""
    places = [math.log2(max(point.pair or (1, 1))) for point in panel.points]
    if panel.mixed or len(set(places)) < len(places):
        return [float(index) for index in range(len(panel.points))]
    return places


def shade_oversubscribed(axes: Axes, places: list[float], points: list[Point]) -> None:
    over = [place for place, point in zip(places, points) if point.oversubscribed]
    if not over or len(over) == len(points):
        return
    free = [place for place in places if place < min(over)]
    start = (max(free) + min(over)) / 2 if free else axes.get_xlim()[0]
    axes.axvspan(start, axes.get_xlim()[1], color="#f3efe6", zorder=0, linewidth=0)
    axes.text(axes.get_xlim()[1], 1.0, "more threads than CPUs ", ha="right", va="top",
              transform=axes.get_xaxis_transform(), fontsize=8, color="#7a6a45")


def draw(run: Run) -> Drawing:
    rows = rows_of(run)
    points = [point for row in rows for panel in row for point in panel.points]
    if not points:
        return Drawing(TITLE, "No cell delivered, so there is no throughput to draw.")
    cells = everyone(points, floor=True)
    columns = max(len(row) for row in rows)
    figure, places = grid(len(rows) * columns, columns, 2.9, len(cells), shared_y=True)
    for index, axes in enumerate(places):
        row, column = divmod(index, columns)
        if column >= len(rows[row]):
            axes.remove()
            continue
        panel = rows[row][column]
        x = positions(panel)
        shown = [cell for cell in cells if cell.strategy != "floor" or is_small(panel)]
        rate_lines(axes, shown, list(zip(x, panel.points)))
        ticks(axes, x, [f"{p.producers}:{p.consumers}" for p in panel.points])
        shade_oversubscribed(axes, x, panel.points)
        low, high = log_limits(rates_of((p for other in rows[row] for p in other.points), shown))
        log_axis(axes, "y", (low, high * 1.6), short_rate)  # space for the text in the shading
        axes.set_title(panel.title, fontsize=10 if columns < 3 else 9)
        axes.set_xlabel("producers : consumers (threads)")
        if column == 0:
            axes.set_ylabel("items per second (log)")
        else:
            axes.tick_params(labelleft=False, left=False)
    legend(figure, [handle(cell) for cell in cells])
    caption = ("Items per second, from the typical time per item; the bars are its interval. "
               "Higher is better. A line has a gap where a strategy did not deliver or does not "
               "support the point.")
    if any(point.oversubscribed for point in points):
        caption += (" With more threads than CPUs, the results also depend on how the scheduler "
                    "switches between threads.")
    alt = (f"Line chart of items per second over producer and consumer counts, log scale, for "
           f"{', '.join(dict.fromkeys(row[0].title.split(' · ')[0] for row in rows))}. "
           f"Shown: {names(cells)}. The numbers are in the tables below.")
    return Drawing(TITLE, caption, alt, figure)


