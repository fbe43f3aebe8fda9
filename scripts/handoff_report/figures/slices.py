"""Slices over time at one point, with the floor below: they show how the machine's speed changes.

The dots are raw slices of the journal; the lines are the typical values of results.json.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from handoff_report import style
from handoff_report.figures.canvas import (Drawing, legend, legend_height, log_axis, log_limits,
                                           names, short_time)
from handoff_report.journal import FLOOR
from handoff_report.model import Cell, Journal, Point, Run
from handoff_report.words import point_name, point_short

TITLE = "Slices over time, with the floor below"
_WIDTH, _HEIGHT, _FLOOR_HEIGHT = 10.0, 3.7, 1.15
_MOST_TICKS = 12


@dataclass
class Timeline:
    """The time axis: time since the run began, without the pauses between visits of the point."""

    starts: list[float]   # s, of each visit
    ends: list[float]
    offsets: list[float]  # where a visit's start is drawn
    visits: list[int]
    cut: bool

    def place(self, visit: int, at_s: float) -> float:
        index = self.visits.index(visit)
        return self.offsets[index] + at_s - self.starts[index]

    @property
    def end(self) -> float:
        return self.offsets[-1] + self.ends[-1] - self.starts[-1]


def timeline(journal: Journal) -> Timeline:
    moments: dict[int, list[float]] = {}
    for track in journal.tracks:
        for visit, at_s in zip(track.visit, track.at_s):
            moments.setdefault(visit, []).append(at_s)
    for visit, at_s, _ in journal.floor:
        moments.setdefault(visit, []).append(at_s)
    visits = sorted(moments, key=lambda visit: min(moments[visit]))
    starts = [min(moments[visit]) for visit in visits]
    ends = [max(moments[visit]) for visit in visits]
    measured = sum(end - start for start, end in zip(starts, ends))
    pauses = (ends[-1] - starts[0]) - measured
    if pauses < 0.2 * measured or measured == 0:
        return Timeline(starts, ends, starts, visits, cut=False)
    offsets, at = [], 0.0
    for start, end in zip(starts, ends):
        offsets.append(at)
        at += end - start + 0.015 * measured
    return Timeline(starts, ends, offsets, visits, cut=True)


def time_axis(axes: Axes, line: Timeline, labelled: bool) -> None:
    span = max(line.end - line.offsets[0], 1e-3)
    axes.set_xlim(line.offsets[0] - 0.01 * span, line.end + 0.01 * span)
    if line.cut:
        for before, offset in zip(zip(line.offsets, line.starts, line.ends), line.offsets[1:]):
            end = before[0] + before[2] - before[1]
            axes.axvspan(end, offset, color="#eef0f3", zorder=0, linewidth=0)
        step = -(-len(line.visits) // _MOST_TICKS)
        axes.set_xticks(line.offsets[::step])
        axes.set_xticklabels([f"{start:.1f} s" for start in line.starts[::step]], ha="left")
        axes.grid(axis="x", visible=False)
    axes.tick_params(labelbottom=labelled)
    if labelled:
        axes.set_xlabel(f"time since the run began; {len(line.visits)} visits, without the pauses "
                        "between them" if line.cut else "time since the run began (s)")


def dots(axes: Axes, x: Sequence[float], y: Sequence[float], look: style.Look, size: float) -> None:
    axes.plot(x, y, linestyle="none", marker=look.marker, color=look.colour, markersize=size,
              markeredgewidth=0, alpha=0.6, rasterized=True, zorder=3)


def draw_slices(axes: Axes, journal: Journal, point: Point, line: Timeline) -> None:
    values: list[float] = []
    for track in sorted(journal.tracks, key=lambda t: len(t.at_s), reverse=True):
        look = style.look(track.strategy, track.label, track.is_reference)
        x = [line.place(visit, at_s) for visit, at_s in zip(track.visit, track.at_s)]
        dots(axes, x, track.ns_per_item, look, 3.6)
        values += track.ns_per_item
        cell = point.cell(track.label)
        if cell is not None and cell.typical is not None:
            axes.axhline(cell.typical.value, color=look.colour, linewidth=0.9, alpha=0.8,
                         linestyle=look.line, zorder=2)
    log_axis(axes, "y", log_limits(values), short_time)
    axes.set_ylabel("time per item of a slice (log)")


def draw_floor(axes: Axes, journal: Journal, point: Point, line: Timeline) -> None:
    values = [ns for _, _, ns in journal.floor]
    if journal.floor:
        x = [line.place(visit, at_s) for visit, at_s, _ in journal.floor]
        dots(axes, x, values, style.Look(style.FLOOR_GREY, "o"), 3.2)
    cell = next((cell for cell in point.measured if cell.strategy == FLOOR), None)
    level = cell.typical if journal.floor and cell is not None else point.floor
    if level is not None:
        axes.axhline(level.value, color=style.REFERENCE_GREY, linewidth=1, linestyle="--")
        values.append(level.value)
    log_axis(axes, "y", log_limits(values), short_time)
    axes.set_ylabel("floor (log)")


def panels(has_floor: bool, entries: int) -> tuple[Figure, list[Axes]]:
    bottom = 0.28 + legend_height(entries, _WIDTH) + 0.6
    height = bottom + _HEIGHT + 0.4 + (_FLOOR_HEIGHT + 0.18 if has_floor else 0)
    figure = Figure(figsize=(_WIDTH, height))
    left, width = 0.95 / _WIDTH, (_WIDTH - 0.95 - 0.25) / _WIDTH
    upper = bottom + (_FLOOR_HEIGHT + 0.18 if has_floor else 0)
    axes = [figure.add_axes((left, upper / height, width, _HEIGHT / height))]
    if has_floor:
        axes.append(figure.add_axes((left, bottom / height, width, _FLOOR_HEIGHT / height)))
    return figure, axes


def handles(journal: Journal, has_floor: bool) -> list[Line2D]:
    order = list(style.KNOWN)
    rank: Callable[[str], int] = lambda name: order.index(name) if name in order else len(order)
    marks = []
    for track in sorted(journal.tracks, key=lambda t: (t.is_reference, rank(t.strategy), t.label)):
        look = style.look(track.strategy, track.label, track.is_reference)
        marks.append(Line2D([], [], color=look.colour, marker=look.marker, linestyle=look.line,
                            linewidth=0.9,
                            label=style.display_name(track.strategy, track.label)
                            + (" (reference)" if track.is_reference else "")))
    if has_floor:
        marks.append(Line2D([], [], color=style.FLOOR_GREY, marker="o", linestyle="none",
                            markersize=4, label="floor, there and back" if journal.floor
                            else "floor, one hand-over"))
    return marks


def draw(run: Run) -> Drawing:
    journal, point = run.journal, run.journal.point
    if point is None or not journal.tracks:
        where = f" for {point_name(point)}" if point is not None else ""
        return Drawing(TITLE, f"The journal has no slices of delivered cells{where}, or "
                              "journal.jsonl is missing beside results.json, so there is nothing "
                              "to draw.")
    line = timeline(journal)
    has_floor = bool(journal.floor) or point.floor is not None
    marks = handles(journal, has_floor)
    figure, axes = panels(has_floor, len(marks))
    draw_slices(axes[0], journal, point, line)
    axes[0].set_title(point_short(point))
    time_axis(axes[0], line, labelled=not has_floor)
    if has_floor:
        draw_floor(axes[1], journal, point, line)
        time_axis(axes[1], line, labelled=True)
    legend(figure, marks)
    caption = (f"Each dot is one slice at {point_name(point)}; lines are the typical values. "
               "The floor is a cache line handed to the other CPU and back. If all dots rise "
               "together with the floor, the machine has changed, not a strategy. For this reason "
               "only slices of the same block are compared.")
    if not journal.floor and has_floor:
        caption += (" The journal has no floor slices for this point, so the median of the floor "
                    "is drawn.")
    shown = [cell for cell in (point.cell(track.label) for track in journal.tracks)
             if isinstance(cell, Cell)]
    alt = (f"Scatter plot of the time per item of each slice over the run, log scale, at "
           f"{point_name(point)}, with the hand-over floor below. Shown: {names(shown)}.")
    return Drawing(TITLE, caption, alt, figure)
