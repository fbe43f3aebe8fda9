"""Throughput over payload: a panel per thread count, both axes logarithmic."""

from __future__ import annotations

import math

from handoff_report.figures.canvas import (Drawing, everyone, grid, handle, legend, log_axis,
                                           log_limits, names, payload_label, rate_lines, rates_of,
                                           short_rate, ticks)
from handoff_report.model import Point, Run
from handoff_report.words import unusual

TITLE = "Throughput over payload"
_MOST_PANELS = 9


def panels_of(run: Run) -> list[tuple[str, list[Point]]]:
    """(title, points by payload); points that differ only in their payload share a panel."""
    groups: dict[tuple[tuple[int, int], int | None, str], list[Point]] = {}
    for point in run.points:
        if point.pair is not None and point.payload is not None and point.measured:
            key = (point.pair, point.capacity_asked, ", ".join(unusual(point)))
            groups.setdefault(key, []).append(point)
    swept = {key: points for key, points in groups.items() if len(points) > 1}
    if not swept:  # no group has several payloads: draw the first group alone
        swept = dict(list(groups.items())[:1])
    ranked = sorted(swept.items(), key=lambda entry: -len(entry[1]))[:_MOST_PANELS]
    panels = []
    for (pair, capacity, kind), points in sorted(ranked, key=lambda e: e[1][0].index):
        title = f"{pair[0]}:{pair[1]}"
        if len({key[1] for key in swept}) > 1:
            title += f", capacity {capacity}"
        title += f", {kind}" if kind else ""
        panels.append((title, sorted(points, key=lambda point: point.payload or 0)))
    return panels


def draw(run: Run) -> Drawing:
    panels = panels_of(run)
    points = [point for _, found in panels for point in found]
    if not points:
        return Drawing(TITLE, "No cell delivered, so there is no throughput to draw.")
    cells = everyone(points)
    columns = min(3, len(panels))
    figure, places = grid(len(panels), columns, 3.0, len(cells), shared_y=True)
    limits = log_limits(rates_of(points, cells))
    for index, (axes, (title, found)) in enumerate(zip(places, panels)):
        x = [math.log2(point.payload or 1) for point in found]
        rate_lines(axes, cells, list(zip(x, found)))
        ticks(axes, x, [payload_label(point.payload or 0) for point in found])
        log_axis(axes, "y", limits, short_rate)
        axes.set_title(f"{title} (producers : consumers)" if columns < 3 else title)
        axes.set_xlabel("payload of an item (log)")
        if index % columns == 0:
            axes.set_ylabel("items per second (log)")
        else:
            axes.tick_params(labelleft=False, left=False)
    legend(figure, [handle(cell) for cell in cells])
    caption = ("Items per second, from the typical time per item; the bars are its interval. "
               "Higher is better. The producer writes and the consumer reads every byte, so with "
               "large payloads every strategy approaches the speed of the memory.")
    alt = (f"Line chart of items per second over payload size, both axes logarithmic, for "
           f"{', '.join(title for title, _ in panels)}. Shown: {names(cells)}. "
           "The numbers are in the tables below.")
    return Drawing(TITLE, caption, alt, figure)
