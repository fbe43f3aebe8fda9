"""One look per strategy, the same in every figure of every run."""

from __future__ import annotations

import subprocess
import sys

from conftest import ROOT
from handoff_report import style
from handoff_report.figures.canvas import everyone, look_of
from handoff_report.model import Run


def test_known_strategies_have_looks_of_their_own() -> None:
    looks = list(style.KNOWN.values())
    assert len({look.colour for look in looks}) == len(looks)
    assert len({look.marker for look in looks}) == len(looks)


def test_references_are_grey_and_dashed() -> None:
    for name in ("direct", "floor"):
        look = style.look(name)
        red, green, blue = (look.colour[i:i + 2] for i in (1, 3, 5))
        assert red == green == blue and look.line != "-"
    plugin = style.look("my_reference", reference=True)
    assert plugin.colour == style.REFERENCE_GREY and plugin.line != "-"


def test_looks_do_not_depend_on_which_strategies_are_present(stored_run: Run) -> None:
    every = {cell.label: look_of(cell) for cell in everyone(stored_run.points)}
    for point in stored_run.points:
        for cell in everyone([point]):
            assert look_of(cell) == every[cell.label]


def test_order_in_legends_does_not_depend_on_speed(stored_run: Run) -> None:
    every = [cell.label for cell in everyone(stored_run.points)]
    for point in stored_run.points:
        here = [cell.label for cell in everyone([point])]
        assert here == [label for label in every if label in here]


def test_a_plugin_looks_the_same_in_every_process() -> None:
    code = "from handoff_report import style; print(style.look('my_queue'))"
    for seed in ("1", "2"):
        printed = subprocess.run([sys.executable, "-c", code], check=True, text=True,
                                 capture_output=True,
                                 env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin",
                                      "MPLCONFIGDIR": "/nonexistent",
                                      "PYTHONPATH": str(ROOT / "scripts")}).stdout.strip()
        assert printed == str(style.look("my_queue"))


def test_a_plugin_never_takes_the_colour_of_a_known_strategy() -> None:
    known = {look.colour for look in style.KNOWN.values()}
    assert all(style.look(f"plugin_{n}").colour not in known for n in range(500))


def test_two_labels_of_one_strategy_can_be_told_apart() -> None:
    plain, a, b = (style.look("mutex_queue", label) for label in ("mutex_queue", "a", "b"))
    assert len({plain.colour, a.colour, b.colour}) == 3
    assert a.marker != b.marker
