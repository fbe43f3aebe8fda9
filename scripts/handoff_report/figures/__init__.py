"""The figures of the report, each in a file of its own; draw_all() makes them in page order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from handoff_report import style
from handoff_report.figures import cpu, payload, ratios, slices, threads
from handoff_report.figures.canvas import Drawing, Saved, save
from handoff_report.model import Run
from handoff_report.words import command_line

FIGURES: dict[str, Callable[[Run], Drawing]] = {
    "threads": threads.draw,
    "payload": payload.draw,
    "ratios": ratios.draw,
    "cpu": cpu.draw,
    "slices": slices.draw,
}


def draw_all(run: Run, out: Path) -> list[Saved]:
    """Draws every figure into `out`; one that has nothing to show says why in its caption."""
    style.apply()
    return [save(draw(run), name, out, command_line(run)) for name, draw in FIGURES.items()]
