"""Makes the stored run in tests/data/report: results.json and journal.jsonl of a made-up machine.

The numbers are invented, the files are as docs/results.md says: two virtual CPUs whose hand-over
latency wanders, nine points, eleven strategies, two of which fail somewhere. Same output each time:

    python3 tests/python/make_report_data.py tests/data/report
"""

from __future__ import annotations

import json
import math
import random
import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SEED = 20250301
INCARNATIONS = 8
MARGIN = 0.02
CPUS = 2
T_7 = 2.36  # Student's t, 7 degrees of freedom, 95 %
COLUMNS = ["cell", "start_ns", "items", "window_items", "elapsed_ns", "cpu_ns", "voluntary",
           "involuntary", "run_delay_ns", "slowest_share", "fastest_share"]

# name: (role, ns of its own, share of a hand-over, ns a byte, ns for each further thread, CPUs)
STRATEGIES: dict[str, tuple[str, float, float, float, float, float]] = {
    "mutex_queue": ("candidate", 58.0, 0.9, 0.11, 24.0, 1.6),
    "lockfree_queue": ("candidate", 61.0, 0.55, 0.14, 9.0, 2.0),
    "lockfree_spsc": ("candidate", 9.0, 0.18, 0.10, 0.0, 2.0),
    "tbb_flow_graph": ("candidate", 310.0, 1.1, 0.12, 15.0, 1.9),
    "process_pool": ("candidate", 66.0, 0.6, 0.06, 11.0, 1.9),
    "event_loop": ("candidate", 61.5, 0.55, 0.14, 9.3, 1.5),
    "asio_loop": ("candidate", 420.0, 1.6, 0.15, 60.0, 1.8),
    "thread_per_item": ("candidate", 9800.0, 4.0, 0.2, 900.0, 1.9),
    "process_per_item": ("candidate", 118000.0, 9.0, 0.4, 9000.0, 1.95),
    "direct": ("reference", 1.6, 0.0, 0.05, 0.0, 1.0),
    "floor": ("reference", 0.0, 2.0, 0.0, 0.0, 2.0),
}
SLOW = ("thread_per_item", "process_per_item")
# name: family, carrier, structure, origin. process_pool has another structure at 1:1.
MADE_OF = {
    "mutex_queue": ("mutex queue", "threads", "locked ring", "ours"),
    "lockfree_queue": ("lock-free queue", "threads", "linked queue", "Boost 1.74"),
    "lockfree_spsc": ("lock-free queue", "threads", "spsc ring", "Boost 1.74"),
    "tbb_flow_graph": ("flow graph", "runtime", "node buffer", "oneTBB 2021.8"),
    "process_pool": ("process pool", "processes", "mpmc ring", "ours"),
    "event_loop": ("event loop", "loop", "ticket ring", "ours"),
    "asio_loop": ("event loop", "loop", "locked list", "Boost 1.74"),
    "thread_per_item": ("per-item spawn", "threads", "none", "ours"),
    "process_per_item": ("per-item spawn", "processes", "none", "ours"),
    "direct": ("reference", "threads", "none", "ours"),
    "floor": ("reference", "threads", "cache line", "ours"),
}
BETWEEN_RUNS = {
    "source": "default", "date": None, "runs": 0, "span_s": 0.0,
    "sentence": "intervals of ratios include the variation between runs: 8 % (standard deviation), "
                "a default; 'handoff calibrate' measures it on this machine"}
# what, label, to, costs
MECHANISMS = (
    ("carrier", "process_per_item", "thread_per_item",
     "handing over without a queue costs {} in processes instead of threads"),
    ("structure", "lockfree_queue", "lockfree_spsc",
     "linked queue instead of spsc ring costs {} in threads"),
)
# producers, consumers, payload, capacity, blocks an incarnation
POINTS = [(1, 1, 64, 1024, 10), (1, 1, 8, 1024, 2), (1, 1, 1024, 1024, 2), (1, 1, 65536, 256, 2),
          (2, 2, 64, 1024, 4), (4, 4, 64, 1024, 6), (2, 1, 64, 1024, 3), (1, 2, 64, 1024, 2),
          (2, 2, 65536, 128, 2)]
FAILURES = {
    (4, "process_pool"): ("lost", "3 items never arrived: slice 41, producer 1, items 811 to 813."),
    (5, "asio_loop"): ("crashed", "The cell was ended by signal 11 (SIGSEGV) in slice 7 of "
                                  "incarnation 3."),
}
LEVEL = ("at each point, all verdicts together are correct with 95 % probability; of many points, "
         "expect up to 5 % with a wrong verdict")
CONTROL = {"points": [], "sentence": "identical code differed by up to 0.4 % in this run (1 point); "
                                     "smaller differences are not meaningful"}
LONGEST_LIFE = {"items": 1234567, "label": "lockfree_spsc", "point": "1:1 8B",
                "sentence": "longest life proved: 1.23 M items in one process of lockfree_spsc at "
                            "1:1 8B; a fault that appears only after more items would not be seen "
                            "('handoff prove' runs longer)"}
ONLY_ONE_TO_ONE = {
    "lockfree_spsc": "lockfree_spsc has room for one producer and one consumer only.",
    "direct": "direct calls the consumer in the producer's thread: 1:1 only.",
}


@dataclass
class Slice:
    cell: int
    start_ns: int
    items: int
    elapsed_ns: int
    cpu_ns: int

    @property
    def ns(self) -> float:
        return self.elapsed_ns / self.items


@dataclass
class World:
    """The machine: time goes on, the hand-over latency wanders, now and then it jumps."""

    random: random.Random
    at_ns: int = 0
    level: float = math.log(58)
    seconds: list[dict[str, Any]] = field(default_factory=list)

    def pass_time(self, ns: int) -> list[dict[str, Any]]:
        """Advances; returns the journal's lines of the seconds that went by."""
        before, self.at_ns = self.at_ns // 10**9, self.at_ns + ns
        new = []
        for second in range(before + 1, self.at_ns // 10**9 + 1):
            steal = max(0.0, self.random.gauss(0.012, 0.01))
            new.append({"t": "second", "at_s": second, "steal_share": round(steal, 4),
                        "load_average": round(1.4 + 0.4 * math.sin(second / 9), 2)})
        self.seconds += new
        return new

    def hand_over_ns(self) -> float:
        self.level += 0.12 * (math.log(62) - self.level) + self.random.gauss(0, 0.06)
        if self.random.random() < 0.004:
            self.level = math.log(230)
        return math.exp(self.level)


def point_id(index: int) -> str:
    producers, consumers, payload, _, _ = POINTS[index]
    size = f"{payload // 1024}KiB" if payload >= 1024 else f"{payload}B"
    return f"{producers}:{consumers} {size}"


def unsupported(index: int, name: str) -> str:
    return ONLY_ONE_TO_ONE.get(name, "") if POINTS[index][:2] != (1, 1) else ""


def ns_per_item(world: World, name: str, index: int, hand_over: float) -> float:
    _, own, share, per_byte, per_thread, _ = STRATEGIES[name]
    producers, consumers, payload, _, _ = POINTS[index]
    threads = producers + consumers
    base = own + share * hand_over + per_byte * payload
    base += per_thread * (threads - 2)
    if threads > CPUS and name not in ("floor", "direct"):
        base *= 1.15
    noise = world.random.lognormvariate(0, 0.012)
    stalls = {"mutex_queue": 0.02, "tbb_flow_graph": 0.01}.get(name, 0.003)
    if index == 5 and name == "lockfree_queue":
        stalls = 0.1
    if world.random.random() < stalls:
        noise *= world.random.uniform(3, 12)
    return base * noise


def measure(world: World, name: str, cell: int, index: int, hand_over: float) -> Slice:
    ns = ns_per_item(world, name, index, hand_over)
    aimed = 30e6 if name in SLOW else 1e6 * (8 if sum(POINTS[index][:2]) > CPUS else 1)
    items = max(8, round(aimed / ns))
    elapsed = round(items * ns)
    burnt = round(elapsed * STRATEGIES[name][5] * world.random.uniform(0.94, 1.0))
    return Slice(cell, world.at_ns, items, elapsed, burnt)


def row(taken: Slice, world: World) -> list[float]:
    switches = world.random.randint(0, 9)
    slow = round(world.random.uniform(0.93, 1.0), 3)
    return [taken.cell, taken.start_ns, round(taken.items * 1.2), taken.items, taken.elapsed_ns,
            taken.cpu_ns, switches, switches // 4, round(taken.elapsed_ns * 0.004), slow,
            round(2 - slow, 3)]


def workload(index: int) -> dict[str, Any]:
    producers, consumers, payload, capacity, _ = POINTS[index]
    return {"producers": producers, "consumers": consumers, "payload": payload,
            "capacity": capacity, "capacity_asked": 1024, "transfer": "copy",
            "wait": "spin-block", "spin_ns": 10_000 if producers + consumers <= CPUS else 500}


def binding(index: int) -> dict[str, Any]:
    over = sum(POINTS[index][:2]) > CPUS
    return {"mode": "auto", "bound": not over, "cpus": [] if over else [0, 1],
            "oversubscribed": over,
            "note": f"{sum(POINTS[index][:2])} threads on {CPUS} CPUs are left free" if over
                    else ""}


def slice_ns(index: int) -> int:
    return 8_000_000 if sum(POINTS[index][:2]) > CPUS else 1_000_000


def plan() -> dict[str, Any]:
    points = []
    for index in range(len(POINTS)):
        cells = [{"label": name, "strategy": name, "role": made[0],
                  **made_of(index, name), "unsupported": unsupported(index, name), "executing": sum(POINTS[index][:2]),
                  "owns_threads": name in ("tbb_flow_graph", "thread_per_item")}
                 for name, made in STRATEGIES.items()]
        points.append({"id": point_id(index), "workload": workload(index),
                       "binding": binding(index), "slice_ns": slice_ns(index),
                       "blocks": POINTS[index][4], "estimated_s": 3.0, "cells": cells})
    return {"suite": "default", "incarnations": INCARNATIONS, "seed": SEED, "budget_s": 120,
            "points": points}


def context() -> dict[str, Any]:
    return {
        "handoff": "0.1.0", "binary": "0123456789abcdef", "date": "2025-03-01T10:15:00Z",
        "command": ["handoff", "run", "--suite", "default", "--seed", str(SEED)],
        "suite": "default", "seed": SEED, "budget_s": 120.0, "incarnations": INCARNATIONS,
        "pin": "auto", "dropped": ["2:2 1KiB: needs 14 s, 6 s are left of the budget"],
        "environment": {
            "host": {"host_id": "5f0c6d3b9a1e2478", "system": "Debian GNU/Linux 12 (bookworm)"},
            "cpu": {"model": "Example Cloud Processor @ 2.50GHz", "vendor": "Example",
                    "arch": "x86_64", "frequency_mhz": 2500.0, "frequency_max_mhz": None},
            "topology": {"packages": 1, "cores": 2, "pus": 2, "smt": False, "numa_nodes": 1,
                         "caches": [{"level": 1, "type": "data", "size_bytes": 32768,
                                     "line_bytes": 64, "shared_by": 1, "count": 2},
                                    {"level": 3, "type": "unified", "size_bytes": 34603008,
                                     "line_bytes": 64, "shared_by": 2, "count": 1}]},
            "allowed": {"cpus": [0, 1], "quota": None, "usable": 2, "isolated": []},
            "governor": None, "turbo": None,
            "kernel": {"release": "6.1.0-18-amd64", "version": "#1 SMP PREEMPT_DYNAMIC",
                       "preempt": "PREEMPT_DYNAMIC"},
            "clocksource": "kvm-clock",
            "memory": {"total_bytes": 8326742016, "available_bytes": 6871947673,
                       "limit_bytes": None, "page_bytes": 4096,
                       "transparent_hugepage": "madvise"},
            "load_average": [0.42, 0.31, 0.28],
            "mitigations": {"meltdown": "Mitigation: PTI", "spectre_v2": "Mitigation: Retpolines"},
            "build": {"compiler": "gcc", "compiler_version": "12.2.0", "build_type": "Release",
                      "cxx_flags": "-O3", "optimised": True, "sanitizers": [],
                      "libraries": {"boost": "1.74.0", "tbb": "2021.8", "hwloc": "2.9.0"}},
            "warnings": [
                {"what": "The hypervisor takes CPU time away: 1.2 % now, 0.9 % since boot.",
                 "remedy": "Measure at a quieter time or on a machine with dedicated CPUs; read "
                           "intervals, not medians."},
                {"what": "The kernel's clock source is kvm-clock, not the CPU's own counter: "
                         "reading the time may be slow.",
                 "remedy": "echo tsc | sudo tee "
                           "/sys/devices/system/clocksource/clocksource0/current_clocksource"}]},
        "confidence": 0.95, "margin": MARGIN, "precision": None, "code": []}


def block(world: World, index: int, visit: int, number: int, group: int, names: list[str],
          kept: dict[str, list[list[Slice]]]) -> list[dict[str, Any]]:
    """One block's journal lines; its slices go to `kept` by strategy and incarnation."""
    order = list(STRATEGIES)
    world.random.shuffle(names)
    hand_over = world.hand_over_ns()
    rows, seconds = [], []
    for name in names:
        taken = measure(world, name, order.index(name), index, hand_over)
        rows.append(row(taken, world))
        seconds += world.pass_time(round(taken.elapsed_ns * 1.3) + 60_000)
        if number >= 0:
            kept.setdefault(name, [[] for _ in range(INCARNATIONS)])[visit].append(taken)
    return [{"t": "block", "point": index, "pass": visit, "block": number, "group": group,
             "slices": rows}, *seconds]


def visit_point(world: World, index: int, visit: int,
                kept: dict[str, list[list[Slice]]]) -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = []
    order = list(STRATEGIES)
    running = [name for name in order
               if not unsupported(index, name) and ((index, name) not in FAILURES or visit < 2)]
    for name in running:
        written.append({"t": "open", "point": index, "pass": visit, "cell": order.index(name),
                        "bound": binding(index)["bound"], "note": ""})
    written += world.pass_time(350_000_000)
    fast = [name for name in running if name not in SLOW]
    slow = [name for name in running if name in SLOW] + ["floor"]
    for number in range(-1, POINTS[index][4]):
        written += block(world, index, visit, number, 0, fast, kept)
        if number < 2:
            written += block(world, index, visit, number, 1, slow, kept)
    for (failing, name), (verdict, reason) in FAILURES.items():
        if failing == index and visit == 1:
            written.append({"t": "fail", "point": index, "pass": visit, "cell": order.index(name),
                            "verdict": verdict, "reason": reason})
    for name in running:
        written.append({"t": "close", "point": index, "pass": visit, "cell": order.index(name),
                        "peak_memory_bytes": 5_242_880, "parked_cpu_share": 0.0004})
    return [*written, {"t": "pass", "point": index, "pass": visit}]


def rounded(value: float) -> float:
    return float(f"{value:.5g}")


def over_incarnations(values: list[float]) -> tuple[float, float, float]:
    """(centre, lo, hi) of logs of `values`, as plain numbers."""
    logs = [math.log(value) for value in values]
    centre = statistics.fmean(logs)
    half = T_7 * statistics.stdev(logs) / math.sqrt(len(logs))
    return rounded(math.exp(centre)), rounded(math.exp(centre - half)), rounded(
        math.exp(centre + half))


def overall_ns(slices: list[Slice]) -> float:
    return sum(s.elapsed_ns for s in slices) / sum(s.items for s in slices)


def made_of(index: int, name: str) -> dict[str, str]:
    said = dict(zip(("family", "carrier", "structure", "origin"), MADE_OF[name]))
    if name == "process_pool" and POINTS[index][:2] == (1, 1):
        said["structure"] = "spsc ring"
    return said


def cell_result(index: int, name: str, kept: dict[str, list[list[Slice]]]) -> dict[str, Any]:
    verdict, reason = FAILURES.get((index, name), ("delivered", ""))
    if unsupported(index, name):
        verdict, reason = "unsupported", unsupported(index, name)
    head = {"label": name, "strategy": name, **made_of(index, name), "role": STRATEGIES[name][0], "verdict": verdict,
            "reason": reason}
    measured = ("ns_per_item", "overall_ns_per_item", "stall_share", "items_per_second",
                "bytes_per_second", "cpu_ns_per_item", "voluntary_switches_per_item",
                "involuntary_switches_per_item", "run_delay_ns_per_item", "slowest_lane_share",
                "fastest_lane_share", "fill_share", "floor_multiple")
    tail = {"levels": None, "peak_memory_bytes": 5242880, "parked_cpu_share": 0.0004, "slices": 0, "untimed_slices": 0,
            "waits_itself": False,
            "incarnations": 0, "items": 0, "bound": binding(index)["bound"], "missed_wakeups": 0,
            "note": ""}
    if verdict != "delivered":
        return {**head, **dict.fromkeys(measured), **tail}
    lives = kept[name]
    every = [taken for life in lives for taken in life]
    middle = rounded(statistics.median(taken.ns for taken in every))
    _, lo, hi = over_incarnations([statistics.median(t.ns for t in life) for life in lives])
    total, total_lo, total_hi = over_incarnations([overall_ns(life) for life in lives])
    floors = [taken.ns for life in kept["floor"] for taken in life]
    items = sum(taken.items for taken in every)
    numbers = [
        {"median": middle, "lo": min(lo, middle), "hi": max(hi, middle)},
        {"value": total, "lo": total_lo, "hi": total_hi},
        rounded(max(0.0, 1 - middle / total)), rounded(1e9 / middle),
        rounded(1e9 / middle * (8 if name == "floor" else POINTS[index][2])),
        rounded(sum(taken.cpu_ns for taken in every) / items), rounded(4.5 * len(every) / items),
        rounded(len(every) / items), rounded(middle * 0.004), 0.965, 1.035,
        None if STRATEGIES[name][0] == "reference" else 0.97,
        rounded(middle / (statistics.median(floors) / 2))]
    tail.update(slices=len(every), incarnations=INCARNATIONS, items=round(items * 1.2),
                longest_life_items=round(items * 1.2 / INCARNATIONS))
    if name == "thread_per_item":
        tail.update(note="threads are made by the strategy: not bound", bound=False)
    return {**head, **dict(zip(measured, numbers)), **tail}


def pair_verdict(typical: tuple[float, float, float], overall: tuple[float, float, float]) -> str:
    centre, lo, hi = typical
    if 1 / (1 + MARGIN) < lo and hi < 1 + MARGIN:
        return "equivalent"
    if hi < 1 / (1 + MARGIN) or lo > 1 + MARGIN:
        if (centre > 1) != (overall[0] > 1):
            return "depends on stalls"
        return "slower" if lo > 1 else "faster"
    return "undecided"


def ratio_result(name: str, to: str, kept: dict[str, list[list[Slice]]]) -> dict[str, Any]:
    def middle(label: str, life: int) -> float:
        return statistics.median(taken.ns for taken in kept[label][life])

    typical = over_incarnations([middle(name, i) / middle(to, i) for i in range(INCARNATIONS)])
    overall = over_incarnations([overall_ns(kept[name][i]) / overall_ns(kept[to][i])
                                 for i in range(INCARNATIONS)])
    within = dict(zip(("median", "lo", "hi"), typical))
    verdict = pair_verdict(typical, overall)
    return {"label": name, "to": to, **within, "within": within, "next_run": within,
            "obstacle": "noise within the run" if verdict == "undecided" else None,
            "overall": dict(zip(("median", "lo", "hi"), overall)),
            "verdict": verdict, "incarnations": INCARNATIONS}


def mechanism_results(point: str, alive: list[str],
                      kept: dict[str, list[list[Slice]]]) -> list[dict[str, Any]]:
    found = []
    for what, label, to, costs in MECHANISMS:
        if label not in alive or to not in alive:
            continue
        ratio = ratio_result(label, to, kept)
        within = 1 / 1.1 < ratio["lo"] and ratio["hi"] < 1.1
        verdict = ("equal" if within else "told apart" if ratio["verdict"] in ("faster", "slower")
                   else ratio["verdict"])
        words = costs.format(f"{ratio['median']:.2f}× [{ratio['lo']:.2f}, {ratio['hi']:.2f}]")
        found.append({"what": what, "costs": costs, **ratio, "verdict": verdict,
                      "sentence": f"{label} / {to} at {point}: {words}: "
                                  f"{'equal within 10 %' if within else verdict}"})
    return found


def point_result(index: int, kept: dict[str, list[list[Slice]]]) -> dict[str, Any]:
    cells = [cell_result(index, name, kept) for name in STRATEGIES]

    def order(cell: dict[str, Any]) -> tuple[bool, bool, float]:
        typical = cell["ns_per_item"]
        return typical is None, cell["role"] == "reference", typical["median"] if typical else 0

    cells.sort(key=order)
    alive = [cell["label"] for cell in cells if cell["verdict"] == "delivered"]
    rivals = [name for name in alive if STRATEGIES[name][0] == "candidate"]
    leader = rivals[0]
    ratios = [ratio_result(name, leader, kept) for name in rivals[1:]]
    decided = all(r["verdict"] in ("faster", "slower", "equivalent") for r in ratios)
    open_pairs = [r for r in ratios if r["verdict"] == "undecided"]
    obstacle = "noise within the run" if open_pairs else None
    tied = [leader] + [r["label"] for r in ratios if r["verdict"] != "slower"]
    winner = leader if len(tied) == 1 else None
    sentences = [f"winner: {leader}" if winner else f"tied: {', '.join(tied)} (not told apart)"]
    ratios += [ratio_result(name, to, kept) for name in rivals for to in alive
               if to not in rivals]
    if index == 0:  # the leader once more
        same = next(cell for cell in cells if cell["label"] == leader)
        cells.append({**same, "label": "control", "role": "control"})
        ratios.append({**ratio_result(leader, leader, kept), "label": "control"})
    # An item of the floor is a hand-over there and back.
    floors = [statistics.median(taken.ns for taken in life) / 2 for life in kept["floor"]]
    centre, lo, hi = over_incarnations(floors)
    return {"id": point_id(index), "workload": workload(index), "binding": binding(index),
            "slice_ns": slice_ns(index), "incarnations": INCARNATIONS,
            "blocks": INCARNATIONS * POINTS[index][4],
            "floor_ns": {"median": centre, "lo": lo, "hi": hi}, "leader": leader,
            "decided": decided, "winner": winner, "tied": [] if winner else tied, "more_s": None,
            "obstacle": obstacle,
            "sentences": sentences, "cells": cells, "ratios": ratios,
            "mechanisms": mechanism_results(point_id(index), alive, kept)}


def make() -> tuple[str, str]:
    """(results.json, journal.jsonl) as text."""
    world = World(random.Random(SEED))
    planned = context()
    journal = [{"t": "plan", "schema": 2, "context": planned, "plan": plan(),
                "slice_columns": COLUMNS}]
    kept: list[dict[str, list[list[Slice]]]] = [{} for _ in POINTS]
    for visit in range(INCARNATIONS):
        for index in range(len(POINTS)):
            journal += visit_point(world, index, visit, kept[index])
    spent = round(world.at_ns / 1e9, 1)
    journal.append({"t": "end", "status": "complete", "exit": 2, "spent_s": spent})
    machine = {name: statistics.median(second[name] for second in world.seconds)
               for name in ("steal_share", "load_average")}
    results = {"schema": 2,
               "context": {**planned, "status": "complete", "exit": 2, "spent_s": spent,
                           "machine": machine, "outlook": None, "level": LEVEL,
                           "between_runs": BETWEEN_RUNS, "longest_life": LONGEST_LIFE,
                           "control": CONTROL},
               "points": [point_result(index, kept[index]) for index in range(len(POINTS))]}
    lines = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in journal)
    return json.dumps(results, indent=1) + "\n", lines


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: make_report_data.py DIR", file=sys.stderr)
        return 1
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    results, journal = make()
    (out / "results.json").write_text(results, encoding="utf-8")
    (out / "journal.jsonl").write_text(journal, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
