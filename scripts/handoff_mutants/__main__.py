import sys

from handoff_mutants.cli import main

sys.exit(main(sys.argv[1:]))
