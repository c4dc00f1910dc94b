"""Alerts as an Atom feed (RFC 4287) with GeoRSS points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedgen.feed import FeedGenerator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feeds import Channel
    from feeds.items import AlertItem


def atom(items: Sequence[AlertItem], channel: Channel) -> bytes:
    """Return the feed as UTF-8 XML, the newest alert first; an entry keeps its id over all revisions."""
    feed = FeedGenerator()
    feed.load_extension("geo", atom=True, rss=False)
    feed.id(f"tag:{channel.authority},2024:kentongan:alerts")
    feed.title(channel.title)
    feed.subtitle(channel.description)
    feed.author(name="Kentongan")
    feed.language("id")
    feed.link(href=channel.url_of("atom"), rel="self", type="application/atom+xml")
    feed.updated(max((item.alert.at for item in items), default=channel.now))
    for item in items:
        entry = feed.add_entry(order="append")
        entry.id(item.alert.uid)
        entry.title(item.headline)
        entry.published(item.alert.first_raised_at)
        entry.updated(item.alert.at)
        entry.content(item.body, type="text")
        if item.link:
            entry.link(href=item.link, rel="alternate", hreflang="id")
        terms = [
            *item.incident.signals,
            f"tingkat:{item.incident.severity}",
            f"urgensi:{item.incident.urgency}",
            f"status:{item.status.replace(' ', '_')}",
            *(f"wilayah:{place.code}" for place in item.places),
        ]
        entry.category([{"term": term} for term in terms])
        point = next((place.point for place in item.places if place.point), None)
        if point:
            entry.geo.point(f"{point[0]:.5f} {point[1]:.5f}")
    document: bytes = feed.atom_str(pretty=True)
    return document
