"""Which tests notice a single fault: puts faults into a copy of the tree and runs tests against each.

catalogue.py reads tests/mutants.toml, switch.py puts the faults into sources, scratch.py keeps the
copy and its builds, trial.py runs tests against one fault, table.py shows what came out. docs/mutants.md
says how to use it.
"""
