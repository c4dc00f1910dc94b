"""The outlines of provinces and kabupaten/kota that we derived from the points of kecamatan; nobody's boundaries.

Read from ``data/reference/outline/outline.tsv``, which ``scripts/derive_outline.py`` writes and says how.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from data.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = Path(__file__).resolve().parent / "reference" / "outline" / "outline.tsv"
PER_DEGREE = 100

Ring: TypeAlias = tuple[tuple[float, float], ...]
"""Points of latitude and longitude in degrees; the last is joined to the first."""


@cache
def load_outlines(file: Path = FILE) -> Mapping[str, tuple[Ring, ...]]:
    """Return the rings of each unit by code, the longest first; read once (0.1 s). SettingsError for a broken file."""
    found = {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        for line in lines:
            if not line.startswith("#"):
                code, *rings = line.split("\t")
                found[code] = tuple(_ring(ring) for ring in rings)
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot be read: {error}", where=str(file)) from error
    return found


def _ring(text: str) -> Ring:
    points = []
    for pair in text.split(" "):
        latitude, longitude = pair.split(",")
        points.append((int(latitude) / PER_DEGREE, int(longitude) / PER_DEGREE))
    return tuple(points)
