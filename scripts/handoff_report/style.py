"""The look of each strategy (colour, marker, line), and matplotlib's settings.

A strategy looks the same in every figure of every run, whichever others are shown: known names have
fixed looks, others get one from a hash of their name. Colours follow Okabe and Ito (2008) and Tol's
muted scheme, which can be distinguished with the common kinds of colour blindness; markers differ
too.
"""

from __future__ import annotations

import colorsys
import zlib
from dataclasses import dataclass, replace

import matplotlib

REFERENCE_GREY = "#6b6b6b"
FLOOR_GREY = "#9a9a9a"
COPY_GREY = "#707070"
INK = "#1d2430"
FAINT = "#6a7280"
GRID = "#e3e6ea"
BAND = "#dfe3e8"
WARN = "#b3261e"


@dataclass(frozen=True)
class Look:
    """How one strategy is drawn; `line` is a matplotlib dash pattern."""

    colour: str
    marker: str
    line: str | tuple[int, tuple[int, ...]] = "-"


KNOWN = {
    "mutex_queue": Look("#0072b2", "o"),
    "lockfree_queue": Look("#d55e00", "s"),
    "lockfree_spsc": Look("#e69f00", "^"),
    "ring_mpmc": Look("#b2182b", "h"),
    "ring_mpsc": Look("#f4729a", "H"),
    "ring_spsc": Look("#7a4fbf", "p"),
    "tbb_flow_graph": Look("#009e73", "D"),
    "process_pool": Look("#cc79a7", "P"),
    "event_loop": Look("#56b4e9", "v"),
    "event_loop_ring": Look("#0f7fae", "1"),
    "asio_loop": Look("#332288", "<"),
    "thread_per_item": Look("#882255", "X"),
    "process_per_item": Look("#8a7f1a", ">"),
    "direct": Look(REFERENCE_GREY, "*", "--"),
    "memory_copy": Look(COPY_GREY, "x", "-."),
    "floor": Look(FLOOR_GREY, ".", ":"),
}

_PLUGIN_COLOURS = ("#aa4466", "#117733", "#6a3d9a", "#b15928", "#1b7c8c", "#5b6d1f", "#c2410c",
                   "#4169a0", "#a61e8c", "#3f7f5f", "#7d4f9e", "#94610e")
_PLUGIN_MARKERS = ("h", "p", "d", "H", "8")
_PLUGIN_LINE = (0, (6, 1, 1, 1))
_ALIAS_MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def _hash(name: str) -> int:
    """A hash that, unlike hash(), is the same on every machine and in every run."""
    return zlib.crc32(name.encode())


def _shade(colour: str, step: int) -> str:
    """A lighter (step > 0) or darker shade of `colour`, with the same hue."""
    red, green, blue = (int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    light = min(0.66, max(0.22, light + 0.11 * step))
    return "#" + "".join(f"{round(255 * part):02x}"
                         for part in colorsys.hls_to_rgb(hue, light, saturation))


def look(strategy: str, label: str | None = None, reference: bool = False) -> Look:
    """The look of `strategy`. Another label (a=mutex_queue) has a shade and marker of its own."""
    known = KNOWN.get(strategy)
    if known is None:
        code = _hash(strategy)
        known = Look(_PLUGIN_COLOURS[code % len(_PLUGIN_COLOURS)],
                     _PLUGIN_MARKERS[code // 16 % len(_PLUGIN_MARKERS)], _PLUGIN_LINE)
        if reference:
            known = Look(REFERENCE_GREY, known.marker, "--")
    if label is None or label == strategy:
        return known
    code = sum(label.encode())  # so that labels such as a and b look different
    return replace(known, colour=_shade(known.colour, (-1, 1, -2, 2)[code % 4]),
                   marker=_ALIAS_MARKERS[code % len(_ALIAS_MARKERS)])


def display_name(strategy: str, label: str | None = None) -> str:
    if label is None or label == strategy:
        return strategy
    return f"{label} ({strategy})"


def apply() -> None:
    """Sets up matplotlib to work without a display and to draw the same figure each time."""
    matplotlib.use("Agg")
    matplotlib.rcParams.update({
        "font.family": "DejaVu Sans",
        "font.size": 10,
        "axes.titlesize": 10.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.labelsize": 10,
        "axes.labelcolor": INK,
        "axes.edgecolor": "#9aa1ab",
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.labelsize": 9,
        "ytick.labelsize": 9,
        "legend.frameon": False,
        "legend.fontsize": 9.5,
        "lines.linewidth": 1.7,
        "lines.markersize": 6,
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        # Text stays text: it is small and searchable, and no fallback font of a browser is wider
        # than DejaVu.
        "svg.fonttype": "none",
    })
