"""Prepares everything that the template shows, and writes index.html.

The page is self-contained: it includes style and figures, and loads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from handoff_report import numbers, style, words
from handoff_report.figures.canvas import Saved
from handoff_report.load import mapping, number, sequence, text
from handoff_report.model import Cell, Parts, Point, Run
from handoff_report.parts import share_of_scale

_HERE = Path(__file__).parent
_OPEN_TABLES = 16  # if there are more tables, all are folded


def anchor(point: Point) -> str:
    return f"point-{point.index}-" + re.sub(r"[^0-9A-Za-z]+", "-", point.id).strip("-").lower()


def row(point: Point, cell: Cell, margin: float) -> dict[str, Any]:
    ratio = point.to_leader(cell.label)
    kind = ("failed" if cell.failed else "unsupported" if not cell.delivered else
            "reference" if cell.is_reference else
            "leader" if cell.label == point.leader else "candidate")
    return {
        "kind": kind,
        "colour": style.look(cell.strategy, cell.label, cell.is_reference).colour,
        "name": style.display_name(cell.strategy, cell.label),
        "made_of": made_of(cell),
        "typical": numbers.time_interval_ns(cell.typical),
        "overall": numbers.time_ns(cell.overall.value if cell.overall else None),
        "stalls": numbers.percent(cell.stall_share),
        "rate": numbers.rate(cell.items_per_second),
        "bandwidth": numbers.rate(cell.bytes_per_second, "B/s"),
        "cpu": numbers.time_ns(cell.cpu_ns),
        "ratio": ("1", "") if kind == "leader" else
                 numbers.ratio(ratio.typical if ratio and cell.delivered else None),
        "verdict": words.verdict(point, cell, margin),
        "note": cell.note,
    }


def about(point: Point) -> str:
    """Workload, binding, incarnations and blocks of a point, above its table."""
    capacity = "" if point.capacity is None else f"capacity {point.capacity} items"
    if capacity and point.capacity_asked not in (None, point.capacity):
        capacity += f" (lowered from {point.capacity_asked} for the memory budget)"
    waits = {"block": "waits sleep", "spin": "waits spin"}.get(point.wait)
    if waits is None and point.spin_ns is not None:
        waits = f"waits spin {numbers.time_ns(point.spin_ns)}, then sleep"
    parts = [capacity, f"transfer by {point.transfer.replace('_', ' ')}", waits or ""]
    if point.oversubscribed:
        parts.append("more threads than CPUs")
    if point.binding_mode:
        parts.append(f"pin {point.binding_mode}"
                     + (f" ({point.binding_note})" if point.binding_note else ""))
    if point.incarnations is not None and point.blocks is not None:
        parts.append(f"{words.many(point.incarnations, 'incarnation')}, "
                     f"{words.many(point.blocks, 'block')}")
    if point.floor is not None:
        parts.append("floor " + numbers.joined(numbers.time_interval_ns(point.floor)))
    return "; ".join(part for part in parts if part) + "."


def table(run: Run, point: Point) -> dict[str, Any]:
    return {"anchor": anchor(point), "name": words.point_name(point), "about": about(point),
            "open": len(run.points) <= _OPEN_TABLES,
            "rows": [row(point, cell, run.margin) for cell in point.cells],
            "sentences": point.sentences}


def mechanisms(run: Run) -> list[dict[str, Any]]:
    """The costs of carriers, then those of structures: the pairs of all points, by kind. A kind
    without pairs is left out."""
    found = []
    for what, heading, about in words.MECHANISMS:
        pairs: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        for point in run.points:
            for pair in (one for one in point.mechanisms if one.what == what):
                rows = pairs.setdefault((pair.label, pair.to, pair.difference), [])
                rows.append({"point": words.point_short(point), "anchor": anchor(point),
                             "ratio": numbers.ratio(pair.typical),
                             "verdict": words.mechanism_verdict(pair)})
        if pairs:
            found.append({"heading": heading, "about": about, "pairs": [
                {"label": label, "to": to, "difference": difference, "rows": rows}
                for (label, to, difference), rows in pairs.items()]})
    return found


def made_of(cell: Cell) -> str:
    """"mpmc ring, threads, ours", without what the strategy does not state."""
    return ", ".join(part for part in (cell.structure, cell.carrier, cell.origin) if part)


def answers(run: Run) -> Iterator[dict[str, Any]]:
    for point in run.points:
        found = words.answer(point)
        yield {"name": found.name, "leader": found.leader, "remark": found.remark,
               "slower": found.slower, "anchor": anchor(point),
               "open": [(word, labels) for word, labels in
                        (("tied", found.tied), ("undecided", found.undecided),
                         ("depends on stalls", found.stalls), ("failed", found.failed))
                        if labels]}


def shown(key: str, value: Any) -> str:
    """A value of the environment as text; the key names the unit."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    amount = number(value)
    if amount is not None and key.endswith("_bytes"):
        for factor, unit in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
            if amount >= factor:
                return f"{amount / factor:.3g} {unit}"
        return f"{amount:g} B"
    if amount is not None and key.endswith("_share"):
        return numbers.percent(amount)
    if amount is not None and key.endswith("_mhz"):
        return f"{amount:.0f} MHz"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def label_of(key: str) -> str:
    return re.sub(r"_(bytes|mhz|share)$", "", key).replace("_", " ")


def inline(value: Any) -> str:
    """A value on one line, also a small object."""
    if isinstance(value, dict):
        return ", ".join(f"{label_of(key)} "
                         + (inline(inner) if isinstance(inner, list) else shown(key, inner))
                         for key, inner in value.items() if not isinstance(inner, dict))
    if isinstance(value, list):
        simple = all(not isinstance(entry, (dict, list)) for entry in value)
        return (", " if simple else "; ").join(inline(entry) for entry in value) or "none"
    return shown("", value)


def environment(run: Run) -> list[tuple[str, str]]:
    """(key, value) pairs: first those of the run, then all of `handoff env`, with nested names
    joined."""
    context = run.context
    found: list[tuple[str, str]] = []
    for key in ("handoff", "date", "suite", "seed", "incarnations", "pin"):
        if context.get(key) is not None:
            found.append((key, text(context[key])))

    def walk(prefix: str, value: Any) -> None:
        for key, inner in mapping(value).items():
            name = f"{prefix} {label_of(key)}".strip()
            if isinstance(inner, dict):
                walk(name, inner)
            elif isinstance(inner, list):
                found.append((name, inline(inner)))
            else:
                found.append((name, shown(key, inner)))

    walk("", {key: value for key, value in mapping(context.get("environment")).items()
              if key != "warnings"})
    return found


def part_rows(parts: Parts) -> list[dict[str, Any]]:
    return [{"name": part.name, "what": part.what, "time": numbers.time_ns(part.time_ns),
             "variation": "" if part.variation is None else f"±{numbers.percent(part.variation)}",
             "bar_percent": round(100 * share_of_scale(part.time_ns, parts.parts), 1)}
            for part in parts.parts]


def subtitle(run: Run) -> str:
    parts = [f"handoff {run.context['handoff']}" if run.context.get("handoff") else "",
             text(run.context.get("date")),
             f"suite {run.context['suite']}" if run.context.get("suite") else "",
             words.many(len(run.points), "point")]
    return " · ".join(part for part in parts if part)


def failures(run: Run) -> list[dict[str, str]]:
    return [{"label": cell.label, "point": words.point_name(point), "verdict": cell.verdict,
             "reason": cell.reason}
            for point in run.points for cell in point.cells if cell.failed]


def conclusions(run: Run) -> list[str]:
    """Sentences about the whole run, from results.json."""
    said = [mapping(run.context.get(key)).get("sentence")
            for key in ("control", "longest_life", "outlook")]
    said.append(run.context.get("level"))
    return [text(sentence) for sentence in said if sentence]


def write_page(run: Run, figures: Sequence[Saved], out: Path) -> Path:
    """Writes `out`/index.html and returns its path."""
    templates = Environment(loader=FileSystemLoader(_HERE), autoescape=True, trim_blocks=True,
                            lstrip_blocks=True, undefined=StrictUndefined,
                            keep_trailing_newline=True)
    kind, sentence = words.status(run)
    html = templates.get_template("page.html.j2").render(
        title=f"handoff report: {words.overview(run)}"[:120],
        css=Markup((_HERE / "page.css").read_text(encoding="utf-8")),
        command=words.command_line(run) or "handoff run",
        subtitle=subtitle(run),
        status={"kind": kind, "sentence": sentence},
        failures=failures(run),
        overview=words.overview(run),
        answers=list(answers(run)),
        level=f"{run.confidence * 100:g} %",
        machine=words.machine(run),
        warnings=words.warnings(run),
        dropped=[text(point) for point in sequence(run.context.get("dropped"))],
        figures=figures,
        tables=[table(run, point) for point in run.points],
        mechanisms=mechanisms(run),
        conclusions=conclusions(run),
        parts=run.parts,
        part_rows=part_rows(run.parts) if run.parts else [],
        environment=environment(run),
        glossary=words.glossary(run),
    )
    page = out / "index.html"
    page.write_text(html, encoding="utf-8")
    return page
