"""The map of an area's regions: a disc on each with incidents, large where they are many, dark where they are grave.

The land is the points of its kecamatan (feeds/map_frame.py). A region without incidents has a small ring where it is
covered, a cross where it is not: *no alert* and *no crawl* look different.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from data.watching import CoverageState
from feeds.items import SEVERITY_NAMES
from feeds.map_frame import WIDTH, Frame, district_points, overlap
from feeds.reports.drawing import INK, LEVEL_COLOURS, PAPER, QUIET, Disc, Dots, Drawing, Stroke, Words
from feeds.reports.wording import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.gazetteer import Gazetteer
    from data.watching import RegionPicture
    from feeds.map_frame import Rectangle
    from feeds.reports.drawing import Shape

LAND, BEYOND = "#b9b4a4", "#e4e1d8"
RADII, RADII_WHOLE_COUNTRY = (8.0, 19.0), (6.5, 11.0)
"""Pixels of the smallest and the largest disc; the provinces of Sumatra and Java lie close together."""
DOT, DOT_WHOLE_COUNTRY = 4.0, 1.5
LETTER, LINE_HEIGHT = 6.3, 13.0
LEGEND_HEIGHT: Final = 64.0
UNCOVERED: Final = frozenset({CoverageState.TANPA_SUMBER, CoverageState.TERPUTUS})
"""The states in which a region's silence says nothing."""
CROSS: Final = 4.0


def region_map(regions: Sequence[RegionPicture], area: str | None, gazetteer: Gazetteer) -> Drawing | None:
    """Return the map of ``regions``, the worst first; None where none of them has a point."""
    points = {one.region: point for one in regions if (point := gazetteer.point(one.region)) is not None}
    if not points:
        return None
    land = dict(district_points(gazetteer))
    inside = [point for code, point in land.items() if area is None or code.startswith(area)]
    frame = Frame.around([*inside, *points.values()])
    groups: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    for code, point in land.items():
        if frame.holds(point):
            x, y = frame.project(point)
            groups[0 if area is None or code.startswith(area) else 1].append((round(x), round(y)))
    dot, radii = (DOT_WHOLE_COUNTRY, RADII_WHOLE_COUNTRY) if area is None else (DOT, RADII)
    shapes: list[Shape] = [
        Dots(tuple(dict.fromkeys(group)), colour, dot)
        for group, colour in ((groups[1], BEYOND), (groups[0], LAND))
        if group
    ]
    spots = {one.region: frame.project(points[one.region]) for one in regions if one.region in points}
    most = max((one.total for one in regions), default=0)
    for one in reversed(regions):  # the worst are drawn last, upon the others
        if one.region in spots:
            shapes += _mark(one, *spots[one.region], most, radii)
    shapes += _labels([one for one in regions if one.region in spots], spots, most, radii, frame, gazetteer)
    kilometres, length = frame.bar()
    foot = frame.height - 12
    shapes += [Stroke(12, foot, 12 + length, foot, INK, 2), Words(12, foot - 6, f"{number(kilometres)} km", 11)]
    shapes += _legend(frame.height)
    return Drawing(WIDTH, frame.height + LEGEND_HEIGHT, tuple(shapes))


def worst(region: RegionPicture) -> int:
    """Return the gravest level that occurs in a region; 0 where nothing does."""
    return max((level for level in range(5) if region.levels[level]), default=0)


def _radius(total: int, most: int, radii: tuple[float, float]) -> float:
    """Return a radius whose disc's area grows with the count."""
    return round(radii[0] + (radii[1] - radii[0]) * math.sqrt(total / most), 1) if total else 3.5


def _mark(one: RegionPicture, x: float, y: float, most: int, radii: tuple[float, float]) -> Iterator[Shape]:
    if one.total:
        yield Disc(x, y, _radius(one.total, most, radii), LEVEL_COLOURS[worst(one)], PAPER, 2)
        size = 11.5 if radii == RADII else 8.5
        yield Words(x, round(y + size * 0.35, 1), number(one.total), size, "middle", PAPER, bold=True)
    elif one.coverage.state in UNCOVERED:
        yield Stroke(x - CROSS, y - CROSS, x + CROSS, y + CROSS, INK, 2)
        yield Stroke(x - CROSS, y + CROSS, x + CROSS, y - CROSS, INK, 2)
    else:
        yield Disc(x, y, 3.5, PAPER, QUIET)


def _labels(
    regions: Sequence[RegionPicture],
    spots: dict[str, tuple[float, float]],
    most: int,
    radii: tuple[float, float],
    frame: Frame,
    gazetteer: Gazetteer,
) -> Iterator[Shape]:
    """Yield the names of regions, the worst first, where there is room for them."""
    taken: list[Rectangle] = []
    finest = max((len(one.region) for one in regions), default=0)
    for one in regions:
        (x, y), r = spots[one.region], _radius(one.total, most, radii)
        taken.append((x - r, y - r, x + r, y + r))
    for at, one in enumerate(regions):
        if not one.total and one.coverage.state not in UNCOVERED and len(regions) > 40:
            continue
        unit = gazetteer.unit(one.region)
        # There are 26 pairs of a kabupaten and a kota of one name.
        name = f"Kota {unit.name}" if unit.kind == "Kota" else unit.name
        if len(one.region) < finest:
            name += " (umum)"  # incidents of the province whose kabupaten is not known
        wide = LETTER * len(name)
        for label, box in beside(*spots[one.region], _radius(one.total, most, radii) + 3, wide):
            inside = box[0] >= 2 and box[2] <= WIDTH - 2 and box[1] >= 2 and box[3] <= frame.height - 30
            if inside and not any(overlap(box, other) for index, other in enumerate(taken) if index != at):
                taken.append(box)
                yield Words(*label[:2], name, 11, label[2], INK, bold=bool(one.total), halo=True)
                break


def beside(x: float, y: float, gap: float, wide: float) -> Iterator[tuple[tuple[float, float, str], Rectangle]]:
    """Yield where a name may stand beside a disc: x, y and anchor, and the box it then takes."""
    half = LINE_HEIGHT / 2
    yield (round(x + gap, 1), round(y + 4, 1), "start"), (x + gap, y - half, x + gap + wide, y + half)
    yield (round(x - gap, 1), round(y + 4, 1), "end"), (x - gap - wide, y - half, x - gap, y + half)
    top, foot = y - gap - LINE_HEIGHT, y + gap
    yield (round(x, 1), round(y - gap - 2, 1), "middle"), (x - wide / 2, top, x + wide / 2, y - gap)
    yield (round(x, 1), round(foot + 10, 1), "middle"), (x - wide / 2, foot, x + wide / 2, foot + LINE_HEIGHT)


def _legend(top: float) -> Iterator[Shape]:
    x, y = 16.0, top + 12
    for level in (4, 3, 2, 1):
        words = f"{level} {SEVERITY_NAMES[level]}"
        yield Disc(x, y, 6.5, LEVEL_COLOURS[level])
        yield Words(x + 12, y + 4, words, 11)
        x += 34 + LETTER * len(words)
    yield Words(10, top + 35, "Angka: jumlah kejadian. Warna: tingkat tertinggi.", 11, colour=QUIET)
    x, y = 16.0, top + 50
    yield Disc(x, y, 3.5, PAPER, QUIET)
    yield Words(x + 12, y + 4, "tanpa kejadian, terpantau", 11)
    x += 186
    yield Stroke(x - CROSS, y - CROSS, x + CROSS, y + CROSS, INK, 2)
    yield Stroke(x - CROSS, y + CROSS, x + CROSS, y - CROSS, INK, 2)
    yield Words(x + 12, y + 4, "tidak terpantau (tanpa sumber atau sumber terputus)", 11)
