"""CPU time per item over wall time per item: how much CPU time a strategy needs for its speed."""

from __future__ import annotations

from matplotlib.axes import Axes

from handoff_report import style
from handoff_report.figures.canvas import (Drawing, everyone, grid, handle, legend, log_axis,
                                           log_limits, look_of, names, short_time, spread_points)
from handoff_report.model import Cell, Point, Run
from handoff_report.words import point_short

TITLE = "CPU per item against time per item"
_MOST_PANELS = 6
_MOST_LINES = 4


def placed(point: Point) -> list[Cell]:
    return [cell for cell in point.measured
            if cell.cpu_ns is not None and cell.cpu_ns > 0 and cell.strategy != "floor"]


def busy_cpus(cells: list[Cell]) -> list[int]:
    """1, 2, 4, … up to the first number that no cell exceeds by more than 10 %: the lines to
    draw."""
    most = max((cell.cpu_ns or 0) / cell.typical.value for cell in cells if cell.typical)
    lines = [1]
    while lines[-1] * 1.1 < most:
        lines.append(lines[-1] * 2)
    return lines[-_MOST_LINES:]


def draw_cpu_lines(axes: Axes, lines: list[int], x: tuple[float, float]) -> None:
    """Lines on which this number of CPUs is busy, with names at the right edge of the panel."""
    for cpus in lines:
        axes.plot(x, [end * cpus for end in x], color="#b9bfc8", linewidth=0.9,
                  linestyle=(0, (4, 3)), zorder=1)
        axes.annotate(f"{cpus} CPU{'' if cpus == 1 else 's'}", (x[1], x[1] * cpus), (4, 0),
                      textcoords="offset points", fontsize=8, color=style.FAINT, ha="left",
                      va="center", annotation_clip=False)


def draw_panel(axes: Axes, point: Point) -> None:
    cells = placed(point)
    lines = busy_cpus(cells)
    x = log_limits([cell.typical.value for cell in cells if cell.typical], least=10)
    x = x[0] / 1.3, x[1] * 1.3
    burnt = [cell.cpu_ns for cell in cells if cell.cpu_ns]
    log_axis(axes, "x", x, short_time, most=5)
    log_axis(axes, "y", (min([x[0], *burnt]) / 1.5, x[1] * lines[-1] * 1.3), short_time)
    draw_cpu_lines(axes, lines, x)
    for cell in cells:
        look = look_of(cell)
        assert cell.typical is not None
        axes.plot([cell.typical.value], [cell.cpu_ns], marker=look.marker, color=look.colour,
                  markersize=9, markeredgecolor="white", markeredgewidth=0.7, linestyle="none",
                  zorder=3, label=cell.label)
    axes.set_title(point_short(point))


def draw(run: Run) -> Drawing:
    measured = [point for point in run.points if placed(point)]
    points = spread_points(measured, _MOST_PANELS)
    if not points:
        return Drawing(TITLE, "No delivered cell has a CPU time, so there is nothing to draw.")
    columns = 2 if len(points) in (2, 4) else 3
    cells = [cell for cell in everyone(points) if any(cell.label == other.label
             for point in points for other in placed(point))]
    figure, places = grid(len(points), columns, 2.6, len(cells), beside=0.5)
    for index, (axes, point) in enumerate(zip(places, points)):
        draw_panel(axes, point)
        axes.set_xlabel("time per item, typical (log)")
        if index % columns == 0:
            axes.set_ylabel("CPU time per item (log)")
    legend(figure, [handle(cell, line=False) for cell in cells])
    caption = ("CPU time per item of all threads and processes of a cell, over its typical time "
               "per item. Farther left is faster; lower uses less CPU time. On a dashed line, that "
               "number of CPUs is busy all the time, including spinning and waiting in the kernel.")
    if len(points) < len(measured):
        caption += f" {len(points)} of {len(measured)} points are drawn; the tables have all."
    alt = (f"Scatter plot of CPU time per item over time per item, log scales, at "
           f"{', '.join(point_short(point) for point in points)}. Shown: {names(cells)}. "
           "The numbers are in the tables below.")
    return Drawing(TITLE, caption, alt, figure)
