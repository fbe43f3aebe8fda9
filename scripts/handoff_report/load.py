"""Reads results.json (schema 2, docs/results.md). Unknown keys are ignored, null becomes None.

Errors: ReportError, a sentence with the path, what is wrong and what to do.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from handoff_report.model import Cell, Interval, Mechanism, Point, Ratio, Run

SCHEMA = 2


class ReportError(Exception):
    """Why no report can be made, as a sentence for the user."""


def number(value: Any) -> float | None:
    """A finite number; None for booleans, text, NaN and infinity."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) else None


def positive(value: Any) -> float | None:
    """A positive number, as a log axis needs; else None."""
    result = number(value)
    return result if result is not None and result > 0 else None


def count(value: Any) -> int | None:
    result = number(value)
    return None if result is None else int(result)


def text(value: Any) -> str:
    return "" if value is None else str(value)


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def interval(value: Any, centre: str = "median") -> Interval | None:
    fields = mapping(value)
    middle = positive(fields.get(centre))
    if middle is None:
        return None
    return Interval(middle, positive(fields.get("lo")), positive(fields.get("hi")))


def load_cell(fields: dict[str, Any]) -> Cell:
    label = text(fields.get("label") or fields.get("strategy"))
    verdict = text(fields.get("verdict")) or "unknown"
    measured = fields if verdict == "delivered" else {}  # a failed cell has no speed
    return Cell(
        label=label,
        strategy=text(fields.get("strategy")) or label,
        family=text(fields.get("family")),
        structure=text(fields.get("structure")),
        carrier=text(fields.get("carrier")),
        origin=text(fields.get("origin")),
        role=text(fields.get("role")) or "candidate",
        verdict=verdict,
        reason=text(fields.get("reason")),
        note=text(fields.get("note")),
        typical=interval(measured.get("ns_per_item")),
        overall=interval(measured.get("overall_ns_per_item"), "value"),
        stall_share=number(measured.get("stall_share")),
        items_per_second=positive(measured.get("items_per_second")),
        bytes_per_second=positive(measured.get("bytes_per_second")),
        cpu_ns=number(measured.get("cpu_ns_per_item")),
        floor_multiple=number(measured.get("floor_multiple")),
        bound=fields.get("bound") if isinstance(fields.get("bound"), bool) else None,
        waits_itself=fields.get("waits_itself") is True,
    )


def load_ratio(fields: dict[str, Any]) -> Ratio:
    return Ratio(
        label=text(fields.get("label")),
        to=text(fields.get("to")),
        typical=interval(fields),
        overall=interval(fields.get("overall")),
        verdict=text(fields.get("verdict")) or "undecided",
        incarnations=count(fields.get("incarnations")),
    )


def load_mechanism(fields: dict[str, Any]) -> Mechanism:
    return Mechanism(
        what=text(fields.get("what")),
        label=text(fields.get("label")),
        to=text(fields.get("to")),
        costs=text(fields.get("costs")),
        typical=interval(fields),
        verdict=text(fields.get("verdict")) or "undecided",
    )


def table_order(cell: Cell) -> tuple[int, float]:
    """Sorts the fastest first, references after the candidates, cells without a speed last."""
    if cell.delivered and cell.typical is not None:
        return (1 if cell.is_reference else 0), cell.typical.value
    return (2 if cell.delivered else 3 if cell.failed else 4), 0.0


def load_point(index: int, fields: dict[str, Any]) -> Point:
    workload = mapping(fields.get("workload"))
    binding = mapping(fields.get("binding"))
    cells = [load_cell(mapping(cell)) for cell in sequence(fields.get("cells"))]
    cells = [cell for cell in cells if cell.role != "control"]  # it only repeats the leader
    leader = fields.get("leader")
    return Point(
        id=text(fields.get("id")) or f"point {index + 1}",
        index=index,
        producers=count(workload.get("producers")),
        consumers=count(workload.get("consumers")),
        payload=count(workload.get("payload")),
        capacity=count(workload.get("capacity")),
        capacity_asked=count(workload.get("capacity_asked")),
        transfer=text(workload.get("transfer")) or "copy",
        wait=text(workload.get("wait")) or "spin-block",
        spin_ns=count(workload.get("spin_ns")),
        oversubscribed=binding.get("oversubscribed") is True,
        binding_note=text(binding.get("note")),
        binding_mode=text(binding.get("mode")),
        bound=binding.get("bound") is True,
        incarnations=count(fields.get("incarnations")),
        blocks=count(fields.get("blocks")),
        floor=interval(fields.get("floor_ns")),
        leader=None if leader is None else str(leader),
        decided=fields.get("decided") is True,
        cells=tuple(sorted(cells, key=table_order)),
        ratios=tuple(load_ratio(mapping(ratio)) for ratio in sequence(fields.get("ratios"))),
        mechanisms=tuple(load_mechanism(mapping(pair))
                         for pair in sequence(fields.get("mechanisms"))),
        sentences=tuple(text(sentence) for sentence in sequence(fields.get("sentences"))),
    )


def read_results(directory: Path) -> dict[str, Any]:
    path = directory / "results.json"
    if not directory.is_dir():
        raise ReportError(f"there is no directory {directory}: give the directory of a run (its "
                          "--out, or one under reports/local)")
    if not path.is_file():
        raise ReportError(f"{directory} has no results.json: if the run was killed, "
                          f"`handoff run --resume {directory}` continues it and writes the file")
    try:
        results = json.loads(path.read_text(encoding="utf-8"), parse_constant=lambda _: None)
    except OSError as error:
        raise ReportError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise ReportError(f"{path} is not valid JSON ({error}): the file is damaged; if the run "
                          f"did not end, `handoff run --resume {directory}` continues it and "
                          "writes the file again") from error
    if not isinstance(results, dict):
        raise ReportError(f"{path} is not a result of `handoff run`: it holds a JSON "
                          f"{type(results).__name__}, but an object is expected")
    schema = results.get("schema")
    if schema != SCHEMA or isinstance(schema, bool):
        version = mapping(results.get("context")).get("handoff")
        writer = f" (written by handoff {version})" if version else ""
        found = "no schema" if schema is None else f"schema {json.dumps(schema)}"
        raise ReportError(f"{path} has {found}{writer}, but this report reads schema {SCHEMA}: "
                          "use the report of the version that made the run, or run again")
    return results


def load_run(directory: Path, point: str | None = None) -> Run:
    """The run in `directory`; `point` is the id of the point whose slices are wanted."""
    from handoff_report.journal import read_journal
    from handoff_report.parts import read_parts

    results = read_results(directory)
    points = tuple(load_point(index, mapping(fields))
                   for index, fields in enumerate(sequence(results.get("points"))))
    if point is not None and point not in [known.id for known in points]:
        known_ids = ", ".join(f"'{known.id}'" for known in points) or "none"
        raise ReportError(f"the run has no point '{point}': choose one of {known_ids}")
    journal = read_journal(directory / "journal.jsonl", points, point)
    return Run(context=mapping(results.get("context")), points=points, journal=journal,
               parts=read_parts(directory))
