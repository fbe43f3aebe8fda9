"""Reads parts.json, Google Benchmark's output of `handoff-gbench --benchmark_filter=^parts/`: the
costs of the parts of a hand-over. The file may be missing; if it is damaged, a sentence says so.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from handoff_report.load import mapping, number, positive, sequence, text
from handoff_report.model import Part, Parts

PREFIX = "parts/"
_NS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}  # of Google Benchmark's time units


def time_ns(entry: dict[str, Any]) -> float | None:
    value, unit = positive(entry.get("real_time")), _NS.get(text(entry.get("time_unit")))
    return None if value is None or unit is None else value * unit


def short_name(run_name: str) -> str:
    """"parts/fork_wait/real_time" as "fork_wait"."""
    return run_name.removeprefix(PREFIX).removesuffix("/real_time")


def load_part(entries: list[dict[str, Any]]) -> Part | None:
    """From all entries of one name: the median of the repetitions with their variation, or the
    single entry."""
    by_kind = {text(entry.get("aggregate_name")): entry for entry in entries}
    main = by_kind.get("median") or by_kind.get("")
    value = time_ns(main) if main is not None else None
    if main is None or value is None:
        return None
    return Part(name=short_name(text(main.get("run_name"))), what=text(main.get("label")),
                time_ns=value, variation=number(by_kind.get("cv", {}).get("real_time")))


def load_parts(benchmarks: list[dict[str, Any]]) -> tuple[Part, ...]:
    """In the order in which the program lists them (repetitions may run in another order)."""
    names: dict[str, list[dict[str, Any]]] = {}
    for entry in sorted(benchmarks, key=lambda e: number(e.get("family_index")) or 0):
        if text(entry.get("run_name")).startswith(PREFIX):
            names.setdefault(text(entry.get("run_name")), []).append(entry)
    found = (load_part(entries) for entries in names.values())
    return tuple(part for part in found if part is not None)


def read_parts(directory: Path) -> Parts | None:
    """The parts timed after the run in `directory`; None if there is no parts.json."""
    path = directory / "parts.json"
    try:
        content = mapping(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        return Parts(problem=f"parts.json cannot be read: {error}")
    context = mapping(content.get("context"))
    parts = load_parts([mapping(entry) for entry in sequence(content.get("benchmarks"))])
    return Parts(
        parts=parts,
        date=text(context.get("date")),
        command=text(context.get("command")),
        cpus=text(context.get("parts_cpus")),
        problem="" if parts else "parts.json names no part that was timed.",
    )


def share_of_scale(value_ns: float, parts: tuple[Part, ...]) -> float:
    """The place of a time on a logarithmic scale from a tenth of a nanosecond (0) to the slowest
    part (1)."""
    low = -1.0
    high = max(math.log10(max(part.time_ns for part in parts)), low + 1)
    return min(1.0, max(0.0, (math.log10(value_ns) - low) / (high - low)))
