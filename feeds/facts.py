"""The machine-readable fields of an alert: the same words in every JSON format, on the desk and in webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from feeds import Channel
    from feeds.items import AlertItem, Told


def facts(item: AlertItem) -> dict[str, Any]:
    """Return the fields of an alert, names masked."""
    return facts_of(item.told())


def facts_of(told: Told) -> dict[str, Any]:
    """Return the fields of an alert that is told already; moments by RFC 3339, points as latitude and longitude."""
    return {
        "incident_id": told.incident_id,
        "revisi": told.revision,
        "keadaan": told.state,
        "dicabut": told.state == "cancelled",
        "latihan": told.exercise,
        "status": told.status,
        "sinyal": list(told.signals),
        "modalitas": told.modality,
        "tingkat": told.severity,
        "tingkat_nama": told.severity_name,
        "alasan_tingkat": [{"alasan": why, "poin": points} for why, points in told.points],
        "urgensi": told.urgency,
        "tempat": [
            {"kode": place.code, "kode_bps": place.bps, "nama": place.name, "titik": list(place.point or ()) or None}
            for place in told.places
        ],
        "waktu_kejadian": None
        if told.event is None
        else {"mulai": told.event[0].isoformat(), "akhir": told.event[1].isoformat()},
        "pertama_terlihat": told.first_seen.isoformat(),
        "kutipan": list(told.quotes),
        "ditandai_karena": list(told.why),
        "sumber_mandiri": told.independent_sources,
        "sebaran": told.spread,
        "salinan": told.copies,
        "tahapan": told.stage,
        "penangan": list(told.contacts),
        "catatan": told.reason or None,
        "sumber": [
            {
                "media": source.outlet,
                "url": source.url,
                "tier": source.tier,
                "salinan": source.is_copy,
                "ditarik": source.withdrawn,
                "pertama_terlihat": source.first_seen.isoformat(),
                "terbit": source.published.isoformat() if source.published else None,
            }
            for source in told.sources
        ],
    }


def terms_of(channel: Channel) -> dict[str, Any]:
    """Return what a feed states of itself, as JSON formats have it."""
    return {
        "about": channel.about or channel.home,
        "latihan": channel.exercise,
        "lisensi": channel.rights,
        "lisensi_url": channel.rights_url or None,
        "sumber": channel.source,
        "koreksi": channel.corrections,
        "kontak": channel.contact or None,
    }
