"""The log of the command line; what it looks like is the same for the scheduled flows, see ``flows.logs``."""

from __future__ import annotations

from flows.logs import configure

__all__ = ["configure"]
