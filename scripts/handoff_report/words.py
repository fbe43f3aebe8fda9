"""The report in sentences: the answer per point, verdicts, the run's status, what words mean."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from handoff_report import numbers
from handoff_report.load import mapping, number, sequence, text
from handoff_report.model import Cell, Mechanism, Point, Run

TIED = "equivalent"
UNDECIDED = "undecided"
STALLS = "depends on stalls"
# (what, heading, about) of the pairs of results.json that differ in one thing only.
MECHANISMS = (
    ("carrier", "What the carrier costs",
     "The same structure of the same origin holds the items; who runs the two ends differs."),
    ("structure", "What the structure costs",
     "The same carrier and origin; what holds the items differs. Each structure is compared with "
     "the one before it, which demands more of those who use it."),
)


def many(amount: int | None, noun: str) -> str:
    return f"{'?' if amount is None else amount} {noun}{'' if amount == 1 else 's'}"


def unusual(point: Point) -> list[str]:
    """Transfer and wait, where they are not the usual ones."""
    said = [] if point.transfer == "copy" else [point.transfer.replace("_", " ")]
    if point.wait != "spin-block":
        said.append("waits spin" if point.wait == "spin" else "waits sleep")
    elif "spin=" in point.id and point.spin_ns is not None:
        said.append(f"spins {numbers.time_ns(point.spin_ns)}")
    return said


def point_name(point: Point) -> str:
    """"1 producer → 1 consumer, 64 B", with capacity, transfer and wait where they are unusual."""
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
    """What one point says. Each list holds ready clauses."""

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
        remark = "no candidate delivered, so nobody leads"
    elif not rivals:
        remark = "the only candidate that delivered"
    elif not point.decided and not any(groups.values()):
        remark = "not decided against all others"
    return Answer(point=point, name=point_name(point), leader=point.leader, slower=slower,
                  tied=groups[TIED], undecided=groups[UNDECIDED], stalls=groups[STALLS],
                  failed=[f"{cell.label} ({cell.verdict})" for cell in point.cells if cell.failed],
                  remark=remark)


def overview(run: Run) -> str:
    """One sentence over all points: who leads how often, and how much of it is decided."""
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
    return (f"Over {total} points the leader is {leaders}. Every rival is decided "
            f"against the leader at {decided} of {total}.")


def verdict(point: Point, cell: Cell, margin: float) -> str:
    """The verdict of a cell at its point, in words; failures carry their reason, and a row that is
    not bound, or does not wait, as its heading says carries that."""
    if not cell.delivered:
        return cell.verdict + (f": {cell.reason}" if cell.reason else "")
    if cell.reason:
        return cell.reason  # why it has no number
    if cell.is_reference:
        return "reference, no candidate"
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
    rest = "what is shown is what was measured until then"
    sentences = {
        "complete": f"The run is complete: {seconds(spent)} of a budget of {seconds(budget)}.",
        "interrupted": f"The run was interrupted (Ctrl-C) {after}: {rest}.",
        "stopped": f"The run was stopped by an error (a full disk, for instance) {after}: {rest}.",
        "running": f"The run did not end by itself (it was killed, or still runs): {rest}.",
    }
    kind = "good" if state == "complete" else "bad"
    return kind, sentences.get(state, f"The run's status is “{state}”: {rest}.")


def machine(run: Run) -> list[str]:
    """How the machine moved while it was measured, a sentence each."""
    said = []
    floors = [point for point in run.points if point.floor is not None]
    if floors:
        low = min(floors, key=lambda p: p.floor.value if p.floor else 0)
        high = max(floors, key=lambda p: p.floor.value if p.floor else 0)
        if low is high:
            shown = numbers.joined(numbers.time_interval_ns(low.floor))
            said.append(f"One cache-line hand-over between the CPUs in use took {shown} "
                        f"(the floor, median at {point_short(low)}).")
        elif low.floor and high.floor:
            said.append("One cache-line hand-over between the CPUs in use (the floor) took from "
                        f"{numbers.time_ns(low.floor.value)} (median at {point_short(low)}) to "
                        f"{numbers.time_ns(high.floor.value)} (median at {point_short(high)}).")
    measured = mapping(run.context.get("machine"))
    steal, load = number(measured.get("steal_share")), number(measured.get("load_average"))
    if steal is not None:
        said.append(f"The hypervisor took {numbers.percent(steal)} of the CPU time away (steal, "
                    "median over the run's seconds).")
    if load is not None:
        said.append(f"The load average was {load:.2f} (median over the run's seconds).")
    return said or ["Neither floor nor steal nor load could be measured in this run."]


def warnings(run: Run) -> list[tuple[str, str]]:
    """(what, remedy) of each thing that harms measuring here."""
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
        ("typical", "Time per item, median over short slices (about a millisecond each where "
         "every thread has a CPU). Robust against the moments in which the machine was elsewhere; "
         f"comparisons use it. Brackets hold the {level} interval over incarnations."),
        ("overall", "All time over all items, bad moments included: the number for capacity "
         "planning."),
        ("stalls", "The share of time lost where overall is longer than typical: the strategy, "
         "or the machine, stood still for a while."),
        ("ratio to the leader", "Time per item over that of the leader, from slices measured side "
         "by side; above 1 is slower. Intervals hold for all rivals of a point at once."),
        ("slower, faster", f"The interval of typical lies wholly beyond the margin of {margin}, "
         "and overall is on the same side."),
        ("equivalent (tied)", f"The whole interval lies within {margin} of the leader: the "
         "difference, if any, is too small to choose by."),
        ("undecided", "The interval crosses the edge of the margin, or there were fewer than 8 "
         "incarnations: this run cannot tell. More --incarnations and --budget narrow it."),
        ("depends on stalls", "Typical alone would decide, overall contradicts: the answer "
         "depends on whether stalls count for you."),
        ("carrier", "Who executes producers and consumers: threads, processes, a loop that sleeps "
         "in the kernel, or a runtime's own threads."),
        ("structure", "What holds the items between the two ends: a ring for one or many at either "
         "end, a list, a pipe; none where an item is handed to a new thread or process."),
        ("told apart, equal within 10\u00a0%", "Of a pair that differs in one thing only: the whole "
         f"interval lies beyond the margin of {margin}, or within ±10 %. These intervals hold for "
         "all such pairs of a point at once."),
        ("leader", "The delivered candidate that stands best against every other, in slices "
         "measured side by side."),
        ("reference", "Shown beside for scale (a plain call, the hardware’s floor); never winner "
         "or leader. Drawn grey and dashed."),
        ("floor", "One cache line handed from one CPU to another and nothing else, probed in each "
         "block: when it moves, the machine moved. An item of the strategy floor is a hand-over "
         "there and back."),
        ("memory_copy", "One thread copies the payload in memory, beside payloads of 4 KiB and "
         "more: what moving so many bytes asks at least where one copy has to be made."),
        ("control", "The leader a second time, beside itself: what identical code differs by in "
         "this very run. Smaller differences mean nothing."),
        ("delivered", "Every item arrived exactly once, unaltered and in the promised order, in "
         "every slice. A cell that fails this, crashes or hangs has no speed. A run proves lives of "
         "some length only, and says how long the longest was; handoff prove goes on for longer."),
        ("incarnation", "One lifetime of a cell’s process; each cell is started anew several "
         "times, so that a lucky memory layout does not decide."),
        ("CPU per item", "CPU time of all threads and processes of the cell, waiting and spinning "
         "included."),
    ]
