"""The data of a run that the report shows: fields of results.json, with their units.

A number is None if it was not measured. Times are ns per item unless the name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Interval:
    """An estimate; `lo` and `hi` are None if there is no interval."""

    value: float
    lo: float | None = None
    hi: float | None = None


@dataclass(frozen=True)
class Ratio:
    """Time per item of `label` over that of `to`: above 1, `label` is slower."""

    label: str
    to: str
    typical: Interval | None
    overall: Interval | None
    verdict: str
    incarnations: int | None = None


@dataclass(frozen=True)
class Mechanism:
    """The ratio of two cells that differ only in `what`, "carrier" or "structure"; `costs`
    describes it in words, with {} in place of the ratio."""

    what: str
    label: str
    to: str
    costs: str
    typical: Interval | None
    verdict: str

    @property
    def difference(self) -> str:
        """"the same mpmc ring in processes instead of threads"."""
        return self.costs.replace(" costs {}", "")


@dataclass(frozen=True)
class Cell:
    label: str
    strategy: str
    family: str
    structure: str
    carrier: str
    origin: str
    role: str
    verdict: str
    reason: str
    note: str
    typical: Interval | None
    overall: Interval | None
    stall_share: float | None
    items_per_second: float | None
    bytes_per_second: float | None
    cpu_ns: float | None
    floor_multiple: float | None
    bound: bool | None
    waits_itself: bool  # some wait in it is that of a runtime, not that of the workload

    @property
    def is_reference(self) -> bool:
        return self.role == "reference"

    @property
    def delivered(self) -> bool:
        return self.verdict == "delivered"

    @property
    def failed(self) -> bool:
        """Neither delivered nor unsupported."""
        return self.verdict not in ("delivered", "unsupported")


@dataclass(frozen=True)
class Point:
    id: str
    index: int
    producers: int | None
    consumers: int | None
    payload: int | None
    capacity: int | None
    capacity_asked: int | None
    transfer: str
    wait: str
    spin_ns: int | None
    oversubscribed: bool
    binding_note: str
    binding_mode: str
    bound: bool  # whether the cells are bound, unless a cell says otherwise
    incarnations: int | None
    blocks: int | None
    floor: Interval | None
    leader: str | None
    decided: bool
    cells: tuple[Cell, ...]
    ratios: tuple[Ratio, ...]
    mechanisms: tuple[Mechanism, ...] = ()
    sentences: tuple[str, ...] = ()  # the sentences below the table

    def cell(self, label: str | None) -> Cell | None:
        return next((cell for cell in self.cells if cell.label == label), None)

    def to_leader(self, label: str) -> Ratio | None:
        return next((r for r in self.ratios if r.label == label and r.to == self.leader), None)

    @property
    def measured(self) -> list[Cell]:
        """Delivered cells that have a speed. Figures draw only these."""
        return [cell for cell in self.cells if cell.delivered and cell.typical is not None]

    @property
    def pair(self) -> tuple[int, int] | None:
        if self.producers is None or self.consumers is None:
            return None
        return self.producers, self.consumers


@dataclass
class Track:
    """Raw slices of one cell at the chosen point, in order of time."""

    label: str
    strategy: str
    is_reference: bool
    at_s: list[float] = field(default_factory=list)
    ns_per_item: list[float] = field(default_factory=list)
    visit: list[int] = field(default_factory=list)  # the pass the slice belongs to


@dataclass
class Journal:
    """The data plotted over time. `point` is None if no slices could be read."""

    point: Point | None = None
    tracks: list[Track] = field(default_factory=list)
    # Slices of the strategy `floor`: pass, s, ns per item (a cache line there and back).
    floor: list[tuple[int, float, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """A step of a hand-over, timed by itself (docs/results.md, parts.json)."""

    name: str  # "push_pop/mutex_queue/8"
    what: str  # what one repetition does
    time_ns: float
    variation: float | None = None  # standard deviation of the repetitions, divided by their mean


@dataclass(frozen=True)
class Parts:
    parts: tuple[Part, ...] = ()
    date: str = ""
    command: str = ""
    cpus: str = ""
    problem: str = ""  # why there are no parts, as a sentence


@dataclass(frozen=True)
class Run:
    context: dict[str, Any]
    points: tuple[Point, ...]
    journal: Journal
    parts: Parts | None = None

    @property
    def command(self) -> list[str]:
        command = self.context.get("command")
        if isinstance(command, str):
            return [command]
        return [str(word) for word in command] if isinstance(command, list) else []

    @property
    def margin(self) -> float:
        margin = self.context.get("margin")
        return float(margin) if isinstance(margin, (int, float)) else 0.02

    @property
    def confidence(self) -> float:
        confidence = self.context.get("confidence")
        return float(confidence) if isinstance(confidence, (int, float)) else 0.95
