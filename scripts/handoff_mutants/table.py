"""The results, as lines and as a table for docs/mutants.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from handoff_mutants.catalogue import Mutant


@dataclass(frozen=True)
class Result:
    """The tests that fail with a fault and do not fail without it."""

    name: str
    noticed_by: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def is_as_it_should_be(mutant: Mutant, result: Result) -> bool:
    """Whether a fault is noticed, or has a reason why it cannot be. If both hold, the reason is
    wrong."""
    return bool(result.noticed_by) != bool(mutant.reason)


def line(mutant: Mutant, result: Result) -> str:
    if result.noticed_by:
        more = len(result.noticed_by) - 2
        said = ", ".join(result.noticed_by[:2]) + (f" and {more} more" if more > 0 else "")
        said = f"noticed by {said}"
        if mutant.reason:
            said = f"NOTICED, although the catalogue says why it cannot be noticed; {said}"
    else:
        said = f"not noticed: {mutant.reason}" if mutant.reason else "NOT NOTICED"
    return f"{mutant.name}: {said}"


def summary(mutants: Sequence[Mutant], results: dict[str, Result]) -> str:
    tried = [mutant for mutant in mutants if mutant.name in results]
    noticed = sum(bool(results[mutant.name].noticed_by) for mutant in tried)
    excused = sum(bool(mutant.reason) and not results[mutant.name].noticed_by for mutant in tried)
    text = f"{len(tried)} faults tried: {noticed} noticed"
    if excused:
        text += f", {excused} that no test can notice"
    missing = len(tried) - noticed - excused
    return text + (f", {missing} NOT NOTICED" if missing else "")


def markdown(mutants: Sequence[Mutant], results: dict[str, Result]) -> str:
    """One table per area, in the order of the catalogue."""
    parts = []
    for area in dict.fromkeys(mutant.area for mutant in mutants):
        parts.append(f"### {area[:1].upper()}{area[1:]}\n\n| fault | what goes wrong | noticed by |\n"
                     "| --- | --- | --- |")
        for mutant in mutants:
            if mutant.area != area:
                continue
            result = results.get(mutant.name)
            if result is None:
                said = "not tried"
            elif result.noticed_by:
                first, rest = result.noticed_by[0], len(result.noticed_by) - 1
                said = f"`{first}`" + (f" and {rest} more" if rest else "")
            else:
                said = f"nothing: {mutant.reason}" if mutant.reason else "**nothing**"
            name = f"`{mutant.name}`" + (" (ThreadSanitizer)" if mutant.build == "thread" else "")
            parts.append(f"| {name} | {mutant.why} | {said} |")
        parts.append("")
    return "\n".join(parts)
