"""docs/results.md as a check: every documented key is there, has its type and fits the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .program import Json, whole_lines

Check = Callable[[Any], bool]

VERDICTS = {"delivered", "lost", "duplicated", "stale", "reordered", "corrupted",
            "not handed over", "overfull", "wrong transfer", "crashed", "hung",
            "leaked", "unsupported"}
EXIT_OF = {"complete": {0, 2}, "interrupted": {130}, "stopped": {1}}


def text(value: Any) -> bool:
    return isinstance(value, str)


def number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def whole(value: Any) -> bool:
    return number(value) and value == int(value) and value >= 0


def boolean(value: Any) -> bool:
    return isinstance(value, bool)


def table(value: Any) -> bool:
    return isinstance(value, dict)


def share(value: Any) -> bool:
    return number(value) and 0 <= value <= 1


def positive(value: Any) -> bool:
    return number(value) and value >= 0


def one_of(*values: str) -> Check:
    return lambda value: text(value) and value in values


def nullable(check: Check) -> Check:
    return lambda value: value is None or check(value)


def each(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(one) for one in value)


def interval(middle: str, comparable: bool = True) -> Check:
    """{middle, lo, hi}, in order; an end that is not known is null.

    `comparable`: whether the middle must be known.
    """
    def holds(value: Any) -> bool:
        if not isinstance(value, dict) or set(value) != {middle, "lo", "hi"}:
            return False
        known = [one for one in (value["lo"], value[middle], value["hi"]) if one is not None]
        return ((value[middle] is not None or not comparable) and all(map(positive, known))
                and known == sorted(known))
    return holds


def shaped(shape: dict[str, Check]) -> Check:
    return lambda value: isinstance(value, dict) and not faults(value, shape, "")


WARNING = {"what": text, "remedy": text}
MACHINE = {"steal_share": nullable(share), "load_average": nullable(positive)}
CONTEXT = {
    "handoff": text, "binary": text, "date": text, "command": each(text),
    "suite": one_of("quick", "default", "full", "custom"), "status": one_of(*EXIT_OF),
    "exit": whole, "seed": whole, "budget_s": positive, "spent_s": positive,
    "incarnations": whole, "pin": text, "dropped": each(text),
    "environment": lambda value: table(value) and each(shaped(WARNING))(value.get("warnings")),
    "machine": shaped(MACHINE), "confidence": share, "margin": share,
    "precision": nullable(share), "code": each(shaped({"file": text, "id": text})),
    "control": nullable(shaped({"points": each(table), "sentence": text})),
    "longest_life": nullable(shaped({"items": whole, "label": text, "point": text,
                                     "sentence": text})),
    "outlook": nullable(shaped({"undecided_points": whole, "more_s": positive, "sentence": text})),
    "between_runs": nullable(shaped({
        "source": one_of("calibration", "default"), "date": nullable(text), "runs": whole,
        "span_s": positive, "sentence": text})),
    "level": text}
LEVELS = {"low_ns": positive, "high_ns": positive, "low_share": share,
          "explained_by": nullable(one_of("floor", "layout", "machine", "lifetime")),
          "floor_low_ns": nullable(positive), "floor_high_ns": nullable(positive)}
WORKLOAD = {"producers": whole, "consumers": whole, "payload": whole, "capacity": whole,
            "capacity_asked": whole, "transfer": one_of("copy", "move", "in_place"),
            "wait": one_of("block", "spin", "spin-block"), "spin_ns": whole}
BINDING = {"mode": text, "bound": boolean, "cpus": each(whole), "oversubscribed": boolean,
           "note": text}
FAMILIES = {"mutex queue", "lock-free queue", "flow graph", "process pool", "event loop",
            "per-item spawn", "executor", "lightweight thread", "other language", "reference"}
CARRIERS = {"threads", "processes", "loop", "runtime"}
CELL = {
    "label": text, "strategy": text, "family": one_of("", *FAMILIES),
    "carrier": one_of("", *CARRIERS), "structure": text, "origin": text, "role": one_of("candidate", "reference", "control"),
    "verdict": one_of(*VERDICTS), "reason": text, "ns_per_item": nullable(interval("median")),
    "overall_ns_per_item": nullable(interval("value")), "stall_share": nullable(share),
    "items_per_second": nullable(positive), "bytes_per_second": nullable(positive),
    "cpu_ns_per_item": nullable(positive), "voluntary_switches_per_item": nullable(positive),
    "involuntary_switches_per_item": nullable(positive),
    "run_delay_ns_per_item": nullable(positive), "peak_memory_bytes": nullable(positive),
    "slowest_lane_share": nullable(positive), "fastest_lane_share": nullable(positive),
    "fill_share": nullable(positive),
    "floor_multiple": nullable(positive), "parked_cpu_share": nullable(positive),
    "levels": nullable(shaped(LEVELS)),
    "slices": whole, "untimed_slices": whole, "waits_itself": boolean, "incarnations": whole, "items": whole,
    "longest_life_items": whole, "bound": boolean,
    "missed_wakeups": whole, "note": text}
OBSTACLES = ("too few incarnations", "noise within the run", "noise between runs")
RATIO = {
    "label": text, "to": text, "median": nullable(positive), "lo": nullable(positive),
    "hi": nullable(positive), "within": interval("median", comparable=False),
    "overall": interval("median", comparable=False),
    "verdict": one_of("faster", "slower", "equivalent", "undecided", "depends on stalls"),
    "next_run": interval("median", comparable=False),
    "obstacle": nullable(one_of(*OBSTACLES)),
    "incarnations": whole}
MECHANISM = {
    "what": one_of("carrier", "structure"), "label": text, "to": text,
    "costs": lambda value: text(value) and value.count("{}") == 1, "sentence": text,
    "median": positive, "lo": nullable(positive), "hi": nullable(positive),
    "within": interval("median"), "overall": interval("median"),
    "verdict": one_of("equal", "told apart", "undecided", "depends on stalls"),
    "incarnations": whole}
POINT = {
    "id": text, "workload": table, "binding": table, "slice_ns": positive,
    "incarnations": whole, "blocks": whole, "floor_ns": nullable(interval("median")),
    "leader": nullable(text), "decided": boolean, "winner": nullable(text),
    "tied": each(text), "more_s": nullable(positive), "obstacle": nullable(one_of(*OBSTACLES)),
    "sentences": each(text), "cells": each(table), "ratios": each(table),
    "mechanisms": each(shaped(MECHANISM))}
RESULTS = {"schema": lambda value: value == 2, "context": table, "points": each(table)}

UNKNOWN_UNTIL_THE_END = {"status", "exit", "spent_s", "machine", "control", "longest_life", "outlook",
                         "level", "between_runs"}
PLACE = {"point": whole, "pass": whole, "cell": whole}
LINES: dict[str, dict[str, Check]] = {
    "plan": {"schema": lambda value: value == 2,
             "context": shaped({key: check for key, check in CONTEXT.items()
                                if key not in UNKNOWN_UNTIL_THE_END}),
             "plan": lambda value: isinstance(value, dict), "slice_columns": each(text)},
    "open": {**PLACE, "bound": boolean, "note": text},
    "block": {"point": whole, "pass": whole, "block": lambda value: value == -1 or whole(value),
              "group": whole, "slices": each(each(number))},
    "fail": {**PLACE, "verdict": one_of(*(VERDICTS - {"delivered"})), "reason": text},
    "close": {**PLACE, "peak_memory_bytes": positive, "parked_cpu_share": positive},
    "pass": {"point": whole, "pass": whole},
    "control": {"point": whole, "cell": whole, "twin": whole},
    "look": {"point": whole, "passes": whole, "drop": each(whole), "stop": boolean,
             "needs": nullable(positive)},
    "second": {"at_s": positive, **MACHINE},
    "end": {"status": one_of(*EXIT_OF), "exit": whole, "spent_s": positive},
    "resume": {}}


def faults(value: Json, shape: dict[str, Check], where: str) -> list[str]:
    """What is missing, of another type or not documented."""
    found = [f"{where}{key} is missing" for key in shape if key not in value]
    found += [f"{where}{key} is not documented" for key in value if key not in shape]
    for key, check in shape.items():
        if key in value and not check(value[key]):
            found.append(f"{where}{key} is {json.dumps(value[key])[:200]}")
    return found


def parse(line: str) -> Any:
    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is not JSON")
    return json.loads(line, parse_constant=refuse)


def rank(cell: Json, leader: str | None, to_leader: dict[str, float]) -> tuple[int, float]:
    """By which the cells of a point are sorted."""
    if cell["role"] == "control":
        return 5, 0
    if cell["ns_per_item"] is None:
        return 4, 0
    if cell["role"] == "reference":
        return 3, cell["ns_per_item"]["median"]
    if cell["label"] == leader:
        return 0, 0
    if cell["label"] in to_leader:
        return 1, to_leader[cell["label"]]
    return 2, cell["ns_per_item"]["median"]


def point_faults(point: Json) -> list[str]:
    where = f"{point.get('id')}: "
    if found := faults(point, POINT, where):
        return found
    for part, shape in (("workload", WORKLOAD), ("binding", BINDING)):
        found += faults(point[part], shape, f"{where}{part}.")
    for cell in point["cells"]:
        found += faults(cell, CELL, f"{where}{cell['label']}.")
        measured = cell["ns_per_item"] is not None
        if cell["verdict"] != "delivered" and measured:
            found.append(f"{where}{cell['label']} is {cell['verdict']} but has a speed")
        untimed = cell["reason"].startswith("not timed: ") and not measured  # delivered all the same
        if (cell["verdict"] == "delivered") != (cell["reason"] == "" or untimed):
            found.append(f"{where}{cell['label']} is {cell['verdict']}: '{cell['reason']}'")
    for ratio in point["ratios"]:
        found += faults(ratio, RATIO, f"{where}{ratio['label']}/{ratio['to']}.")
    cells = {cell["label"]: cell for cell in point["cells"]}
    if len(cells) != len(point["cells"]):
        found.append(f"{where}labels are not unique")
    references = {label for label, cell in cells.items() if cell["role"] == "reference"}
    leader = point["leader"]
    to_leader = {ratio["label"]: ratio["median"] for ratio in point["ratios"]
                 if ratio["to"] == leader and ratio["median"] is not None}
    ranks = [rank(cell, leader, to_leader) for cell in point["cells"]]
    if ranks != sorted(ranks):
        found.append(f"{where}cells are out of order")
    if leader is not None and (leader in references or cells[leader]["ns_per_item"] is None):
        found.append(f"{where}leads {leader}")
    if not {ratio["to"] for ratio in point["ratios"]
            if ratio["label"] != "control"} <= references | {leader}:
        found.append(f"{where}a ratio is to neither leader nor reference")
    return found


def results_faults(results: Json) -> list[str]:
    if found := faults(results, RESULTS, "") or faults(results["context"], CONTEXT, "context."):
        return found
    context = results["context"]
    if context["exit"] not in EXIT_OF[context["status"]]:
        found.append(f"status {context['status']} with exit {context['exit']}")
    ids = [point["id"] for point in results["points"]]
    if len(set(ids)) != len(ids):
        found.append("point ids are not unique")
    return found + [fault for point in results["points"] for fault in point_faults(point)]


def journal_faults(lines: list[Json]) -> list[str]:
    if not lines or lines[0]["t"] != "plan":
        return ["the first line is not a plan"]
    found = []
    columns = lines[0]["slice_columns"]
    began_ns = 0.0
    for index, line in enumerate(lines):
        kind = line.pop("t")
        if kind not in LINES:
            found.append(f"line {index + 1} has the type {kind}")
            continue
        found += faults(line, LINES[kind], f"line {index + 1} ({kind}): ")
        line["t"] = kind
        for row in line.get("slices", []):
            if len(row) != len(columns):
                found.append(f"line {index + 1}: a slice has {len(row)} numbers")
            if row[columns.index("start_ns")] < began_ns:
                found.append(f"line {index + 1}: a slice starts before the one before")
            began_ns = row[columns.index("start_ns")]
    if [line["t"] for line in lines].count("plan") != 1:
        found.append("there is more than one plan")
    return found


def accordance_faults(results: Json, lines: list[Json]) -> list[str]:
    """Whether results.json tells of exactly the blocks that the journal holds."""
    found = []
    columns = lines[0]["slice_columns"]
    cell_at, items_at = columns.index("cell"), columns.index("items")
    told = {point["id"]: point for point in results["points"]}
    for index, plan in enumerate(lines[0]["plan"]["points"]):
        point = told.pop(plan["id"], None)
        if point is None:
            if any(line["t"] == "block" and line["point"] == index for line in lines):
                found.append(f"{plan['id']} has blocks and is not among the points")
            if not any(why.startswith(f"{plan['id']}: ") for why in results["context"]["dropped"]):
                found.append(f"{plan['id']} is neither among the points nor dropped")
            continue
        blocks = [line for line in lines if line["t"] == "block" and line["point"] == index]
        timed = [line for line in blocks if line["block"] >= 0]
        if point["blocks"] != len(timed):
            found.append(f"{point['id']}: {point['blocks']} blocks, {len(timed)} in the journal")
        for number_, planned in enumerate(plan["cells"]):
            if planned["control"] and planned["label"] not in {c["label"] for c in point["cells"]}:
                continue  # the run ended before it was chosen
            cell = next(c for c in point["cells"] if c["label"] == planned["label"])
            rows = [row for line in timed for row in line["slices"] if row[cell_at] == number_]
            proved = sum(row[items_at] for line in blocks for row in line["slices"]
                         if row[cell_at] == number_)
            if cell["slices"] != len(rows) or cell["items"] != proved:
                found.append(f"{point['id']} {cell['label']}: {cell['slices']} slices and "
                             f"{cell['items']} items, {len(rows)} and {proved} in the journal")
    return found + [f"{point} is not in the plan" for point in told]


def check_run(directory: Path) -> Json:
    """The results in `directory`, which with its journal conforms to docs/results.md."""
    results = parse((directory / "results.json").read_text(encoding="utf-8"))
    lines = [parse(line) for line in whole_lines(directory / "journal.jsonl")]
    found = results_faults(results) or journal_faults(lines) or accordance_faults(results, lines)
    assert found == [], found
    assert (directory / "journal.jsonl").read_bytes().endswith(b"\n"), "the last line is torn"
    summary = (directory / "summary.md").read_text(encoding="utf-8")
    for point in results["points"]:
        assert point["id"] in summary
        assert all(cell["label"] in summary for cell in point["cells"])
    return results
