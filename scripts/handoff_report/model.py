"""A run as the report sees it: the fields of results.json that are shown, with their units.

Every number may be None: it was not measured. Times are ns per item unless the name says more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Interval:
    """An estimate; `lo` and `hi` are None where no interval was given."""

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
    """Two cells that differ in `what` only, "carrier" or "structure", as a ratio; `costs` says it
    in words, with {} where the ratio belongs."""

    what: str
    label: str
    to: str
    costs: str
    typical: Interval | None
    verdict: str

    @property
    def difference(self) -> str:
        """"the same mpmc ring in processes in place of threads"."""
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
    waits_itself: bool  # some wait in it is a runtime's own

    @property
    def is_reference(self) -> bool:
        return self.role == "reference"

    @property
    def delivered(self) -> bool:
        return self.verdict == "delivered"

    @property
    def failed(self) -> bool:
        """Neither proved nor excused: `unsupported` is no failure."""
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
    bound: bool  # as its heading says
    incarnations: int | None
    blocks: int | None
    floor: Interval | None
    leader: str | None
    decided: bool
    cells: tuple[Cell, ...]
    ratios: tuple[Ratio, ...]
    mechanisms: tuple[Mechanism, ...] = ()
    sentences: tuple[str, ...] = ()  # what the table says in words

    def cell(self, label: str | None) -> Cell | None:
        return next((cell for cell in self.cells if cell.label == label), None)

    def to_leader(self, label: str) -> Ratio | None:
        return next((r for r in self.ratios if r.label == label and r.to == self.leader), None)

    @property
    def measured(self) -> list[Cell]:
        """Delivered cells that have a speed: the only ones a figure may draw."""
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
    """What is plotted over time. `point` is None where no slices could be read."""

    point: Point | None = None
    tracks: list[Track] = field(default_factory=list)
    # Slices of the strategy `floor`: pass, s, ns per item (a cache line there and back).
    floor: list[tuple[int, float, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """A step that hand-overs are made of, timed by itself (docs/results.md, parts.json)."""

    name: str  # "push_pop/mutex_queue/8"
    what: str  # what was repeated
    time_ns: float
    variation: float | None = None  # of the repetitions: standard deviation over mean


@dataclass(frozen=True)
class Parts:
    parts: tuple[Part, ...] = ()
    date: str = ""
    command: str = ""
    cpus: str = ""
    problem: str = ""  # why there are none, as a sentence


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
