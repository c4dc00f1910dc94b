"""The made-up sample sites: what `make run` and the tests read."""
