"""Derive the outline of every province and kabupaten/kota from the points of kecamatan, for maps without internet.

No package that may be passed on carries the boundaries of today. What is drawn here is nobody's boundary: the land is
where neighbouring kecamatan lie no further from one another than is usual around them (triangles of a Delaunay
triangulation whose sides are short against the distance to their neighbours, the idea of alpha shapes: Edelsbrunner,
Kirkpatrick and Seidel, *On the shape of a set of points in the plane*, 1983), and every spot of it belongs to the unit
of the nearest kecamatan (Voronoi). It is good for finding one's way, and says so beside every map.

Run as ``python scripts/derive_outline.py`` after the gazetteer was built anew; takes about half a minute.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from contourpy import contour_generator
from scipy.ndimage import binary_fill_holes, gaussian_filter
from scipy.spatial import Delaunay, cKDTree

from data.gazetteer import KABKOTA, PROVINCE, load_gazetteer
from feeds.map_frame import KM_PER_DEGREE, district_points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TO: Final = Path(__file__).resolve().parents[1] / "data" / "reference" / "outline" / "outline.tsv"
STEP: Final = 0.02
"""Degrees of a cell, about 2 km: the smallest kota (Kota Solok, Kota Bukittinggi) still has a shape."""
PAD_KM: Final = 5.0
"""Land around every point: islands of one kecamatan have no triangle."""
NEIGHBOURS: Final = 5
SHORT: Final = 3.0
"""A side is short up to so many times the usual distance between neighbours there: of what was looked at (2.0, 2.5,
3.0, 3.5) the one at which Kalimantan and Papua are whole and Selat Sunda and Selat Makassar stay open."""
LEAST_KM, MOST_KM = 16.0, 150.0
SMOOTH: Final = 1.1
"""Cells over which edges are smoothed (Gaussian)."""
TOLERANCE: Final = {PROVINCE: 0.022, KABKOTA: 0.012}
"""Degrees by which a simplified line may be off (Douglas and Peucker, 1973)."""
LEAST_RING: Final = 4


def main() -> None:
    """Write the outline file anew."""
    lines = [
        "# Outlines derived from kecamatan points by scripts/derive_outline.py; no official boundary.",
        "# code, then rings with a tab between them: latitude,longitude in hundredths of a degree.",
        *rows(),
    ]
    TO.parent.mkdir(parents=True, exist_ok=True)
    TO.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TO}: {len(lines) - 2} units, {TO.stat().st_size:,} bytes")


def rows() -> Iterator[str]:
    """Yield a line for each province, then for each kabupaten/kota."""
    found = dict(district_points(load_gazetteer()))
    codes = list(found)
    points = np.array([found[code] for code in codes])
    south, west = points.min(axis=0) - 0.4
    north, east = points.max(axis=0) + 0.4
    latitudes, longitudes = np.arange(south, north, STEP), np.arange(west, east, STEP)
    land, nearest = land_of(points, latitudes, longitudes)
    for length in (PROVINCE, KABKOTA):
        units = sorted({code[:length] for code in codes})
        number = {unit: at for at, unit in enumerate(units)}
        of_point = np.array([number[code[:length]] for code in codes])
        owner = np.where(land, of_point[nearest], -1)
        for unit in units:
            written = [ring for ring in rings(owner == number[unit], latitudes, longitudes, TOLERANCE[length]) if ring]
            yield "\t".join([unit, *written])


def land_of(points: Floats, latitudes: Floats, longitudes: Floats) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which cells are land, and the number of the nearest point to each."""
    shrink = math.cos(math.radians(3.0))
    scale = np.array([KM_PER_DEGREE, KM_PER_DEGREE * shrink])
    flat = points * scale
    tree = cKDTree(flat)
    usual = tree.query(flat, k=NEIGHBOURS + 1)[0][:, 1:].mean(axis=1)
    triangles = Delaunay(flat)
    corners = flat[triangles.simplices]
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    allowed = np.clip(SHORT * usual[triangles.simplices].min(axis=1), LEAST_KM, MOST_KM)
    kept = sides <= allowed
    grid = np.stack(np.meshgrid(latitudes, longitudes, indexing="ij"), axis=-1).reshape(-1, 2) * scale
    inside = triangles.find_simplex(grid)
    distance, nearest = tree.query(grid)
    shape = (len(latitudes), len(longitudes))
    land = ((inside >= 0) & kept[inside]) | (distance <= PAD_KM)
    return binary_fill_holes(land.reshape(shape)), nearest.reshape(shape)


def rings(mine: NDArray[np.bool_], latitudes: Floats, longitudes: Floats, tolerance: float) -> Iterator[str]:
    """Yield the edges of what is a unit's, simplified, the largest first."""
    at = np.argwhere(mine)
    if not len(at):
        return
    (top, left), (foot, right) = np.maximum(at.min(axis=0) - 6, 0), at.max(axis=0) + 7
    part = gaussian_filter(mine[top:foot, left:right].astype(float), SMOOTH)
    part = np.pad(part, 1)
    x = np.concatenate([[longitudes[left] - STEP], longitudes[left:right], [longitudes[left:right][-1] + STEP]])
    y = np.concatenate([[latitudes[top] - STEP], latitudes[top:foot], [latitudes[top:foot][-1] + STEP]])
    found = [np.asarray(line) for line in contour_generator(x, y, part).lines(0.5)]
    if not found:  # smaller than what smoothing leaves
        found = [np.asarray(line) for line in contour_generator(x, y, part).lines(float(part.max()) / 2)]
    for line in sorted(found, key=len, reverse=True):
        kept = simplified(line, tolerance)
        whole = list(dict.fromkeys((round(lat * 100), round(lon * 100)) for lon, lat in kept))
        if len(whole) >= LEAST_RING:
            yield " ".join(f"{lat},{lon}" for lat, lon in whole)


def simplified(line: Floats, tolerance: float) -> Floats:
    """Return a line without the points that lie within ``tolerance`` of what is left."""
    keep = np.zeros(len(line), dtype=bool)
    # A ring begins and ends at one point: its far side is where it is cut first.
    far = int(np.argmax(np.linalg.norm(line - line[0], axis=1)))
    keep[[0, far, -1]] = True
    parts = [(0, far), (far, len(line) - 1)]
    while parts:
        first, last = parts.pop()
        if last - first < 2:
            continue
        a, b = line[first], line[last]
        along = b - a
        length = float(np.hypot(*along))
        between = line[first + 1 : last] - a
        if length:
            off = np.abs(along[0] * between[:, 1] - along[1] * between[:, 0]) / length
        else:
            off = np.linalg.norm(between, axis=1)
        worst = int(np.argmax(off))
        if off[worst] > tolerance:
            middle = first + 1 + worst
            keep[middle] = True
            parts += [(first, middle), (middle, last)]
    return line[keep]


if __name__ == "__main__":
    main()
