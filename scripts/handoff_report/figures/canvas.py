"""Shared by all figures: a grid of panels, axes with units, legends, and saving as SVG and PNG.

Lengths are in inches. The text of a figure is laid out for a page about 960 pixels wide.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from handoff_report import numbers, style
from handoff_report.model import Cell, Point

WIDTH = 10.0
_FOOT = 0.28
_LEGEND_ROW = 0.215
_PIXELS_PER_INCH = 104  # on the page, at most


@dataclass
class Drawing:
    """A figure not yet saved. If `figure` is None, `caption` says why there is nothing to show."""

    title: str
    caption: str
    alt: str = ""
    figure: Figure | None = None


@dataclass(frozen=True)
class Saved:
    name: str
    title: str
    caption: str
    alt: str
    svg: str | None  # to be put into the page: no prolog, ids unique on the page
    png: Path | None


def legend_columns(width: float) -> int:
    return 5 if width >= WIDTH else 4


def legend_height(entries: int, width: float) -> float:
    rows = math.ceil(entries / legend_columns(width))
    return rows * _LEGEND_ROW + 0.12 if entries else 0.0


def grid(panels: int, columns: int, panel_height: float, legend_entries: int, *,
         shared_y: bool = False, beside: float = 0.0) -> tuple[Figure, list[Axes]]:
    """Panels row by row over the whole width, with space for titles, labels, legend and footer.

    `beside` is the space at the right of each panel for labels.
    """
    columns = min(columns, panels)
    rows = math.ceil(panels / columns)
    left, right, top, below = 0.95, 0.2, 0.4, 0.6
    right += beside
    between = 0.25 if shared_y else 0.75 + beside
    width = WIDTH if columns > 1 else 8.2
    bottom = _FOOT + legend_height(legend_entries, width)
    height = bottom + rows * (top + panel_height + below)
    panel_width = (width - left - right - between * (columns - 1)) / columns
    figure = Figure(figsize=(width, height))
    axes = []
    for index in range(panels):
        row, column = divmod(index, columns)
        x = left + column * (panel_width + between)
        y = height - (row + 1) * (top + panel_height) - row * below
        axes.append(figure.add_axes((x / width, y / height, panel_width / width,
                                     panel_height / height)))
    return figure, axes


def everyone(points: Iterable[Point], *, floor: bool = False) -> list[Cell]:
    """One measured cell per label at these points; known strategies first, references last.

    The floor always hands over a cache line, whatever the payload, so it is left out by default.
    """
    known = list(style.KNOWN)
    found: dict[str, Cell] = {}
    for point in points:
        for cell in point.measured:
            if cell.strategy == "floor" and not floor:
                continue
            found.setdefault(cell.label, cell)

    def order(cell: Cell) -> tuple[bool, int, str]:
        place = known.index(cell.strategy) if cell.strategy in known else len(known)
        return cell.is_reference, place, cell.label

    return sorted(found.values(), key=order)


def look_of(cell: Cell) -> style.Look:
    return style.look(cell.strategy, cell.label, cell.is_reference)


def handle(cell: Cell, line: bool = True) -> Line2D:
    look = look_of(cell)
    return Line2D([], [], color=look.colour, marker=look.marker,
                  linestyle=look.line if line else "none",
                  label=style.display_name(cell.strategy, cell.label)
                  + (" (reference)" if cell.is_reference else ""))


def legend(figure: Figure, handles: Sequence[Any]) -> None:
    if handles:
        columns = legend_columns(figure.get_figwidth())
        figure.legend(handles=handles, loc="lower center", ncol=columns,
                      bbox_to_anchor=(0.5, _FOOT / figure.get_figheight()), borderaxespad=0,
                      handlelength=2.6, columnspacing=1.6, labelspacing=0.45)


def log_limits(values: Iterable[float], least: float = 4.0) -> tuple[float, float]:
    """Limits of a log axis around `values`; their ratio is at least `least`."""
    data = [value for value in values if value > 0 and math.isfinite(value)]
    low, high = (min(data), max(data)) if data else (1.0, 10.0)
    low, high = low / 1.25, high * 1.25
    if high / low < least:
        stretch = math.sqrt(least / (high / low))
        low, high = low / stretch, high * stretch
    return low, high


def log_axis(axes: Axes, which: str, limits: tuple[float, float], write: Any,
             most: int = 12) -> None:
    """A log axis with at most `most` labels: at 1, 2, 5 if it is short, at decades if it is
    long."""
    getattr(axes, f"set_{which}scale")("log")
    getattr(axes, f"set_{which}lim")(*limits)
    decades = math.log10(limits[1] / limits[0])
    subs = (1.0, 2.0, 5.0) if decades < 2.3 else (1.0,)
    axis = getattr(axes, f"{which}axis")
    axis.set_major_locator(LogLocator(base=10, subs=subs, numticks=most))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
    axis.set_minor_formatter(NullFormatter())


def short_rate(per_second: float) -> str:
    for factor, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if per_second >= factor * 0.999:
            return f"{per_second / factor:g}{unit}"
    return f"{per_second:g}"


def short_time(value_ns: float) -> str:
    for factor, unit in ((1e9, " s"), (1e6, " ms"), (1e3, " µs")):
        if value_ns >= factor * 0.999:
            return f"{value_ns / factor:g}{unit}"
    return f"{value_ns:g} ns"


def ticks(axes: Axes, positions: Sequence[float], labels: Sequence[str]) -> None:
    """Labelled positions on the x axis; a single one is in the middle."""
    axes.xaxis.set_major_locator(FixedLocator(list(positions)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels(list(labels))
    low, high = min(positions), max(positions)
    margin = 0.8 if low == high else 0.06 * (high - low) + 0.12
    axes.set_xlim(low - margin, high + margin)


def rate_lines(axes: Axes, cells: Sequence[Cell], columns: Sequence[tuple[float, Point]]) -> None:
    """Items per second of `cells` over `columns` of (x, point); a missing cell leaves a gap."""
    steps = sorted({x for x, _ in columns})
    nearest = min((b - a for a, b in zip(steps, steps[1:])), default=None)
    width = 0.9 if nearest is None else min(0.12 * nearest, 0.025 * (steps[-1] - steps[0]) + 0.02)
    for place, cell in enumerate(cells):
        look = look_of(cell)
        shift = 0.0  # puts the cells at one x side by side
        if len(cells) > 1:
            shift = (place / (len(cells) - 1) - 0.5) * width
        xs, ys, below, above = [], [], [], []
        for x, point in columns:
            here = point.cell(cell.label)
            rate = None
            if here is not None and here.delivered and here.typical is not None:
                rate = here.items_per_second
            xs.append(x + shift)
            ys.append(rate if rate is not None else math.nan)
            error = rate_error(here, rate)
            below.append(error[0])
            above.append(error[1])
        if all(math.isnan(y) for y in ys):
            continue
        axes.errorbar(xs, ys, yerr=[below, above], color=look.colour, marker=look.marker,
                      linestyle=look.line, elinewidth=1.1, capsize=2.5,
                      zorder=2 if cell.is_reference else 3, label=cell.label,
                      markeredgecolor="white", markeredgewidth=0.6, markersize=7.5)


def rate_error(cell: Cell | None, rate: float | None) -> tuple[float, float]:
    """The interval of the typical time as a rate, below and above it; 0 if there is none."""
    typical = cell.typical if cell is not None else None
    if rate is None or typical is None or typical.lo is None or typical.hi is None:
        return 0.0, 0.0
    return max(0.0, rate - 1e9 / typical.hi), max(0.0, 1e9 / typical.lo - rate)


def rates_of(points: Iterable[Point], cells: Iterable[Cell]) -> list[float]:
    labels = {cell.label for cell in cells}
    return [cell.items_per_second for point in points for cell in point.measured
            if cell.items_per_second is not None and cell.label in labels]


def spread_points(points: Sequence[Point], most: int) -> list[Point]:
    """At most `most` points, in plan order. A thread count gets a second payload only after every
    thread count has one."""
    rounds: dict[tuple[int, int] | None, int] = {}
    ranked = []
    for point in sorted(points, key=lambda p: (p.payload != 64, p.index)):
        rank = rounds.get(point.pair, 0)
        rounds[point.pair] = rank + 1
        ranked.append((rank, point.index, point))
    chosen = sorted(ranked, key=lambda entry: entry[:2])[:most]
    return sorted((entry[2] for entry in chosen), key=lambda point: point.index)


def svg_text(figure: Figure, name: str) -> str:
    """The figure as one <svg> element for a page: no prolog, no metadata, no namespaces."""
    stream = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": f"handoff {name}"}):
        figure.savefig(stream, format="svg", dpi=150, metadata={"Date": None})
    svg = stream.getvalue()
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg)  # HTML needs no namespaces
    svg = svg.replace("xlink:href=", "href=")
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'href="#', f'href="#{name}-', svg)
    svg = re.sub(r"url\(#", f"url(#{name}-", svg)
    width = round(figure.get_figwidth() * _PIXELS_PER_INCH)
    return svg.strip().replace("<svg", f'<svg style="max-width:{width}px"', 1)


def save(drawing: Drawing, name: str, out: Path, command: str) -> Saved:
    """Writes `out`/NAME.png with the command in its footer. Without a figure, removes an old
    one."""
    png = out / f"{name}.png"
    figure = drawing.figure
    if figure is None:
        png.unlink(missing_ok=True)
        return Saved(name, drawing.title, drawing.caption, drawing.alt, None, None)
    svg = svg_text(figure, name)
    shown = command if len(command) <= 120 else command[:117] + "…"
    figure.text(0.5, 0.07 / figure.get_figheight(), shown, ha="center", va="bottom", fontsize=8,
                color=style.FAINT)
    figure.savefig(png, dpi=144, metadata={"Software": None})
    return Saved(name, drawing.title, drawing.caption, drawing.alt, svg, png)


def names(cells: Iterable[Cell]) -> str:
    return ", ".join(cell.label for cell in cells)


def payload_label(size_bytes: int) -> str:
    return numbers.payload(size_bytes).replace("\u00a0", " ")
