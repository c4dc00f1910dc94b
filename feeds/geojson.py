"""Alerts as GeoJSON (RFC 7946): a feature per alert, at the point of its finest place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feeds.facts import facts_of, terms_of
from feeds.lines import array, encoded, head_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feeds import Channel
    from feeds.items import AlertItem, Told

LEVELS = {2: "provinsi", 5: "kabkota", 8: "kecamatan", 13: "desa"}
"""How deep a unit lies, by the length of its code."""


def geojson(items: Iterable[AlertItem], channel: Channel) -> Iterator[bytes]:
    """Yield a FeatureCollection as UTF-8 JSON; the geometry is null where no place is known (RFC 7946, 3.2).

    A point stands for the whole unit (the median of its desa points): ``presisi`` says how deep the unit lies. Title
    and terms are foreign members of the collection (RFC 7946, 6.1).
    """
    members = {"type": "FeatureCollection", "title": channel.heading, "_kentongan": terms_of(channel)}
    return array(head_of(members, "features"), (encoded(_feature(item.told())) for item in items))


def _feature(told: Told) -> dict[str, Any]:
    place = told.point
    geometry = None
    if place is not None and place.point is not None:
        # RFC 7946, 3.1.1: longitude first.
        geometry = {"type": "Point", "coordinates": [round(place.point[1], 5), round(place.point[0], 5)]}
    return {
        "type": "Feature",
        "id": told.uid,
        "geometry": geometry,
        "properties": {
            "judul": told.headline,
            "url": told.link,
            "terbit": told.raised_at.isoformat(),
            "diperbarui": told.at.isoformat(),
            "presisi": LEVELS.get(len(place.code)) if place else None,
            **facts_of(told),
        },
    }
