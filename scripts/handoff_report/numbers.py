"""Numbers as text for people. The names of arguments have the unit; None becomes a dash."""

from __future__ import annotations

from handoff_report.model import Interval

NONE = "–"
_GAP = "\u00a0"  # no line break between a number and its unit


def significant(value: float, digits: int = 3) -> str:
    """`digits` significant digits without an exponent: 1.23, 12.3, 123, 1230."""
    if value == 0:
        return "0"
    exponent = int(f"{value:.{digits - 1}e}".split("e")[1])
    decimals = max(0, digits - 1 - exponent)
    if decimals == 0:
        return f"{value:.0f}"
    return f"{value:.{decimals}f}"


def _scaled(value: float, steps: list[tuple[float, str]]) -> str:
    """`steps` of (factor, unit), largest first; the last one is used for all smaller values."""
    for factor, unit in steps[:-1]:
        if value >= factor * 0.9995:
            return significant(value / factor) + _GAP + unit
    factor, unit = steps[-1]
    return significant(value / factor) + _GAP + unit


def time_ns(value_ns: float | None) -> str:
    if value_ns is None:
        return NONE
    return _scaled(value_ns, [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns")])


def time_interval_ns(interval: Interval | None) -> tuple[str, str]:
    """("134 ns", "[131, 138]"), both ends of the interval in the unit of the value."""
    if interval is None:
        return NONE, ""
    shown = time_ns(interval.value)
    if interval.lo is None or interval.hi is None:
        return shown, ""
    scale = next((f for f in (1e9, 1e6, 1e3) if interval.value >= f * 0.9995), 1.0)
    return shown, f"[{significant(interval.lo / scale)}, {significant(interval.hi / scale)}]"


def rate(per_second: float | None, unit: str = "/s") -> str:
    if per_second is None:
        return NONE
    return _scaled(per_second, [(1e9, "G" + unit), (1e6, "M" + unit), (1e3, "k" + unit),
                                (1.0, unit)])


def payload(size_bytes: float | None) -> str:
    """Binary multiples: 64 B, 1 KiB, 1.5 MiB."""
    if size_bytes is None:
        return NONE
    for factor, unit in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if size_bytes >= factor:
            return f"{size_bytes / factor:g}{_GAP}{unit}"
    return f"{size_bytes:g}{_GAP}B"


def percent(share: float | None) -> str:
    if share is None:
        return NONE
    value = share * 100
    if 0 < value < 0.1:
        return f"<{_GAP}0.1{_GAP}%"
    return f"{value:.0f}{_GAP}%" if value >= 9.95 or value == 0 else f"{value:.1f}{_GAP}%"


def grouped(value: float, thousands: bool = False) -> str:
    """Three significant digits, with a gap between thousands: 1234.5 as "1 230", or as "1.23 k"."""
    if thousands:
        return significant(value / 1e3) + _GAP + "k"
    return f"{float(f'{value:.3g}'):,.0f}".replace(",", _GAP)


def ratio(interval: Interval | None, sign: str = "×") -> tuple[str, str]:
    """("3.1×", "[2.9, 3.3]"), with enough decimals that the two ends differ."""
    if interval is None:
        return NONE, ""
    lo, hi, value = interval.lo, interval.hi, interval.value
    if value >= 1000:  # three digits; further ones are noise
        large = value >= 1e5
        ends = ("" if lo is None or hi is None
                else f"[{grouped(lo, large)}, {grouped(hi, large)}]")
        return grouped(value, large) + sign, ends
    decimals = 2 if value < 2 else 1 if value < 20 else 0
    if lo is None or hi is None:
        return f"{value:.{decimals}f}{sign}", ""
    apart = 5 if 0.9 < value < 1.1 else 2  # near a tie, more decimals show the margin
    while decimals < 3 and hi - lo < apart * 10 ** -decimals:
        decimals += 1
    return f"{value:.{decimals}f}{sign}", f"[{lo:.{decimals}f}, {hi:.{decimals}f}]"


def joined(parts: tuple[str, str]) -> str:
    return " ".join(part for part in parts if part)
