"""The window of a map without tiles or network: the points of all kecamatan draw the land, what is shown lies on it.

Flat coordinates (plate carrée, true to scale at the middle latitude): within Indonesia, 6 degrees north to 11 south, no
distance is off by more than 2 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.gazetteer import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.gazetteer import Gazetteer

WIDTH: Final = 560.0
LEAST_HEIGHT, MOST_HEIGHT = 170.0, 560.0
MARGIN: Final = 26.0
KM_PER_DEGREE: Final = 111.32
LEAST_SPAN: Final = 0.3
"""Degrees that a map shows at least: one dot alone has no scale."""

Rectangle = tuple[float, float, float, float]
"""Left, upper, right and lower edge in pixels."""


def district_points(gazetteer: Gazetteer) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield code and point of each kecamatan that has one of its own."""
    for code in gazetteer.codes(Level.KECAMATAN):
        unit = gazetteer.unit(code)
        if unit.lat is not None and unit.lon is not None:
            yield code, (unit.lat, unit.lon)


@dataclass(frozen=True, slots=True)
class Frame:
    """A window on the country and its scale: pixels per degree of latitude and of longitude."""

    north: float
    south: float
    west: float
    east: float
    scale_lat: float
    scale_lon: float
    height: float
    width: float = WIDTH

    @classmethod
    def around(
        cls, points: Sequence[tuple[float, float]], *, width: float = WIDTH, most_height: float = MOST_HEIGHT
    ) -> Frame:
        """Return the window that holds all points, with a margin; so many pixels wide, and at most so many high."""
        latitudes, longitudes = [point[0] for point in points], [point[1] for point in points]
        south, north = min(latitudes), max(latitudes)
        west, east = min(longitudes), max(longitudes)
        shrink = math.cos(math.radians((south + north) / 2))
        wide = max((east - west) * shrink, LEAST_SPAN)
        high = max(north - south, LEAST_SPAN)
        scale = min((width - 2 * MARGIN) / wide, (most_height - 2 * MARGIN) / high)
        height = max(LEAST_HEIGHT, round(high * scale + 2 * MARGIN))
        half_lon, half_lat = width / 2 / (scale * shrink), height / 2 / scale
        middle_lon, middle_lat = (west + east) / 2, (south + north) / 2
        return cls(
            middle_lat + half_lat,
            middle_lat - half_lat,
            middle_lon - half_lon,
            middle_lon + half_lon,
            scale,
            scale * shrink,
            height,
            width,
        )

    def holds(self, point: tuple[float, float]) -> bool:
        """Return whether a point lies in the window."""
        return self.south <= point[0] <= self.north and self.west <= point[1] <= self.east

    def project(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return x and y in pixels, from the upper left corner."""
        return round((point[1] - self.west) * self.scale_lon, 1), round((self.north - point[0]) * self.scale_lat, 1)

    def dot(self, point: tuple[float, float]) -> str:
        """Return a piece of an SVG path that a round line cap makes a dot, to the pixel."""
        x, y = self.project(point)
        return f"M{round(x)} {round(y)}h0"

    def bar(self) -> tuple[int, float]:
        """Return the kilometres (1, 2 or 5 times a power of ten) and pixels of a scale bar, at most a quarter wide."""
        per_km = self.scale_lat / KM_PER_DEGREE
        most = self.width / 4 / per_km
        power = 10 ** math.floor(math.log10(max(most, 1.0)))
        kilometres = next((step * power for step in (5, 2) if step * power <= most), power)
        return kilometres, round(kilometres * per_km, 1)


def overlap(one: Rectangle, other: Rectangle) -> bool:
    """Return whether two boxes have a point in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
