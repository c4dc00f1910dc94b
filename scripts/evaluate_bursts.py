"""Bursts on simulated series: what is found, what is raised for nothing (scripts/simulate_bursts.py, made small)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from figures import Figure
from simulate_bursts import LENGTHS, SIZES, simulate

if TYPE_CHECKING:
    from pathlib import Path

KABUPATEN = 80
WEEKS = 6
EACH = 3


def evaluate(shared: Path) -> list[Figure]:  # noqa: ARG001  # nothing of it is needed: the series are made up
    """Return sensitivity by size of outbreak and false alarms per region-week, ours and EARS C2's."""
    results = simulate(KABUPATEN, 1, 1, WEEKS, EACH, methods=("Kentongan", "EARS C2"))
    ours = results["Kentongan"]
    n = EACH * len(LENGTHS)
    found = [
        Figure(f"bursts.found.{size}", ours.sensitivity(size), "share", n, least=0.8 if size == "+12" else None)
        for size in SIZES
    ]
    weeks = round(ours.region_weeks)
    return [
        *found,
        Figure("bursts.false_alarms", ours.false_rate, "per region-week", weeks, most=0.02),
        Figure("bursts.false_alarms.ears_c2", results["EARS C2"].false_rate, "per region-week", weeks),
    ]
