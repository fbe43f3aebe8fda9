"""Tests of whole runs: the program as a user meets it, by its files, streams and exit status."""
