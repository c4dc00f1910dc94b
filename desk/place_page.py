"""One page that shows a text with its places marked: for whoever checks why an article lies where it does.

Self-contained: no script, no picture from elsewhere, a policy that allows none. Roles show by letter and underline as
well as by colour, so that the page can be read on paper and by the colour-blind. The text is other people's: it is
escaped, and cannot leave its frame by control or direction characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from data.gazetteer import Level
from data.records import PlaceRole
from desk.place_map import LETTERS, draw_maps, mark_of
from feeds.places import lineage, point_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from data.gazetteer import Gazetteer
    from data.records import FoundPlace, Zone

    Say = Callable[[str, str], str]

HERE = Path(__file__).resolve().parent
SHORT: Final = {"Kabupaten": "Kab.", "Kecamatan": "Kec."}
MENTIONS_LISTED: Final = 8
"""Mentions of one place to which its row links; a long text names its city a hundred times."""

UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Controls and halves of characters: HTML allows none of them. Each becomes one sign, so that all spans stay right."""

ROLES: Final = {
    PlaceRole.KEJADIAN: ("kejadian", "tempat terjadinya", "event", "where it happened"),
    PlaceRole.CAKUPAN: ("cakupan", "wilayah yang dicakup", "scope", "the area it concerns as a whole"),
    PlaceRole.PENANGANAN: ("penanganan", "yang menangani", "handled by", "whose office or institution handles it"),
    PlaceRole.SUMBER: ("sumber", "tempat berita ditulis", "dateline", "where the piece was written"),
    PlaceRole.RUTE: ("rute", "ujung jalan atau jalur", "route", "an end of a road or way"),
    PlaceRole.PERBATASAN: ("perbatasan", "di perbatasan", "border", "on a border"),
    PlaceRole.LATAR: ("latar", "disebut sebagai latar", "background", "named in the background"),
}
REASONS: Final = {
    "admin": ("kata “{}” di depannya", "“{}” stands before it"),
    "head": ("jabatan “{}” disebut", "its “{}” is named"),
    "institution": ("lembaga “{}” disebut", "the institution “{}” is named"),
    "hall": ("di gedung kantornya", "at the office's building"),
    "parent": ("disusul induknya, “{}”", "“{}”, in which it lies, follows"),
    "alias": ("nama lain ({})", "another name of it ({})"),
    "landmark": ("bangunan, gunung, atau kawasan di sana", "a building, mountain or region there"),
    "scope": ("“{}” mencakup seluruh wilayah", "“{}” means the whole of it"),
    "dateline": ("di pembuka berita (dateline)", "in the dateline"),
    "route": ("ujung jalan atau jalur", "end of a road or way"),
    "border": ("di perbatasan", "at a border"),
    "told": ("tempat narasumber berbicara", "where somebody spoke to the press"),
    "day": ("disusul hari atau tanggal", "a day or date follows"),
    "preposition": ("kata “{}” di depannya", "“{}” stands before it"),
    "undecided": ("teks tidak memastikan yang mana", "the text does not settle which"),
    "context": ("cocok dengan bagian lain teks", "fits the rest of the text"),
}
"""The words for each slug of ``Sighting.why``, Indonesian and English; ``{}`` is the word of the text."""


@dataclass(frozen=True, slots=True)
class Badge:
    """What stands behind a mention: which place it is; ``anchor`` is this mention's own name on the page."""

    number: int
    mark: str
    role: PlaceRole
    name: str
    anchor: str
    ambiguous: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under the same mentions (``role`` None: under none); ``badges`` are of those that end here."""

    text: str
    role: PlaceRole | None = None
    badges: tuple[Badge, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One place as the table shows it."""

    number: int
    mark: str
    code: str
    name: str
    role: PlaceRole
    percent: int
    ambiguous: bool
    others: tuple[tuple[str, str, int], ...]
    why: tuple[str, ...]
    mentions: tuple[tuple[str, str, str], ...]
    more: int
    point: str


def places_page(
    title: str,
    text: str,
    found: Sequence[FoundPlace],
    gazetteer: Gazetteer,
    lang: str = "id",
    *,
    reach: int | None = None,
) -> str:
    """Return the page as HTML; ``lang`` is ``id`` or ``en``, ``found`` what ``Locator.trace`` told of the two texts.

    ``reach`` is what ``Locator.reach`` told of the text; None says that all of it was read.
    """

    def say(indonesian: str, english: str) -> str:
        return english if lang == "en" else indonesian

    title, text = showable(title), showable(text)
    maps = draw_maps(found, gazetteer)
    return (
        _templates()
        .get_template("places.html")
        .render(
            lang=lang,
            say=say,
            heading=title,
            title_pieces=tuple(pieces(title, "title", found)),
            text_pieces=tuple(pieces(text, "text", found)),
            rows=tuple(_row(number, one, title, text, gazetteer, say) for number, one in enumerate(found, 1)),
            roles=[(role, LETTERS[role], *_role(role, say)) for role in ROLES],
            role_names={role: _role(role, say)[0] for role in ROLES},
            maps=[(drawn, _map_name(drawn.provinces, gazetteer, say)) for drawn in maps],
            reach=len(text) if reach is None else reach,
            length=len(text),
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader([HERE / "templates", HERE / "static"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def showable(text: str) -> str:
    """Return a text of the same length that HTML can hold: a sign for each character that it cannot."""
    return UNSHOWABLE.sub("\ufffd", text.replace("\r\n", " \n").replace("\r", "\n"))


def pieces(text: str, zone: Zone, found: Sequence[FoundPlace]) -> Iterator[Piece]:
    """Yield a text cut where mentions begin and end; where mentions overlap, the first place's role shows."""
    spans = sorted(
        (seen.start, seen.end, number, index)
        for number, one in enumerate(found, 1)
        for index, seen in enumerate(one.sightings, 1)
        if seen.zone == zone and 0 <= seen.start < seen.end <= len(text)
    )
    edges = sorted({0, len(text)}.union(*((start, end) for start, end, _, _ in spans)))
    active: list[tuple[int, int, int]] = []  # number, index, end
    upcoming = 0
    for left, right in pairwise(edges):
        active = [one for one in active if one[2] > left]
        while upcoming < len(spans) and spans[upcoming][0] == left:
            _, end, number, index = spans[upcoming]
            active.append((number, index, end))
            upcoming += 1
        if not active:
            yield Piece(text[left:right])
            continue
        ends = sorted((number, index) for number, index, end in active if end == right)
        role = found[min(active)[0] - 1].place.role
        yield Piece(text[left:right], role, tuple(_badge(number, index, found) for number, index in ends))


def _badge(number: int, index: int, found: Sequence[FoundPlace]) -> Badge:
    place = found[number - 1].place
    return Badge(number, mark_of(place, number), place.role, place.name, f"sebut-{number}-{index}", place.ambiguous)


def _row(number: int, one: FoundPlace, title: str, text: str, gazetteer: Gazetteer, say: Say) -> Row:
    place = one.place
    sources = {"title": title, "text": text}
    seen = [
        (f"sebut-{number}-{index}", sources[mention.zone][mention.start : mention.end], mention.zone)
        for index, mention in enumerate(one.sightings, 1)
    ]
    point = point_of(place.code, gazetteer)
    if point is None:
        where = say("tanpa koordinat di gazetir", "no coordinates in the gazetteer")
    elif point[0] != place.code:
        where = say("titik: ", "point: ") + short_name(point[0], gazetteer)
    else:
        where = ""
    return Row(
        number=number,
        mark=mark_of(place, number),
        code=place.code,
        name=hierarchy(place.code, gazetteer, say),
        role=place.role,
        percent=round(100 * place.confidence),
        ambiguous=place.ambiguous,
        others=tuple(
            (code, hierarchy(code, gazetteer, say), round(100 * weight)) for code, weight in place.alternatives
        ),
        why=tuple(dict.fromkeys(_why(slug, word, say) for mention in one.sightings for slug, word in mention.why)),
        mentions=tuple(seen[:MENTIONS_LISTED]),
        more=max(0, len(seen) - MENTIONS_LISTED),
        point=where,
    )


def _why(slug: str, word: str, say: Say) -> str:
    return say(*REASONS[slug]).replace("{}", word.replace("_", " "))


def _role(role: PlaceRole, say: Say) -> tuple[str, str]:
    indonesian, meaning, english, gloss = ROLES[role]
    return say(indonesian, english), say(meaning, gloss)


def short_name(code: str, gazetteer: Gazetteer) -> str:
    """Return a unit's name with its type word as newspapers shorten it: *Kec. Talawi*, *Kab. Agam*, *Kota Solok*."""
    unit = gazetteer.unit(code)
    if unit.level is Level.PROVINCE:
        return unit.name
    return f"{SHORT.get(unit.kind, unit.kind)} {unit.name}"


def hierarchy(code: str, gazetteer: Gazetteer, say: Say) -> str:
    """Return a unit with all that it lies in: *Kec. Talawi, Kota Sawahlunto, Provinsi Sumatera Barat*."""
    *below, province = (short_name(item, gazetteer) for item in lineage(code))
    return ", ".join([*below, say("Provinsi ", "Province of ") + province])


def _map_name(provinces: Iterable[str], gazetteer: Gazetteer, say: Say) -> str:
    names = [gazetteer.name(code) for code in provinces]
    return ", ".join(names) if len(names) <= 5 else say("Indonesia", "Indonesia")
