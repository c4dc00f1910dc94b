"""CSV (RFC 4180) for spreadsheets: a label a row, or a text that is to be labelled.

A cell that a spreadsheet would take for a formula gets a quote before it (ASVS 5.0, 1.2.10), and one that begins with
a quote another: reading takes off what writing put on, and only that. Columns are found by their names, in any order;
commas, semicolons (what an Indonesian Excel writes) and tabs part them.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from data.errors import InputError
from data.exchange import Given, Wrong
from data.exchange.fields import decoded, given, of_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from data.exchange import Entry

COLUMNS = (
    "article", "revision", "annotator", "labelled_at", "kind", "signals", "optional", "modality", "severity", "negasi",
    "historis", "note", "title", "text", "source", "published", "url",
)  # fmt: skip
NEEDED = ("article", "modality")
SAID = ("signals", "modality", "severity", "optional")
LONGEST_CELL = 16 << 20
"""Letters of one cell; csv's own 128 thousand would refuse the longest articles."""

GUARD = "'"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", GUARD)


def write(entries: Iterable[Entry], slugs: Sequence[str]) -> bytes:  # noqa: ARG001  # every format has one signature
    """Return the table as UTF-8 with a byte order mark, without which spreadsheets read it as another encoding."""
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        text = entry.text
        for label in entry.labels or (None,):
            fields: dict[str, Any] = {
                **of_label(label),
                "article": text.article_id,
                "revision": text.revision,
                "title": text.title,
                "text": text.text,
                "source": text.source,
                "published": text.published.isoformat() if text.published else "",
                "url": text.url,
            }
            writer.writerow([guarded(_cell(fields.get(name))) for name in COLUMNS])
    return ("\ufeff" + table.getvalue()).encode("utf-8", "surrogatepass")


def read(raw: bytes, slugs: Sequence[str]) -> Iterator[Given | Wrong]:
    """Yield each row's label; empty rows are no rows. Raises InputError where the first row does not name the columns.

    A row's line is that on which it begins, as an editor counts.
    """
    text = decoded(raw)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        head = [guardless(cell).strip().lower() for cell in next(reader, [])]
    except csv.Error as error:
        raise InputError(f"is no CSV: {error}") from error
    missing = [name for name in NEEDED if name not in head]
    if missing:
        raise InputError(f"the first row names no column {', '.join(missing)}; it must name the columns")
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # Where a quotation is not closed nothing after it can be told apart.
            yield Wrong(number, f"is no CSV from here on: {error}")
            return
        if not any(cell.strip() for cell in row):
            continue
        try:
            yield _given(number, dict(zip(head, map(guardless, row), strict=False)), len(row) - len(head), slugs)
        except InputError as error:
            yield Wrong(number, str(error))


def _given(number: int, fields: dict[str, str], more: int, slugs: Sequence[str]) -> Given:
    if more > 0:
        raise InputError(f"has {more} cells more than there are columns; a cell with a comma needs quotation marks")
    if not any(fields.get(name, "").strip() for name in SAID):
        raise InputError("has no label yet")
    return given(number, fields, slugs)


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return GUARD + cell if cell.startswith(FORMULA) else cell


def guardless(cell: str) -> str:
    """Return what `guarded` was given."""
    return cell[1:] if cell.startswith(GUARD) and cell[1:].startswith(FORMULA) else cell


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return " ".join(value) if isinstance(value, list) else str(value)


def _delimiter(text: str) -> str:
    """Return what parts the names in the first line."""
    head = text.partition("\n")[0]
    return max((",", ";", "\t"), key=head.count)
