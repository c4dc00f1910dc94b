"""Alerts as a table, a row an alert, columns in Indonesian: as CSV (RFC 4180) here, as Excel in `feeds.workbook`."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import TYPE_CHECKING

from feeds.items import STATE_NAMES
from feeds.markup import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feeds import Channel
    from feeds.items import AlertItem, Told

COLUMNS = (
    "id", "revisi", "keadaan", "status", "latihan", "tingkat", "tingkat_nama", "urgensi", "sinyal", "sinyal_nama",
    "modalitas", "kode_wilayah", "kode_bps", "tempat", "lintang", "bujur", "waktu_kejadian", "pertama_terlihat",
    "terbit", "diperbarui", "judul", "kutipan", "media", "url", "sumber_mandiri", "sebaran", "salinan", "tautan_lain",
    "alasan_tingkat", "ditandai_karena", "tahapan", "penangan", "catatan", "ketentuan",
)  # fmt: skip

Value = str | int | float | None
"""What a cell holds; None where nothing is known."""


def row_of(told: Told, channel: Channel) -> tuple[Value, ...]:
    """Return an alert as a row, by ``COLUMNS``: moments on the desk's clock, several values behind one another."""
    where = told.point
    point = where.point if where and where.point else (None, None)
    return (
        told.uid,
        told.revision,
        STATE_NAMES[told.state],
        told.status,
        "ya" if told.exercise else "tidak",
        told.severity,
        told.severity_name,
        told.urgency,
        ", ".join(told.signals),
        "; ".join(told.signal_names),
        told.modality,
        ", ".join(place.code for place in told.places),
        ", ".join(place.bps for place in told.places if place.bps),
        told.place_names,
        *(None if degrees is None else round(degrees, 5) for degrees in point),
        told.event_time,
        told.shown(told.first_seen),
        told.shown(told.raised_at),
        told.shown(told.at),
        told.marked_title,
        " ".join(f"“{quote}”" for quote in told.quotes),
        "; ".join(dict.fromkeys(source.outlet for source in told.sources)),
        told.link,
        told.independent_sources,
        told.spread,
        told.copies,
        " ".join(source.url for source in told.sources if source.url and source.url != told.link),
        "; ".join(f"{why} ({points:+d})" for why, points in told.points),
        "; ".join(told.why),
        told.stage,
        ", ".join(told.contacts),
        told.reason,
        channel.rights_url or channel.rights,
    )


def spreadsheet(items: Iterable[AlertItem], channel: Channel) -> Iterator[bytes]:
    """Yield the table as UTF-8 with a byte order mark, without which spreadsheets read it as another encoding."""
    yield "\ufeff".encode() + _csv([COLUMNS])
    rest = iter(items)
    while rows := [row_of(item.told(), channel) for item in islice(rest, AT_ONCE)]:
        yield _csv(rows)


def _csv(rows: Iterable[tuple[Value, ...]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return text.getvalue().encode()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: a quote before = + - @ tab and CR (ASVS 5.0, 1.2.10)."""
    return "'" + cell if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
