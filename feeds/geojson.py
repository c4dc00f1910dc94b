"""Alerts as GeoJSON (RFC 7946): a feature per alert, at the point of its finest place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from feeds.jsonfeed import facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feeds import Channel
    from feeds.items import AlertItem


def geojson(items: Sequence[AlertItem], channel: Channel) -> bytes:  # noqa: ARG001  # every format has one signature
    """Return a FeatureCollection as UTF-8 JSON; the geometry is null where no place is known (RFC 7946, 3.2).

    A point stands for the whole unit (the median of its desa points): ``presisi`` says how deep the unit lies.
    """
    collection = {"type": "FeatureCollection", "features": [_feature(item) for item in items]}
    return (json.dumps(collection, ensure_ascii=False, indent=1) + "\n").encode()


def _feature(item: AlertItem) -> dict[str, Any]:
    place = next((place for place in item.places if place.point), None)
    geometry = None
    if place is not None and place.point is not None:
        # RFC 7946, 3.1.1: longitude first.
        geometry = {"type": "Point", "coordinates": [round(place.point[1], 5), round(place.point[0], 5)]}
    levels = {2: "provinsi", 5: "kabkota", 8: "kecamatan", 13: "desa"}
    return {
        "type": "Feature",
        "id": item.alert.uid,
        "geometry": geometry,
        "properties": {
            "judul": item.headline,
            "url": item.link,
            "presisi": levels.get(len(place.code)) if place else None,
            **facts(item),
        },
    }
