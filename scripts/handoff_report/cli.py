"""The command line: options, the order of the work, and exit codes (0 good, 1 usage or bad
input)."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from handoff_report.load import ReportError, load_run


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"report: {message}; see handoff report --help", file=sys.stderr)
        raise SystemExit(1)


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _Parser(
        prog="handoff report",
        description="Draws the report of a run: one self-contained page, and its figures as PNG "
                    "files.",
        epilog="example: handoff report reports/local/2025-03-01T101500Z --point '2:2 64B'",
    )
    parser.add_argument("directory", metavar="DIR", type=Path,
                        help="directory of a run, with its results.json and journal.jsonl")
    parser.add_argument("--out", metavar="DIR", type=Path,
                        help="directory for index.html and the PNG files (default: DIR/report)")
    parser.add_argument("--point", metavar="ID",
                        help="the point whose slices are drawn over time (default: 1:1 64B if it "
                             "was measured, else the first)")
    return parser.parse_args(arguments)


def keep_matplotlib_out_of_home() -> None:
    """Lets matplotlib keep its font cache in a private directory under the temporary directory."""
    if "MPLCONFIGDIR" in os.environ:
        return
    cache = Path(tempfile.gettempdir()) / f"handoff-matplotlib-{os.getuid()}"
    try:
        cache.mkdir(mode=0o700, exist_ok=True)
        status = cache.lstat()
        private = status.st_uid == os.getuid() and status.st_mode & 0o170077 == 0o040000
    except OSError:
        private = False
    if private:
        os.environ["MPLCONFIGDIR"] = str(cache)


def make_report(directory: Path, out: Path, point: str | None) -> Path:
    """Reads `directory`, writes the figures and the page into `out`; returns the page's path.

    Errors: ReportError with a sentence; OSError if `out` cannot be written.
    """
    run = load_run(directory, point)
    keep_matplotlib_out_of_home()
    from handoff_report.figures import draw_all
    from handoff_report.page import write_page

    out.mkdir(parents=True, exist_ok=True)
    return write_page(run, draw_all(run, out), out)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    out: Path = options.out or options.directory / "report"
    try:
        page = make_report(options.directory, out, options.point)
    except ReportError as error:
        print(f"report: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"report: cannot write the report to {out}: {error.strerror or error}; "
              "choose another directory with --out DIR", file=sys.stderr)
        return 1
    print(page)
    return 0
