"""The sentences of the report: the answer per point, verdicts, the status of the run, the
glossary."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from handoff_report import numbers
from handoff_report.load import mapping, number, sequence, text
from handoff_report.model import Cell, Mechanism, Point, Run

TIED = "equivalent"
UNDECIDED = "undecided"
STALLS = "depends on stalls"
# (what, heading, about) for the pairs in results.json that differ in one thing only.
MECHANISMS = (
    ("carrier", "What the carrier costs",
     "The two strategies have the same structure and origin, and differ only in the carrier "
     "(threads, processes, a loop)."),
    ("structure", "What the structure costs",
     "The two strategies have the same carrier and origin, and differ only in the structure that "
     "holds the items. Each structure is compared with the next more restricted one (for example, "
     "one producer instead of many)."),
)


def many(amount: int | None, noun: str) -> str:
    return f"{'?' if amount is None else amount} {noun}{'' if amount == 1 else 's'}"


def unusual(point: Point) -> list[str]:
    """Transfer and wait if they are not the defaults."""
    said = [] if point.transfer == "copy" else [point.transfer.replace("_", " ")]
    if point.wait != "spin-block":
        said.append("waits spin" if point.wait == "spin" else "waits sleep")
    elif "spin=" in point.id and point.spin_ns is not None:
        said.append(f"spins {numbers.time_ns(point.spin_ns)}")
    return said


def point_name(point: Point) -> str:
    """"1 producer → 1 consumer, 64 B"; capacity, transfer and wait if they are not the defaults."""
    if point.pair is None:
        return point.id
    name = (f"{many(point.producers, 'producer')} → {many(point.consumers, 'consumer')}, "
            f"{numbers.payload(point.payload)}")
    if "cap=" in point.id and point.capacity_asked is not None:
        name += f", capacity {point.capacity_asked}"
    return ", ".join([name, *unusual(point)])


def point_short(point: Point) -> str:
    """"1:1 · 64 B", for titles of panels."""
    if point.pair is None or point.payload is None:
        return point.id
    name = f"{point.producers}:{point.consumers} · {numbers.payload(point.payload)}"
    if "cap=" in point.id and point.capacity_asked is not None:
        name += f" · capacity {point.capacity_asked}"
    return " · ".join([name, *unusual(point)])


@dataclass(frozen=True)
class Answer:
    """The answer at one point. Each list has finished clauses."""

    point: Point
    name: str
    leader: str | None
    slower: list[str]
    tied: list[str]
    undecided: list[str]
    stalls: list[str]
    failed: list[str]
    remark: str

    @property
    def sentence(self) -> str:
        if self.leader is None:
            parts = [self.remark]
        else:
            parts = [self.leader, *([self.remark] if self.remark else []), *self.slower[:1]]
        for word, labels in (("tied", self.tied), (UNDECIDED, self.undecided),
                             (STALLS, self.stalls), ("failed", self.failed)):
            if labels:
                parts.append(f"{word}: {', '.join(labels)}")
        return f"{self.name}: {'; '.join(parts)}"


def answer(point: Point) -> Answer:
    slower: list[str] = []
    groups: dict[str, list[str]] = {TIED: [], UNDECIDED: [], STALLS: []}
    rivals = [cell for cell in point.cells if not cell.is_reference and cell.delivered
              and cell.label != point.leader]

    def nearness(cell: Cell) -> float:
        ratio = point.to_leader(cell.label)
        return ratio.typical.value if ratio is not None and ratio.typical is not None else 0

    for cell in sorted(rivals, key=nearness):
        ratio = point.to_leader(cell.label)
        if ratio is None:
            groups[UNDECIDED].append(cell.label)
        elif ratio.verdict in groups:
            shown = numbers.joined(numbers.ratio(ratio.typical))
            groups[ratio.verdict].append(f"{cell.label} {shown}".rstrip(" " + numbers.NONE))
        else:
            shown = numbers.joined(numbers.ratio(ratio.typical))
            slower.append(f"{cell.label} takes {shown} the time" if not slower
                          else f"{cell.label} {shown}")
    remark = ""
    if point.leader is None:
        remark = "no candidate delivered, so there is no leader"
    elif not rivals:
        remark = "the only candidate that delivered"
    elif not point.decided and not any(groups.values()):
        remark = "not all comparisons are decided"
    return Answer(point=point, name=point_name(point), leader=point.leader, slower=slower,
                  tied=groups[TIED], undecided=groups[UNDECIDED], stalls=groups[STALLS],
                  failed=[f"{cell.label} ({cell.verdict})" for cell in point.cells if cell.failed],
                  remark=remark)


def overview(run: Run) -> str:
    """One sentence about all points: which strategy leads how often, and how many are decided."""
    if not run.points:
        return "The run has no points: nothing was measured."
    led: dict[str, int] = {}
    for point in run.points:
        if point.leader is not None:
            led[point.leader] = led.get(point.leader, 0) + 1
    if not led:
        return "No candidate delivered at any point, so there is no leader."
    total = len(run.points)
    ranking = sorted(led.items(), key=lambda entry: (-entry[1], entry[0]))
    if total == 1:
        return f"{ranking[0][0]} leads at the one point measured."
    leaders = ", ".join(f"{label} at {times}" for label, times in ranking)
    decided = sum(point.decided for point in run.points)
    return (f"Of {total} points, the leader is {leaders}. All candidates are "
            f"decided against the leader at {decided} of {total}.")


def verdict(point: Point, cell: Cell, margin: float) -> str:
    """The verdict of a cell at its point, in words, with the reason of a failure. It also says if
    the cell is not bound, or does not wait, as the heading of the point says."""
    if not cell.delivered:
        return cell.verdict + (f": {cell.reason}" if cell.reason else "")
    if cell.reason:
        return cell.reason  # why it has no speed
    if cell.is_reference:
        return "reference, not a candidate"
    apart = ["not bound"] if point.bound and cell.bound is False else []
    apart += ["waits its own way"] if cell.waits_itself else []
    return ", ".join([compared(point, cell, margin), *apart])


def compared(point: Point, cell: Cell, margin: float) -> str:
    if cell.label == point.leader:
        tied = any(r.to == point.leader and r.verdict == TIED for r in point.ratios)
        return "leader, tied" if tied else "leader"
    ratio = point.to_leader(cell.label)
    if ratio is None:
        return "not compared" if point.leader is None else UNDECIDED
    return {TIED: f"equivalent (within ±{margin * 100:g}\u00a0%)",
            STALLS: "depends on stalls"}.get(ratio.verdict, ratio.verdict)


def mechanism_verdict(pair: Mechanism) -> str:
    return "equal within 10\u00a0%" if pair.verdict == "equal" else pair.verdict


def command_line(run: Run) -> str:
    command = run.command
    return command[0] if len(command) == 1 else shlex.join(command)


def seconds(value: float | None) -> str:
    return "?" if value is None else f"{value:.0f} s"


def status(run: Run) -> tuple[str, str]:
    """(kind, sentence): kind is "good" for a complete run, else "bad"."""
    state = text(run.context.get("status")) or "unknown"
    spent = number(run.context.get("spent_s"))
    budget = number(run.context.get("budget_s"))
    after = f"after {seconds(spent)} of {seconds(budget)}"
    rest = "this report shows what was measured until then"
    sentences = {
        "complete": f"The run is complete: {seconds(spent)} of a budget of {seconds(budget)}.",
        "interrupted": f"The run was interrupted (Ctrl-C) {after}: {rest}.",
        "stopped": f"The run was stopped by an error (a full disk, for instance) {after}: {rest}.",
        "running": f"The run did not end by itself (it was killed, or is still running): {rest}.",
    }
    kind = "good" if state == "complete" else "bad"
    return kind, sentences.get(state, f"The run's status is “{state}”: {rest}.")


def machine(run: Run) -> list[str]:
    """Sentences about the state of the machine during the run."""
    said = []
    floors = [point for point in run.points if point.floor is not None]
    if floors:
        low = min(floors, key=lambda p: p.floor.value if p.floor else 0)
        high = max(floors, key=lambda p: p.floor.value if p.floor else 0)
        if low is high:
            shown = numbers.joined(numbers.time_interval_ns(low.floor))
            said.append("One cache-line hand-over between the CPUs in use (the floor) took "
                        f"{shown} (median at {point_short(low)}).")
        elif low.floor and high.floor:
            said.append("One cache-line hand-over between the CPUs in use (the floor) took from "
                        f"{numbers.time_ns(low.floor.value)} (median at {point_short(low)}) to "
                        f"{numbers.time_ns(high.floor.value)} (median at {point_short(high)}).")
    measured = mapping(run.context.get("machine"))
    steal, load = number(measured.get("steal_share")), number(measured.get("load_average"))
    if steal is not None:
        said.append(f"The hypervisor took away {numbers.percent(steal)} of the CPU time (steal "
                    "time, median over the seconds of the run).")
    if load is not None:
        said.append(f"The load average was {load:.2f} (median over the seconds of the run).")
    return said or ["Neither floor nor steal time nor load could be measured in this run."]


def warnings(run: Run) -> list[tuple[str, str]]:
    """(what, remedy) of each problem for measurements on this machine."""
    environment = mapping(run.context.get("environment"))
    found = []
    for warning in sequence(environment.get("warnings")):
        fields = warning if isinstance(warning, dict) else {"what": warning}
        found.append((text(fields.get("what")), text(fields.get("remedy"))))
    return found


def glossary(run: Run) -> list[tuple[str, str]]:
    margin = f"±{run.margin * 100:g} %"
    level = f"{run.confidence * 100:g} %"
    return [
        ("typical", "Time per item: the median over short slices (about a millisecond each if "
         "every thread has a CPU). Short disturbances of the machine hardly change it; comparisons "
         f"use it. The brackets are its {level} interval over incarnations."),
        ("overall", "All time divided by all items, stalls included. Use it to plan capacity."),
        ("stalls", "The share of the time by which overall exceeds typical: the strategy or the "
         "machine stopped for a while."),
        ("ratio to the leader", "Time per item divided by that of the leader, from slices measured "
         "side by side; above 1 is slower. The intervals hold for all candidates of a point "
         "together."),
        ("slower, faster", "The whole interval of the typical ratio lies beyond the margin of "
         f"{margin}, and the overall ratio is on the same side of 1."),
        ("equivalent (tied)", f"The whole interval lies within {margin} of the leader: a "
         "difference, if there is one, is too small to matter."),
        ("undecided", "The interval reaches across the edge of the margin, or there were fewer "
         "than 8 incarnations, so this run cannot decide. More --incarnations and --budget make "
         "the interval narrower."),
        ("depends on stalls", "The typical ratio alone would give a verdict, but the overall ratio "
         "contradicts it. The answer depends on whether stalls matter for your use."),
        ("carrier", "What executes producers and consumers: threads, processes, a loop that sleeps "
         "in the kernel, or the threads of a runtime."),
        ("structure", "What holds the items between producers and consumers: for example a ring "
         "(for one or many at either end), a list or a pipe. There is none if each item is handed "
         "to a new thread or process."),
        ("told apart, equal within 10\u00a0%", "Verdicts for a pair that differs in one thing "
         f"only. Told apart: the whole interval lies beyond the margin of {margin}. Equal within "
         "10 %: the whole interval lies within ±10 %. The intervals hold for all such pairs of a "
         "point together."),
        ("leader", "The delivered candidate that compares best with every other candidate, in "
         "slices measured side by side."),
        ("reference", "Shown for comparison only (a plain function call, the floor of the "
         "hardware); never the leader. Drawn in grey and dashed."),
        ("floor", "The time to hand one cache line from one CPU to another, measured in each "
         "block. If it changes, the state of the machine has changed. An item of the strategy "
         "floor is a round trip, so it takes two such hand-overs."),
        ("memory_copy", "One thread copies the payload in memory; shown for payloads of 4 KiB and "
         "more. It is the least time of a hand-over that has to make one copy."),
        ("control", "The leader a second time. The difference between these two cells of identical "
         "code shows which differences are too small to mean anything in this run."),
        ("delivered", "Every item arrived exactly once, unaltered and in the promised order, in "
         "every slice. A cell that fails this check, crashes or hangs has no speed. Faults that "
         "appear only after more items than this run handed over are not found; handoff prove runs "
         "longer."),
        ("incarnation", "One lifetime of a cell’s process. Each cell is started anew several "
         "times, so that the luck of one memory layout does not decide."),
        ("CPU per item", "CPU time of all threads and processes of the cell, including waiting and "
         "spinning, per item."),
    ]
