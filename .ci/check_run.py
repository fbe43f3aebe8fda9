#!/usr/bin/env python3
"""check_run.py DIR: whether the files that `handoff run` and `handoff report` left in DIR are whole.

Prints one line on success; else one sentence a fault, exit status 1.
"""

import json
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

LINKS = {"a"}  # followed by a reader, not loaded by the page


class Loaded(HTMLParser):
    """Collects what a page would load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if tag in LINKS or name not in {"src", "href", "xlink:href", "srcset", "data"}:
                continue
            if value and not value.startswith(("#", "data:")):
                self.outside.append(f"<{tag} {name}={value[:60]}>")


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def results_faults(path: Path) -> Iterator[str]:
    results = json.loads(path.read_text(), parse_constant=refuse_constant)
    if results["schema"] != 2:
        yield f"schema is {results['schema']}, not 2"
    if results["context"]["status"] != "complete":
        yield f"context.status is {results['context']['status']}, not complete"
    if not results["points"]:
        yield "there is no point"
    for point in results["points"]:
        verdicts = {cell["label"]: cell["verdict"] for cell in point["cells"]}
        if "delivered" not in verdicts.values():
            yield f"{point['id']}: nothing was delivered"
        for cell in point["cells"]:
            if cell["verdict"] not in {"delivered", "unsupported"}:
                yield f"{point['id']} {cell['label']}: {cell['verdict']} ({cell['reason']})"
            if cell["missed_wakeups"]:
                yield f"{point['id']} {cell['label']}: {cell['missed_wakeups']} missed wakeups"
        yield from control_faults(point)


def control_faults(point: dict) -> Iterator[str]:
    """One strategy under two labels must not differ beyond what chance explains."""
    strategy = {cell["label"]: cell["strategy"] for cell in point["cells"]}
    for ratio in point["ratios"]:
        if strategy[ratio["label"]] != strategy[ratio["to"]]:
            continue
        if ratio["lo"] > 1.1 or ratio["hi"] < 0.9:
            yield (
                f"{point['id']}: {ratio['label']} and {ratio['to']} are the same strategy but their"
                f" ratio is {ratio['median']:.3f} [{ratio['lo']:.3f}, {ratio['hi']:.3f}]"
            )


def journal_faults(path: Path) -> Iterator[str]:
    lines = [json.loads(line, parse_constant=refuse_constant) for line in path.open()]
    types = [line["t"] for line in lines]
    if types[:1] != ["plan"]:
        yield f"the first line is {types[:1]}, not a plan"
    if types[-1:] != ["end"]:
        yield f"the last line is {types[-1:]}, not an end"
    if "block" not in types:
        yield "there is no block"


def parts_faults(path: Path) -> Iterator[str]:
    parts = json.loads(path.read_text(), parse_constant=refuse_constant)
    if "host_name" in parts["context"]:
        yield "tells the name of the host"
    medians = [entry for entry in parts["benchmarks"] if entry["aggregate_name"] == "median"]
    if not medians:
        yield "there is no part"
    for entry in medians:
        if not entry["real_time"] > 0:
            yield f"{entry['run_name']} took {entry['real_time']} {entry['time_unit']}"
    page = (path.parent / "report" / "index.html").read_text()
    if '<table class="parts">' not in page:
        yield "is not shown in the report"


def page_faults(path: Path) -> Iterator[str]:
    text = path.read_text()
    page = Loaded()
    page.feed(text)
    yield from (f"loads {what} from outside" for what in page.outside)
    if "<svg" not in text:
        yield "has no figure"
    if "@import" in text:
        yield "imports a style sheet"
    if not any(path.parent.glob("*.png")):
        yield "has no PNG beside it"


def summary_faults(path: Path) -> Iterator[str]:
    if not path.read_text().strip():
        yield "is empty"


def main(directory: Path) -> int:
    checks = {
        "results.json": results_faults,
        "journal.jsonl": journal_faults,
        "summary.md": summary_faults,
        "parts.json": parts_faults,
        "report/index.html": page_faults,
    }
    faults = []
    for name, check in checks.items():
        try:
            faults += [f"{name}: {fault}" for fault in check(directory / name)]
        except (OSError, ValueError, KeyError, TypeError) as error:
            faults.append(f"{name}: {type(error).__name__}: {error}")
    print("\n".join(faults) or f"{', '.join(checks)}: whole")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
