"""python3 -m handoff_report DIR: see cli.py."""

import sys

from handoff_report.cli import main

if __name__ == "__main__":
    sys.exit(main())
