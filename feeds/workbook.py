"""Alerts as an Excel workbook (Office Open XML): the table of `feeds.spreadsheet`, and a sheet on what it is.

Texts are written as texts, never parsed: what begins with = + - @ stays what it is, and no address becomes a link by
itself. Rows go to a temporary file as they come, so that a hundred thousand of them take no more memory than one.
"""

from __future__ import annotations

import tempfile
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from feeds import changed_last
from feeds.clean import line_of
from feeds.items import DRILL
from feeds.spreadsheet import COLUMNS, row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from feeds import Channel
    from feeds.items import AlertItem

LONGEST_CELL: Final = 32_767
MOST_ROWS: Final = 1_048_575
"""What the format allows of a cell, and of rows below the heading."""
BYTES_AT_ONCE: Final = 1 << 18
WIDTHS: Final = {"judul": 70, "kutipan": 60, "tempat": 40, "url": 40, "sinyal_nama": 30, "alasan_tingkat": 40, "id": 30}


def workbook(items: Iterable[AlertItem], channel: Channel) -> Iterator[bytes]:
    """Yield the workbook; what a sheet has no room for stands on another."""
    updated, items = changed_last(items, channel)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, options)
        created = updated.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": line_of(channel.heading), "author": "Kentongan", "created": created})
        formats = {"head": book.add_format({"bold": True, "bottom": 1}), "strong": book.add_format({"bold": True})}
        _about(book, formats, channel, updated)
        _alerts(book, formats, items, channel)
        book.close()
        file.seek(0)
        while piece := file.read(BYTES_AT_ONCE):
            yield piece


def _about(book: Any, formats: dict[str, Any], channel: Channel, updated: datetime) -> None:
    sheet = book.add_worksheet("Keterangan")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 110, book.add_format({"text_wrap": True}))
    lines = [("LATIHAN", DRILL)] if channel.exercise else []
    lines += [
        ("Judul", channel.heading),
        ("Isi", channel.description),
        ("Keadaan per", updated.isoformat(timespec="seconds")),
        ("Sumber", channel.source),
        ("Ketentuan", channel.rights),
        ("Koreksi", channel.corrections),
    ]
    lines += [("Lisensi", channel.rights_url)] if channel.rights_url else []
    lines += [("Kontak", channel.contact)] if channel.contact else []
    for row, (name, text) in enumerate(lines):
        sheet.write_string(row, 0, name, formats["strong"])
        sheet.write_string(row, 1, line_of(text)[:LONGEST_CELL])


def _alerts(book: Any, formats: dict[str, Any], items: Iterable[AlertItem], channel: Channel) -> None:
    sheet, row = _sheet(book, formats, 1), 0
    sheets = 1
    for item in items:
        if row == MOST_ROWS:
            sheets += 1
            sheet, row = _sheet(book, formats, sheets), 0
        row += 1
        for at, value in enumerate(row_of(item.told(), channel)):
            if isinstance(value, str):
                sheet.write_string(row, at, value[:LONGEST_CELL])
            elif value is not None:
                sheet.write_number(row, at, value)
    sheet.autofilter(0, 0, row, len(COLUMNS) - 1)


def _sheet(book: Any, formats: dict[str, Any], number: int) -> Any:
    sheet = book.add_worksheet("Peringatan" if number == 1 else f"Peringatan {number}")
    sheet.freeze_panes(1, 1)
    for at, name in enumerate(COLUMNS):
        sheet.set_column(at, at, WIDTHS.get(name, 14))
        sheet.write_string(0, at, name, formats["head"])
    return sheet
