"""How far an administrative unit reaches around its point, as far as the points of the gazetteer tell.

No boundaries are known to us, only the median of the desa points of each kecamatan. A kecamatan reaches about as far as
the nearest one beside it; a unit above it as far as its farthest part does. So a circle of CAP covers the unit, rather
too much than too little, and never claims the spot that a radius of 0 would.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from data.gazetteer import Level, level_of, parent_of

if TYPE_CHECKING:
    from data.gazetteer import Gazetteer

KM_PER_DEGREE: Final = 111.32
LEAST_KM: Final = 1.0
"""A kecamatan of a city, the smallest there is that has a point, is about this wide from its middle."""
UNKNOWN_KM: Final = 10.0
"""For a kecamatan with no other beside it in its kabupaten: the middle of all is 7 km, nine in ten are below 20."""


Point = tuple[float, float]


def radius_km(code: str, gazetteer: Gazetteer) -> float | None:
    """Return how far the unit reaches around `Gazetteer.point`, in kilometres, up to 0.1; None where it has no point.

    A desa has its kecamatan's point, and so its reach.
    """
    points, parts = _map_of(gazetteer)
    current: str | None = code
    while current is not None and current not in points:
        current = parent_of(current)
    return None if current is None else math.ceil(_reach(current, points, parts) * 10) / 10


@lru_cache(maxsize=2)
def _map_of(gazetteer: Gazetteer) -> tuple[dict[str, Point], dict[str | None, list[str]]]:
    """Return the point of each unit that has its own, and the units with one below each; read once for a gazetteer."""
    points: dict[str, Point] = {}
    parts: dict[str | None, list[str]] = {}
    for level in (Level.PROVINCE, Level.KABKOTA, Level.KECAMATAN):
        for code in gazetteer.codes(level):
            unit = gazetteer.unit(code)
            if unit.lat is not None and unit.lon is not None:
                points[code] = (unit.lat, unit.lon)
                parts.setdefault(unit.parent, []).append(code)
    return points, parts


def _reach(code: str, points: dict[str, Point], parts: dict[str | None, list[str]]) -> float:
    here = points[code]
    if level_of(code) is Level.KECAMATAN:
        beside = (distance_km(here, points[one]) for one in parts[parent_of(code)] if one != code)
        return max(LEAST_KM, min(beside, default=UNKNOWN_KM))
    below = parts.get(code, ())
    return max((distance_km(here, points[one]) + _reach(one, points, parts) for one in below), default=UNKNOWN_KM)


def distance_km(first: Point, second: Point) -> float:
    """Return the distance of two points in degrees, on a flat earth: right to a percent within a province."""
    shrink = math.cos(math.radians((first[0] + second[0]) / 2))
    return KM_PER_DEGREE * math.hypot(first[0] - second[0], (first[1] - second[1]) * shrink)
