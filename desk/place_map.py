"""A small map of places without tiles or network: the points of all kecamatan draw the land, the places lie upon it.

Flat coordinates (plate carrée, true to scale at the middle latitude): within Indonesia, 6 degrees north to 11 south, no
distance is off by more than 2 %. The middle of a unit is the median of the points that the gazetteer has below it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.gazetteer import KABKOTA, PROVINCE, Level
from data.records import PlaceRole
from feeds.map_frame import WIDTH, Frame, district_points, overlap
from feeds.places import point_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from data.gazetteer import Gazetteer
    from data.records import FoundPlace, Place

SAME_SPOT: Final = 7.0
"""Pixels within which two places share a marker: a desa lies on its kecamatan's point, a seat on its city's."""
MOST_MARKS: Final = 4
"""Places that one label counts by name; there are more on a spot only where a text lists villages."""
LETTER_WIDTH, LINE_HEIGHT = 9.2, 17.0
"""About what a letter takes at the label's size of 15, for keeping labels off one another."""
LETTERS: Final = {
    PlaceRole.KEJADIAN: "K",
    PlaceRole.PENANGANAN: "P",
    PlaceRole.SUMBER: "S",
    PlaceRole.CAKUPAN: "C",
    PlaceRole.RUTE: "R",
    PlaceRole.PERBATASAN: "B",
    PlaceRole.LATAR: "L",
}
"""The first letters of the roles: what shows a role where colour does not, on paper or to the colour-blind."""
OF_EVENT: Final = (PlaceRole.KEJADIAN, PlaceRole.CAKUPAN)


@dataclass(frozen=True, slots=True)
class Marker:
    """One spot: ``numbers`` are the places there, from 1, the first of them with ``role`` and the label's words.

    ``anchor`` is the label's text-anchor, empty where there is no room for a label.
    """

    x: float
    y: float
    numbers: tuple[int, ...]
    role: PlaceRole
    label: str
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class PlaceMap:
    """A drawing: three SVG paths of dots (the event's kabupaten, its provinces, the rest), markers, and a scale bar.

    ``missing`` are the numbers of places that have no point or lie beyond the frame.
    """

    provinces: tuple[str, ...]
    height: float
    event_dots: str
    near_dots: str
    far_dots: str
    markers: tuple[Marker, ...]
    bar_km: int
    bar: float
    missing: tuple[int, ...]
    width: float = WIDTH


def draw_maps(found: Sequence[FoundPlace], gazetteer: Gazetteer) -> tuple[PlaceMap, ...]:
    """Return a map of the event's provinces and, where something lies beyond them, one of the whole country.

    The first is of all places' provinces where no place is an event's. None where no place has a point.
    """
    points = {
        number: (point[1], point[2])
        for number, one in enumerate(found, 1)
        if (point := point_of(one.place.code, gazetteer)) is not None
    }
    if not points:
        return ()
    event = [found[number - 1].place.code for number in points if found[number - 1].place.role in OF_EVENT]
    codes = event or [found[number - 1].place.code for number in points]
    provinces = tuple(dict.fromkeys(code[:PROVINCE] for code in codes))
    first = draw(provinces, found, points, gazetteer)
    if not set(first.missing) & set(points):
        return (first,)
    return first, draw(tuple(gazetteer.codes(Level.PROVINCE)), found, points, gazetteer)


def draw(
    provinces: tuple[str, ...],
    found: Sequence[FoundPlace],
    points: dict[int, tuple[float, float]],
    gazetteer: Gazetteer,
) -> PlaceMap:
    """Return the map whose frame holds all kecamatan of ``provinces``; ``points`` are those of the places by number."""
    land = dict(district_points(gazetteer))
    wanted = set(provinces)
    inside = [point for code, point in land.items() if code[:PROVINCE] in wanted]
    inside += [points[number] for number in points if found[number - 1].place.code[:PROVINCE] in wanted]
    frame = Frame.around(inside)
    kept = {one.place.code[:KABKOTA] for one in found if one.place.role in OF_EVENT and len(one.place.code) > PROVINCE}
    groups: tuple[list[str], list[str], list[str]] = ([], [], [])
    for code, point in land.items():
        if frame.holds(point):
            group = 0 if code[:KABKOTA] in kept else 1 if code[:PROVINCE] in wanted else 2
            groups[group].append(frame.dot(point))
    shown = {number: frame.project(point) for number, point in points.items() if frame.holds(point)}
    kilometres, length = frame.bar()
    return PlaceMap(
        provinces=provinces,
        height=frame.height,
        event_dots="".join(dict.fromkeys(groups[0])),
        near_dots="".join(dict.fromkeys(groups[1])),
        far_dots="".join(dict.fromkeys(groups[2])),
        markers=tuple(labelled(spots(shown), found, gazetteer, frame)),
        bar_km=kilometres,
        bar=length,
        missing=tuple(number for number in range(1, len(found) + 1) if number not in shown),
    )


def spots(shown: dict[int, tuple[float, float]]) -> list[tuple[float, float, list[int]]]:
    """Return the spots with the places at each; a place joins the first spot that is within `SAME_SPOT` of it."""
    made: list[tuple[float, float, list[int]]] = []
    for number, (x, y) in shown.items():
        for other_x, other_y, numbers in made:
            if math.hypot(x - other_x, y - other_y) <= SAME_SPOT:
                numbers.append(number)
                break
        else:
            made.append((x, y, [number]))
    return made


def labelled(
    placed: Iterable[tuple[float, float, list[int]]],
    found: Sequence[FoundPlace],
    gazetteer: Gazetteer,
    frame: Frame,
) -> Iterator[Marker]:
    """Yield a marker for each spot, its label where there is room for it, else only its numbers, else no label."""
    spots_left = list(placed)
    taken = [(x - 7, y - 7, x + 7, y + 7) for x, y, _ in spots_left]
    for x, y, numbers in spots_left:
        places = [found[number - 1].place for number in numbers]
        marks = " ".join(mark_of(place, n) for place, n in zip(places[:MOST_MARKS], numbers, strict=False))
        marks += f" +{len(places) - MOST_MARKS}" if len(places) > MOST_MARKS else ""
        own = (x - 7, y - 7, x + 7, y + 7)
        for words in (f"{marks} {gazetteer.unit(places[0].code).name}", marks):
            free = next(
                (
                    (spot, box)
                    for spot, box in around(x, y, len(words) * LETTER_WIDTH)
                    if box[0] >= 2 and box[2] <= WIDTH - 2 and box[1] >= 2 and box[3] <= frame.height - 2
                    if not any(overlap(box, other) for other in taken if other != own)
                ),
                None,
            )
            if free is not None:
                (label_x, label_y, anchor), box = free
                taken.append(box)
                break
        else:
            # the event is labelled though it covers something
            (label_x, label_y, anchor), _ = next(around(x, y, 0.0))
            anchor = anchor if places[0].role is PlaceRole.KEJADIAN else ""
        yield Marker(x, y, tuple(numbers), places[0].role, words, round(label_x, 1), round(label_y, 1), anchor)


def mark_of(place: Place, number: int) -> str:
    """Return the short sign of a place: the letter of its role, its number, a question mark where it is ambiguous."""
    return f"{LETTERS[place.role]}{number}{'?' if place.ambiguous else ''}"


Box = tuple[float, float, float, float]


def around(x: float, y: float, width: float) -> Iterator[tuple[tuple[float, float, str], Box]]:
    """Yield where a label may stand beside a spot: x, y and text-anchor, and the box it then takes."""
    half, gap = LINE_HEIGHT / 2, 14.0
    yield (x + gap, y + 5, "start"), (x + gap, y - half, x + gap + width, y + half)
    yield (x - gap, y + 5, "end"), (x - gap - width, y - half, x - gap, y + half)
    yield (x, y - gap, "middle"), (x - width / 2, y - gap - LINE_HEIGHT, x + width / 2, y - gap + 3)
    yield (x, y + gap + 11, "middle"), (x - width / 2, y + gap - 3, x + width / 2, y + gap + LINE_HEIGHT)
