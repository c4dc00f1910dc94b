"""Alerts as CSV (RFC 4180) for spreadsheets: one row an alert, columns in Indonesian."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feeds import Channel
    from feeds.items import AlertItem

COLUMNS = (
    "id", "revisi", "keadaan", "status", "tingkat", "tingkat_nama", "urgensi", "sinyal", "modalitas", "kode_wilayah",
    "tempat", "waktu_kejadian", "pertama_terlihat", "judul", "media", "url", "sumber_mandiri", "sebaran", "penangan",
    "latihan",
)  # fmt: skip


def spreadsheet(items: Sequence[AlertItem], channel: Channel) -> bytes:  # noqa: ARG001  # every format has one signature
    """Return the table as UTF-8 with a byte order mark, without which spreadsheets read it as another encoding."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for item in items:
        incident = item.incident
        row = (
            item.alert.uid,
            str(item.alert.revision),
            item.alert.state,
            item.status,
            str(incident.severity),
            item.severity_name,
            str(incident.urgency),
            ", ".join(incident.signals),
            str(incident.modality),
            ", ".join(place.code for place in item.places),
            item.place_names,
            item.event_time,
            item.shown(incident.first_seen),
            item.title,
            item.sources[0].outlet if item.sources else "",
            item.link or "",
            str(incident.independent_sources),
            str(incident.spread),
            ", ".join(item.contacts),
            "ya" if item.alert.exercise else "tidak",
        )
        writer.writerow([harmless(cell) for cell in row])
    return ("\ufeff" + text.getvalue()).encode()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: a quote before = + - @ tab and CR (ASVS 5.0, 1.2.10)."""
    return "'" + cell if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
