"""Alerts as JSON Feed 1.1 (jsonfeed.org/version/1.1), machine fields under ``_kentongan``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feeds import Channel
    from feeds.items import AlertItem


def jsonfeed(items: Sequence[AlertItem], channel: Channel) -> bytes:
    """Return the feed as UTF-8 JSON, the newest alert first."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.description,
        "feed_url": channel.url_of("jsonfeed"),
        "language": "id",
        "authors": [{"name": "Kentongan"}],
        "items": [entry(item) for item in items],
    }
    return (json.dumps(feed, ensure_ascii=False, indent=1) + "\n").encode()


def entry(item: AlertItem) -> dict[str, Any]:
    """Return one alert as an item of a feed: what a webhook is sent, too."""
    made: dict[str, Any] = {
        "id": item.alert.uid,
        "title": item.headline,
        "content_text": item.body,
        "date_published": item.alert.first_raised_at.isoformat(),
        "date_modified": item.alert.at.isoformat(),
        "tags": list(item.incident.signals),
        "language": "id",
        "_kentongan": facts(item),
    }
    if item.link:
        made["url"] = item.link
    return made


def facts(item: AlertItem) -> dict[str, Any]:
    """Return the machine-readable fields of an alert, the same in every JSON format."""
    incident, time = item.incident, item.incident.event_time
    return {
        "incident_id": incident.id,
        "revisi": item.alert.revision,
        "keadaan": item.alert.state,
        "dicabut": item.alert.state == "cancelled",
        "latihan": item.alert.exercise,
        "status": item.status,
        "sinyal": list(incident.signals),
        "modalitas": str(incident.modality),
        "tingkat": incident.severity,
        "tingkat_nama": item.severity_name,
        "alasan_tingkat": [{"alasan": why, "poin": points} for why, points in item.points],
        "urgensi": str(incident.urgency),
        "tempat": [{"kode": place.code, "nama": place.name} for place in item.places],
        "waktu_kejadian": None if time is None else {"mulai": time.start.isoformat(), "akhir": time.end.isoformat()},
        "pertama_terlihat": incident.first_seen.isoformat(),
        "sumber_mandiri": incident.independent_sources,
        "sebaran": incident.spread,
        "tahapan": item.stage,
        "penangan": list(item.contacts),
        "sumber": [
            {
                "media": source.outlet,
                "url": source.url,
                "tier": source.tier,
                "salinan": source.is_copy,
                "pertama_terlihat": source.first_seen.isoformat(),
                "terbit": source.published.isoformat() if source.published else None,
            }
            for source in item.sources
        ],
    }
