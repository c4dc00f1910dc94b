"""A report as a workbook (ISO/IEC 29500) by XlsxWriter: a sheet per table, with real numbers and dates.

Texts are written as texts, never parsed: what begins with = + - @ stays what it is, and no address becomes a link by
itself. Moments stand on the desk's clock, as the headings say, since a workbook knows no zones.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter

from feeds.items import SEVERITY_NAMES
from feeds.reports.document import Facts, Items, Paragraph, Picture, Prompt, Table
from feeds.reports.drawing import LEVEL_COLOURS, png
from feeds.reports.wording import Level, Link, Share, written

if TYPE_CHECKING:
    from feeds.reports.document import Block, Document
    from feeds.reports.wording import Cell

LONGEST_CELL: Final = 32_767
LONGEST_SHEET: Final = 31
"""What the format allows of a cell and of a sheet's name."""
SUMMARY: Final = "Ringkasan"
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
WIDEST, NARROWEST = 60, 7


def workbook(document: Document) -> bytes:
    """Return the document as an .xlsx file: a summary with all that is no table, then the tables."""
    written_ = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "dd-mm-yyyy hh.mm",
    }
    book = xlsxwriter.Workbook(written_, options)
    book.set_properties(
        {
            "title": f"{document.title}: {document.subtitle}",
            "author": document.made_by,
            "subject": document.classification,
            "created": document.made_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    book.set_size(2400, 1400)
    writer = _Writer(book, document)
    writer.summary()
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                writer.table(block)
            elif isinstance(block, Picture) and block.table is not None:
                writer.table(block.table, block)
    book.close()
    return written_.getvalue()


class _Writer:
    """One workbook while it is written; every cell is written by its type, never guessed from its text."""

    def __init__(self, book: Any, document: Document) -> None:
        self._book = book
        self._document = document
        self._names: set[str] = set()
        base = {"font_name": "Calibri", "font_size": 10.5, "valign": "top"}
        self._formats = {
            "text": book.add_format(base | {"text_wrap": True}),
            "number": book.add_format(base | {"num_format": "#,##0"}),
            "decimal": book.add_format(base | {"num_format": "#,##0.00"}),
            "share": book.add_format(base | {"num_format": "0%"}),
            "day": book.add_format(base | {"num_format": "dd-mm-yyyy", "align": "left"}),
            "moment": book.add_format(base | {"num_format": "dd-mm-yyyy hh.mm", "align": "left"}),
            "head": book.add_format(base | {"bold": True, "bg_color": "#F5F4EF", "text_wrap": True, "bottom": 1}),
            "sum": book.add_format(base | {"bold": True, "top": 1, "num_format": "#,##0"}),
            "title": book.add_format(base | {"bold": True, "font_size": 15}),
            "strong": book.add_format(base | {"bold": True, "text_wrap": True}),
            **{
                # A number to sort and count by, which shows its word.
                f"level{level}": book.add_format(
                    base
                    | {"bold": True, "bg_color": colour, "font_color": "#FFFFFF", "align": "left"}
                    | {"num_format": f'0 "{SEVERITY_NAMES[level]}"'}
                )
                for level, colour in enumerate(LEVEL_COLOURS)
            },
        }

    def summary(self) -> None:
        """Write the first sheet: head, facts, and all paragraphs under their headings."""
        sheet, document = self._sheet(SUMMARY), self._document
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 96)
        row = 0
        drill = ("LATIHAN: isi laporan ini bukan kejadian nyata.",) if document.exercise else ()
        for line in (*document.letterhead, *drill):
            sheet.write_string(row, 0, line, self._formats["strong"])
            row += 1
        for line, name in (
            (document.title, "title"),
            (document.subtitle, "strong"),
            (document.classification, "strong"),
        ):
            sheet.write_string(row, 0, line, self._formats[name])
            row += 1
        row += 1
        for name, value in document.head.rows:
            self._pair(sheet, row, name, value)
            row += 1
        for section in document.sections:
            row += 1
            sheet.write_string(row, 0, section.heading, self._formats["strong"])
            row += 1
            for block in section.blocks:
                row = self._written(sheet, row, block)
        row += 1
        for line in (document.imprint, *document.closing):
            sheet.write_string(row, 1, line, self._formats["text"])
            row += 1

    def table(self, block: Table, picture: Picture | None = None) -> None:
        """Write a table on a sheet of its own, its heading frozen, and its picture beside it."""
        sheet = self._sheet(block.sheet)
        sheet.write_string(0, 0, block.caption[:LONGEST_CELL], self._formats["strong"])
        for at, column in enumerate(block.columns):
            sheet.write_string(1, at, column.name, self._formats["head"])
            sheet.set_column(at, at, self._width(block, at))
        for row, values in enumerate(block.rows, 2):
            for at, value in enumerate(values):
                self._cell(sheet, row, at, value)
        last = len(block.rows) + 1
        if not block.rows:
            sheet.write_string(2, 0, block.empty, self._formats["text"])
        elif block.total is not None:
            for at, value in enumerate(block.total):
                self._cell(sheet, last + 1, at, value, "sum")
        sheet.freeze_panes(2, 1)
        if len(block.rows) > 1:
            sheet.autofilter(1, 0, last, len(block.columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(1)
        if picture is not None:
            image = io.BytesIO(png(picture.drawing))
            place = {"image_data": image, "description": picture.alt, "x_scale": 0.48, "y_scale": 0.48}
            sheet.insert_image(1, len(block.columns) + 1, f"{picture.name}.png", place)

    def _sheet(self, name: str) -> Any:
        """Add a sheet under a name that the format allows and that is not there yet."""
        wanted = _NOT_IN_NAMES.sub(" ", name)[:LONGEST_SHEET].strip() or "Tabel"
        chosen, count = wanted, 1
        while chosen.casefold() in self._names:
            count += 1
            chosen = f"{wanted[: LONGEST_SHEET - 4]} ({count})"
        self._names.add(chosen.casefold())
        return self._book.add_worksheet(chosen)

    def _written(self, sheet: Any, row: int, block: Block) -> int:
        """Write a block of the summary and return the row behind it; tables have sheets of their own."""
        text = self._formats["text"]
        if isinstance(block, Paragraph):
            sheet.write_string(row, 1, block.text[:LONGEST_CELL], text)
            return row + 1
        if isinstance(block, Items):
            for at, line in enumerate(block.texts):
                sheet.write_string(row + at, 1, line[:LONGEST_CELL], text)
            return row + len(block.texts)
        if isinstance(block, Facts):
            for at, (name, value) in enumerate(block.rows):
                self._pair(sheet, row + at, name, value)
            return row + len(block.rows)
        if isinstance(block, Prompt):
            sheet.write_string(row, 0, block.text, text)
            return row + 1
        caption = block.table.sheet if isinstance(block, Picture) and block.table else getattr(block, "sheet", "")
        if caption:
            sheet.write_string(row, 1, f"Lihat lembar “{caption}”.", text)
            return row + 1
        return row

    def _pair(self, sheet: Any, row: int, name: str, value: Cell) -> None:
        sheet.write_string(row, 0, name, self._formats["text"])
        self._cell(sheet, row, 1, value)

    def _cell(self, sheet: Any, row: int, at: int, value: Cell, name: str | None = None) -> None:
        """Write a value by its type: a number as a number, a moment as a date, all else as text."""
        formats = self._formats
        if value is None or value == "":
            sheet.write_blank(row, at, None, formats[name or "text"])
        elif isinstance(value, Level):
            sheet.write_number(row, at, value.value, formats[f"level{value.value}"])
        elif isinstance(value, datetime):
            local = value.astimezone(ZoneInfo(self._document.timezone)).replace(tzinfo=None)
            sheet.write_datetime(row, at, local, formats["moment"])
        elif isinstance(value, date):
            sheet.write_datetime(row, at, value, formats["day"])
        elif isinstance(value, Share):
            sheet.write_number(row, at, value.value, formats["share"])
        elif isinstance(value, int):
            sheet.write_number(row, at, value, formats[name or "number"])
        elif isinstance(value, float):
            sheet.write_number(row, at, value, formats[name or "decimal"])
        else:
            text = value.url if isinstance(value, Link) else value
            sheet.write_string(row, at, text[:LONGEST_CELL], formats[name or "text"])

    def _width(self, block: Table, at: int) -> int:
        rows = [*block.rows, *([block.total] if block.total else [])]
        longest = max((len(written(row[at], self._document.timezone)) for row in rows), default=0)
        heading = max(len(word) for word in block.columns[at].name.split())
        return min(WIDEST, max(NARROWEST, longest, heading) + 2)
