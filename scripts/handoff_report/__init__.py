"""Draws the report of one run of `handoff`, a page with figures, from results.json and
journal.jsonl.

Estimates, ratios and verdicts are read from results.json and never computed again. The journal is
used only to plot raw slices over time. docs/results.md describes the formats.
"""
