"""Finds out which tests notice a single fault: puts faults into a copy of the tree and runs tests
against each.

catalogue.py reads tests/mutants.toml, switch.py puts the faults into sources, scratch.py keeps the
copy and its builds, trial.py runs tests against one fault, table.py prints the results.
docs/mutants.md describes how to use it.
"""
