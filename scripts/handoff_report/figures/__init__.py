"""The figures of the report, one file each; draw_all() draws them in the order of the page."""

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
    """Draws every figure into `out`. The caption of a figure without data says why."""
    style.apply()
    return [save(draw(run), name, out, command_line(run)) for name, draw in FIGURES.items()]
