"""Draws the report of one run of `handoff`: results.json and journal.jsonl in, a page out.

Estimates, ratios and verdicts are read from results.json and shown, never computed again; of the
journal only raw slices are plotted over time. The formats are those of docs/results.md.
"""
