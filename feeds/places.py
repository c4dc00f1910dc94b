"""The places of texts as GeoJSON (RFC 7946): a feature per place, with role, certainty, alternatives and mentions.

Made for geographic programs (QGIS, geojson.io, PostGIS) and for checking: each mention has its span, in code points of
the title or text. WGS 84, longitude first, six decimals (0.1 m: more than the medians are worth, RFC 7946, 11.2).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from data.gazetteer import Level, level_of, parent_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from data.gazetteer import Gazetteer
    from data.records import FoundPlace

DECIMALS: Final = 6
LEVEL_NAMES: Final = {
    Level.PROVINCE: "provinsi",
    Level.KABKOTA: "kabkota",
    Level.KECAMATAN: "kecamatan",
    Level.DESA: "desa",
}
NO_POINT: Final = "the gazetteer has no coordinates for this unit, nor for any that it lies in"
"""Why a feature has no geometry: written beside it, since RFC 7946, 3.2 only allows it to be null."""


def full_name(code: str, gazetteer: Gazetteer) -> str:
    """Return a unit's name with all that it lies in: *Kecamatan Talawi, Kota Sawahlunto, Sumatera Barat*."""
    return ", ".join(gazetteer.name(item) for item in lineage(code))


def lineage(code: str) -> Iterator[str]:
    """Yield a code and the codes above it, the province last."""
    current: str | None = code
    while current:
        yield current
        current = parent_of(current)


def point_of(code: str, gazetteer: Gazetteer) -> tuple[str, float, float] | None:
    """Return the nearest unit upwards that has a point, with latitude and longitude; None where none has.

    A desa has none of its own as yet: its kecamatan's stands for it, and whoever draws it should say so.
    """
    for item in lineage(code):
        unit = gazetteer.unit(item)
        if unit.lat is not None and unit.lon is not None:
            return item, unit.lat, unit.lon
    return None


def place_features(
    found: Iterable[FoundPlace], title: str, text: str, gazetteer: Gazetteer, *, article: str | int | None = None
) -> Iterator[dict[str, Any]]:
    """Yield a GeoJSON feature for each place of one text, in order; ``article`` is the id that each carries.

    Ids are the place's code, behind the article's where there is one; the second place of a code (a city named outright
    and two that could not be told apart in its province) has a number behind it.
    """
    used: dict[str, int] = {}
    for one in found:
        code = one.place.code
        used[code] = used.get(code, 0) + 1
        name = code if used[code] == 1 else f"{code}~{used[code]}"
        point = point_of(code, gazetteer)
        properties = _properties(one, title, text, gazetteer)
        if point is None:
            properties |= {"point_of": None, "no_point": NO_POINT}
        else:
            properties["point_of"] = point[0]
        if article is not None:
            name, properties = f"{article}/{name}", {"article": article} | properties
        yield {"type": "Feature", "id": name, "geometry": _geometry(point), "properties": properties}


def _geometry(point: tuple[str, float, float] | None) -> dict[str, Any] | None:
    if point is None:
        return None
    _, latitude, longitude = point
    return {"type": "Point", "coordinates": [round(longitude, DECIMALS), round(latitude, DECIMALS)]}


def _properties(one: FoundPlace, title: str, text: str, gazetteer: Gazetteer) -> dict[str, Any]:
    place = one.place
    return {
        "code": place.code,
        "name": place.name,
        "full_name": full_name(place.code, gazetteer),
        "level": LEVEL_NAMES[level_of(place.code)],
        "bps": gazetteer.bps(place.code),
        "role": place.role.value,
        "confidence": round(place.confidence, 4),
        "ambiguous": place.ambiguous,
        "alternatives": [
            {"code": code, "name": full_name(code, gazetteer), "weight": round(weight, 4)}
            for code, weight in place.alternatives
        ],
        "zone": place.zone,
        "start": place.start,
        "end": place.end,
        "mentions": mentions_of(one, title, text),
    }


def mentions_of(one: FoundPlace, title: str, text: str) -> list[dict[str, Any]]:
    """Return the mentions of a place as JSON has them: zone, span, the words, and what spoke for it."""
    sources = {"title": title, "text": text}
    return [
        {
            "zone": seen.zone,
            "start": seen.start,
            "end": seen.end,
            "text": sources[seen.zone][seen.start : seen.end],
            "why": [f"{slug}: {word}" if word else slug for slug, word in seen.why],
        }
        for seen in one.sightings
    ]


def collection(features: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Yield a FeatureCollection as UTF-8 JSON piece by piece, a line per feature: never all of them in memory."""
    yield b'{"type":"FeatureCollection","features":['
    before = b"\n"
    for feature in features:
        yield before + json.dumps(feature, ensure_ascii=False, allow_nan=False).encode("utf-8")
        before = b",\n"
    yield b"\n]}\n"


def geojson_of(features: Sequence[dict[str, Any]]) -> bytes:
    """Return a FeatureCollection whole."""
    return b"".join(collection(features))
