"""Reads the raw slices of one point from journal.jsonl, with those of the floor apart.

The journal can be large, so lines of other points are not kept. Damaged lines are skipped (after a
kill, the last one is incomplete). Unknown cells make fewer tracks, never an error.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from handoff_report.model import Journal, Point, Track

FLOOR = "floor"
_NEEDED = ("cell", "start_ns", "window_items", "elapsed_ns")


def open_journal(path: Path) -> TextIO:
    """Opens `path`, or `path`.xz if there is no `path`."""
    packed = path.with_name(path.name + ".xz")
    if packed.is_file() and not path.is_file():
        return lzma.open(packed, "rt", encoding="utf-8", errors="replace")
    return path.open(encoding="utf-8", errors="replace")


def lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with open_journal(path) as stream:
            for line in stream:
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if isinstance(record, dict):
                    yield record
    except (OSError, EOFError, lzma.LZMAError):
        return


def cell_labels(plan: dict[str, Any], point: int) -> list[str]:
    """Labels by cell index. The plan lists the cells of each point, or once for all points."""
    points = plan.get("points")
    entry = points[point] if isinstance(points, list) and point < len(points) else None
    cells = entry.get("cells") if isinstance(entry, dict) else None
    listed = cells if isinstance(cells, list) else plan.get("cells")
    labels = []
    for cell in listed if isinstance(listed, list) else []:
        name = cell.get("label") or cell.get("strategy") if isinstance(cell, dict) else cell
        labels.append(str(name).split("=", 1)[0])
    return labels


def choose_point(points: tuple[Point, ...], wanted: str | None) -> Point | None:
    """The wanted point; without one, 1:1 with 64 B, else the first with two candidates to
    compare."""
    if wanted is not None:
        return next((point for point in points if point.id == wanted), None)

    def preference(point: Point) -> tuple[bool, bool]:
        candidates = [cell for cell in point.measured if not cell.is_reference]
        return len(candidates) >= 2, point.pair == (1, 1) and point.payload == 64

    return max(points, key=preference, default=None)  # max keeps the first of equals


def slice_values(columns: list[str], row: Any) -> tuple[int, float, float] | None:
    """(cell, start in s, ns per item) of one slice, or None if it was not timed."""
    try:
        cell, start_ns, items, elapsed_ns = (row[columns.index(name)] for name in _NEEDED)
        if items <= 0 or elapsed_ns <= 0:
            return None
        return int(cell), start_ns / 1e9, elapsed_ns / items
    except (TypeError, ValueError, IndexError):
        return None


class _Reader:
    def __init__(self, point: Point) -> None:
        self.journal = Journal(point=point)
        self.columns: list[str] = []
        self.tracks: dict[int, Track] = {}

    def plan(self, record: dict[str, Any]) -> None:
        assert self.journal.point is not None
        columns = record.get("slice_columns")
        self.columns = [str(name) for name in columns] if isinstance(columns, list) else []
        plan = record.get("plan")
        labels = cell_labels(plan, self.journal.point.index) if isinstance(plan, dict) else []
        for index, label in enumerate(labels):
            cell = self.journal.point.cell(label)
            if cell is not None and cell.delivered:  # the slices of a failed cell are not shown
                self.tracks[index] = Track(label, cell.strategy, cell.is_reference)

    def block(self, record: dict[str, Any]) -> None:
        visit = record.get("pass")
        visit = visit if isinstance(visit, int) else 0
        for row in record.get("slices") or []:
            values = slice_values(self.columns, row)
            if values is None:
                continue
            cell, at_s, ns = values
            track = self.tracks.get(cell)
            if track is None:
                continue
            if track.strategy == FLOOR:
                self.journal.floor.append((visit, at_s, ns))
                continue
            track.at_s.append(at_s)
            track.ns_per_item.append(ns)
            track.visit.append(visit)


def read_journal(path: Path, points: tuple[Point, ...], wanted: str | None = None) -> Journal:
    """Slices over time of the wanted (or a chosen) point; empty if there is no journal."""
    point = choose_point(points, wanted)
    if point is None:
        return Journal()
    reader = _Reader(point)
    for record in lines(path):
        kind = record.get("t")
        if kind == "plan":
            reader.plan(record)
        elif kind == "block" and record.get("point") == point.index and record.get("block") != -1:
            reader.block(record)
    reader.journal.tracks = [track for track in reader.tracks.values() if track.at_s]
    return reader.journal
