"""The map of regions as the desk shows it: land by outline, how well each is read by hatching, incidents as marks.

The window is that of `feeds.map_frame`, the places of names those of the reports' map (`feeds.reports.maps`): one map,
drawn here in classes, so that light, dark and print follow the page. A mark says its level by shape and its count by
size and number; colour only repeats it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from data.gazetteer import KABKOTA, PROVINCE
from data.outline import load_outlines
from data.watching import CoverageState, WarningKind
from feeds.map_frame import Frame, overlap
from feeds.reports.maps import UNCOVERED, beside, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from data.gazetteer import Gazetteer
    from data.outline import Ring
    from data.watching import EarlyWarning, RegionPicture
    from feeds.map_frame import Rectangle

WIDTH: Final = 960.0
MOST_HEIGHT: Final = 640.0
SMALLEST, LARGEST = 13.0, 30.0
"""Pixels of radius: the smallest holds two digits of 13 pixels."""
CROSS: Final = 5.5
SPOT: Final = 4.5
LETTER: Final = 7.4
"""About what a letter takes at the names' size of 13, half bold."""
REACH: Final = (1.0, 1.0, 1.1, 1.25, 1.06)
"""How far the shape of each level reaches beyond its radius, corners and sides together."""
APART: Final = 2.0
ROUNDS: Final = 80
"""Passes in which marks that lie on one another are pushed apart: Java's six provinces come to rest within thirty."""
LED: Final = 6.0
"""Pixels off its place from which a mark has a line to it."""
BADGE: Final = 9.0


@dataclass(frozen=True, slots=True)
class Area:
    """The land of one unit: an SVG path, and how well it is read (None: it is not among the regions shown)."""

    region: str
    name: str
    path: str
    state: CoverageState | None


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands on a region: ``shape`` is a path around ``x``, ``y``, its number is ``total``.

    ``level`` is the gravest that occurs, None where nothing does: then ``shape`` is a ring, or a cross where silence
    says nothing. ``from_x`` and ``from_y`` are the region's own place; ``led`` says that a line leads there. ``badges``
    are the letters of its early warnings with their places. ``anchor`` is empty where there is no room for the name.
    """

    region: str
    name: str
    x: float
    y: float
    from_x: float
    from_y: float
    led: bool
    total: int
    level: int | None
    radius: float
    shape: str
    size: float
    badges: tuple[tuple[str, float, float], ...]
    label: str
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class RegionMap:
    """A drawing: what lies beyond, the areas, the marks (the worst last, upon the others), and a scale bar."""

    width: float
    height: float
    beyond: str
    areas: tuple[Area, ...]
    marks: tuple[Mark, ...]
    bar_km: int
    bar: float


def draw_regions(
    regions: Sequence[RegionPicture],
    warnings: Iterable[EarlyWarning],
    area: str | None,
    gazetteer: Gazetteer,
) -> RegionMap:
    """Return the map of ``regions``, the worst first: the provinces of the country, or what lies in province ``area``.

    ``warnings`` are marked on the region they are of; rows that have no place (*tanpa tempat*) are not on it.
    """
    land = land_of(area)
    states = {one.region: one.coverage.state for one in regions}
    areas = tuple(
        Area(code, gazetteer.name(code), path, states.get(code)) for code, path in land.paths if code in gazetteer
    )
    points = {one.region: point for one in regions if (point := _point(one.region, gazetteer)) is not None}
    shown = [one for one in regions if one.region in points]
    most = max((one.total for one in shown), default=0)
    radii = {one.region: _radius(one, most) for one in shown}
    wide = {one.region: radii[one.region] * REACH[worst(one)] for one in shown}
    home = {one.region: land.frame.project(points[one.region]) for one in shown}
    rest = apart(home, wide, land.frame)
    letters = _letters(warnings, area)
    labels = dict(_labels(shown, rest, wide, letters, land.frame, gazetteer))
    marks = [
        _mark(one, home[one.region], rest[one.region], radii[one.region], letters, labels) for one in reversed(shown)
    ]
    kilometres, length = land.frame.bar()
    return RegionMap(land.frame.width, land.frame.height, land.beyond, areas, tuple(marks), kilometres, length)


@dataclass(frozen=True, slots=True)
class Land:
    """What is the same in every map of an area: its window and the paths of its land."""

    frame: Frame
    paths: tuple[tuple[str, str], ...]
    beyond: str


@lru_cache(maxsize=64)
def land_of(area: str | None) -> Land:
    """Return window and land of a province, or of the country by provinces; made once, a few milliseconds."""
    outlines = load_outlines()
    if area is None:
        mine = [code for code in outlines if len(code) == PROVINCE]
    else:
        mine = [code for code in outlines if len(code) == KABKOTA and code[:PROVINCE] == area[:PROVINCE]]
    frame = Frame.around(
        [point for code in mine for ring in outlines[code] for point in ring], width=WIDTH, most_height=MOST_HEIGHT
    )
    others = [code for code in outlines if len(code) == PROVINCE and area is not None and code != area[:PROVINCE]]
    near = [ring for code in others for ring in outlines[code] if any(frame.holds(point) for point in ring)]
    paths = tuple((code, _path(outlines[code], frame)) for code in mine)
    return Land(frame, paths, _path(near, frame))


def _path(rings: Iterable[Ring], frame: Frame) -> str:
    """Return rings as an SVG path of whole pixels, each point relative to the one before."""
    parts = []
    for ring in rings:
        spots = list(dict.fromkeys((round(x), round(y)) for x, y in map(frame.project, ring)))
        if len(spots) < 3:  # smaller than a pixel: a dot of land all the same
            x, y = spots[0]
            spots = [(x, y), (x + 1, y), (x + 1, y + 1)]
        steps = [f"M{spots[0][0]} {spots[0][1]}l"]
        steps += [f"{after[0] - before[0]} {after[1] - before[1]}" for before, after in pairwise(spots)]
        parts.append(f"{steps[0]}{' '.join(steps[1:])}z")
    return "".join(parts)


def _point(region: str, gazetteer: Gazetteer) -> tuple[float, float] | None:
    return gazetteer.point(region) if region in gazetteer else None


def _radius(one: RegionPicture, most: int) -> float:
    """Return a radius whose area grows with the count; of what has none that of its ring or cross."""
    if not one.total:
        return CROSS if one.coverage.state in UNCOVERED else SPOT
    return round(SMALLEST + (LARGEST - SMALLEST) * math.sqrt(one.total / most), 1)


def apart(
    home: Mapping[str, tuple[float, float]], radii: Mapping[str, float], frame: Frame
) -> dict[str, tuple[float, float]]:
    """Return where marks stand so that none covers another: those with incidents make room, the others stay.

    Pushed apart by half of what they overlap, pass by pass, and kept in the frame.
    """
    at = dict(home)
    moving = [region for region in home if radii[region] >= SMALLEST]
    for _ in range(ROUNDS):
        still = True
        for index, one in enumerate(moving):
            for other in moving[index + 1 :]:
                (x, y), (u, v) = at[one], at[other]
                gap = radii[one] + radii[other] + APART - math.hypot(u - x, v - y)
                if gap <= 0:
                    continue
                still = False
                # Of two that lie on one spot, the second goes to the right.
                angle = math.atan2(v - y, u - x)
                dx, dy = math.cos(angle) * gap / 2, math.sin(angle) * gap / 2
                at[one] = _inside(x - dx, y - dy, radii[one], frame)
                at[other] = _inside(u + dx, v + dy, radii[other], frame)
        if still:
            break
    return {region: (round(x, 1), round(y, 1)) for region, (x, y) in at.items()}


def _inside(x: float, y: float, radius: float, frame: Frame) -> tuple[float, float]:
    edge = radius + 2
    return min(max(x, edge), frame.width - edge), min(max(y, edge), frame.height - edge)


def _letters(warnings: Iterable[EarlyWarning], area: str | None) -> dict[str, tuple[str, ...]]:
    """Return by region the letters of its warnings: L for *lonjakan*, P for *prakursor*.

    On the country's map a warning of a kabupaten/kota stands on its province.
    """
    found: dict[str, set[str]] = {}
    for one in warnings:
        region = one.region[:PROVINCE] if area is None else one.region
        found.setdefault(region, set()).add("L" if one.kind is WarningKind.LONJAKAN else "P")
    return {region: tuple(sorted(letters)) for region, letters in found.items()}


def _labels(
    shown: Sequence[RegionPicture],
    at: Mapping[str, tuple[float, float]],
    radii: Mapping[str, float],
    letters: Mapping[str, tuple[str, ...]],
    frame: Frame,
    gazetteer: Gazetteer,
) -> Iterator[tuple[str, tuple[str, float, float, str]]]:
    """Yield by region its name and where it stands, the worst first, where there is room."""
    taken: list[Rectangle] = []
    for one in shown:
        (x, y), radius = at[one.region], radii[one.region]
        taken.append((x - radius, y - radius, x + radius, y + radius))
    for region, shown_letters in letters.items():
        if region in at:
            spots = [spot for _, *spot in badges(shown_letters, *at[region], radii[region])]
            taken += [(x - BADGE, y - BADGE, x + BADGE, y + BADGE) for x, y in spots]
    for index, one in enumerate(shown):
        name = short_name(one.region, gazetteer)
        wide = LETTER * len(name)
        for (x, y, anchor), box in beside(*at[one.region], radii[one.region] + 4, wide):
            inside = box[0] >= 2 and box[2] <= frame.width - 2 and box[1] >= 2 and box[3] <= frame.height - 34
            if inside and not any(overlap(box, other) for n, other in enumerate(taken) if n != index):
                taken.append(box)
                yield one.region, (name, x, y, anchor)
                break


def short_name(region: str, gazetteer: Gazetteer) -> str:
    """Return what a region is called on a map: *Pasaman*, *Kota Solok* (26 pairs have one name)."""
    unit = gazetteer.unit(region)
    for long, short in (("Daerah Khusus Ibukota ", "DKI "), ("Daerah Istimewa ", "DI ")):
        if unit.full_name.startswith(long):
            return short + unit.full_name.removeprefix(long)
    return f"Kota {unit.name}" if unit.kind == "Kota" else unit.name


def _mark(
    one: RegionPicture,
    home: tuple[float, float],
    at: tuple[float, float],
    radius: float,
    letters: Mapping[str, tuple[str, ...]],
    labels: Mapping[str, tuple[str, float, float, str]],
) -> Mark:
    level = worst(one) if one.total else None
    (x, y), (label, label_x, label_y, anchor) = at, labels.get(one.region, ("", 0.0, 0.0, ""))
    if level is None:
        shape = cross(x, y) if one.coverage.state in UNCOVERED else polygon(1, x, y, SPOT)
    else:
        shape = polygon(level, x, y, radius)
    return Mark(
        region=one.region,
        name=one.name,
        x=x,
        y=y,
        from_x=home[0],
        from_y=home[1],
        led=math.hypot(x - home[0], y - home[1]) > LED and one.total > 0,
        total=one.total,
        level=level,
        radius=radius,
        shape=shape,
        size=15.0 if radius > 18 else 13.0,
        badges=badges(letters.get(one.region, ()), x, y, radius),
        label=label,
        label_x=label_x,
        label_y=label_y,
        anchor=anchor,
    )


def badges(letters: Sequence[str], x: float, y: float, radius: float) -> tuple[tuple[str, float, float], ...]:
    """Return the letters of a mark's early warnings with their places, at its upper right."""
    first = x + radius * 0.75
    return tuple(
        (letter, round(first + BADGE * 1.9 * index, 1), round(y - radius * 0.85, 1))
        for index, letter in enumerate(letters)
    )


def polygon(level: int, x: float, y: float, radius: float) -> str:
    """Return the shape of a level as an SVG path around a point: the shapes of the design system's ``.level``.

    0 and 1 a circle, 2 a diamond, 3 a triangle, 4 an octagon; corners reach further out where there are few, so that
    the number has room.
    """
    if level <= 1:
        r = f"{radius:g}"
        return f"M{x - radius:.1f} {y:g}a{r} {r} 0 1 1 {2 * radius:g} 0a{r} {r} 0 1 1 {-2 * radius:g} 0z"
    corners, out, turn = {2: (4, 1.18, 0.0), 3: (3, 1.42, -90.0), 4: (8, 1.06, 22.5)}[level]
    spots = []
    for corner in range(corners):
        angle = math.radians(turn + 360 * corner / corners)
        spots.append(f"{x + radius * out * math.cos(angle):.1f} {y + radius * out * math.sin(angle):.1f}")
    return f"M{'L'.join(spots)}z"


def cross(x: float, y: float) -> str:
    """Return the cross of a region whose silence says nothing."""
    half = CROSS * 0.8
    return f"M{x - half:g} {y - half:g}l{2 * half:g} {2 * half:g}m0 {-2 * half:g}l{-2 * half:g} {2 * half:g}"
