"""A report as a document: what every writer (page, Word, workbook, plain text) writes from.

The figures are put into it once; so all formats say the same. Frozen, and made of nothing but texts, numbers, times and
tuples: the same report has the same `content_hash` on any machine.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from feeds.reports.wording import Cell, long_day, moment, written

if TYPE_CHECKING:
    from feeds.reports.drawing import Drawing

Tone = Literal["plain", "lead", "note", "warning", "quote"]
Kind = Literal["text", "number", "moment", "level"]

MADE_ON = "{tanggal dibuat}"
"""In a fact of the head: the day on which this revision was made stands there, which is no part of what it says."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``tone`` says how it stands out."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Items:
    """A list of points; ``numbered`` where others may refer to them."""

    texts: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values, one below the other."""

    rows: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A place that a person fills in: what is asked, and how many lines are left free."""

    text: str
    lines: int = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what kind of cells it has, and whether only a workbook has room for it."""

    name: str
    kind: Kind = "text"
    workbook_only: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``sheet`` is its name in a workbook (at most 31 characters), ``total`` the row of sums (None: none).

    ``empty`` stands in place of a table without rows.
    """

    sheet: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    empty: str = "Tidak ada."

    def printed(self) -> Table:
        """Return it without the columns that only a workbook has room for."""
        kept = [at for at, column in enumerate(self.columns) if not column.workbook_only]
        return replace(
            self,
            columns=tuple(self.columns[at] for at in kept),
            rows=tuple(tuple(row[at] for at in kept) for row in self.rows),
            total=None if self.total is None else tuple(self.total[at] for at in kept),
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart or map, the words that stand for it, and the table of what it shows (None: the table is beside it)."""

    name: str
    caption: str
    alt: str
    drawing: Drawing
    table: Table | None = None


Block = Paragraph | Items | Facts | Prompt | Table | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it; ``level`` 2 or 3."""

    heading: str
    blocks: tuple[Block, ...]
    level: int = 2


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report, with its short form for a messenger (a text of few lines).

    ``kind`` is its name in ``feeds.REPORTS``, ``subject`` the day, week or incident it is about, ``area`` a code or "".
    ``letterhead`` are the lines at the head. ``exercise`` marks a drill. ``revision`` counts from 1.
    """

    kind: str
    subject: str
    area: str
    title: str
    subtitle: str
    letterhead: tuple[str, ...]
    classification: str
    facts: Facts
    sections: tuple[Section, ...]
    short: str
    timezone: str
    exercise: bool = False
    revision: int = 1
    made_at: datetime = EPOCH
    made_by: str = ""
    closing: tuple[str, ...] = field(default=())

    @property
    def content_hash(self) -> str:
        """Return the SHA-256 of what it says, without revision, maker and time of making."""
        bare = replace(self, revision=0, made_at=EPOCH, made_by="")
        return hashlib.sha256(repr(bare).encode("utf-8", "backslashreplace")).hexdigest()

    @property
    def head(self) -> Facts:
        """Return the facts at its head, with the day on which it was made."""
        day = long_day(self.made_at.astimezone(ZoneInfo(self.timezone)).date())
        return Facts(tuple((name, day if value == MADE_ON else value) for name, value in self.facts.rows))

    @property
    def imprint(self) -> str:
        """Return by whom and when it was made, and which revision it is."""
        return f"Dibuat {moment(self.made_at, self.timezone)} oleh {self.made_by}. Revisi {self.revision}."

    @property
    def tables(self) -> tuple[Table, ...]:
        """Return its tables in order, those beside pictures too."""
        found: list[Table] = []
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Table):
                    found.append(block)
                elif isinstance(block, Picture) and block.table is not None:
                    found.append(block.table)
        return tuple(found)


def plain_text(document: Document) -> str:
    """Return the whole document as plain text: what a test, a diff or a screen reader reads first."""
    zone = document.timezone
    lines = [*document.letterhead, "", document.title, document.subtitle, ""]
    lines += [f"{name}: {written(value, zone)}" for name, value in document.head.rows]
    for section in document.sections:
        lines += ["", section.heading.upper()]
        for block in section.blocks:
            lines += _lines(block, zone)
    return "\n".join([*lines, "", document.imprint, *document.closing]).strip() + "\n"


def _lines(block: Block, zone: str) -> list[str]:
    if isinstance(block, Paragraph):
        return [block.text]
    if isinstance(block, Items):
        return [f"{at}. {text}" if block.numbered else f"- {text}" for at, text in enumerate(block.texts, 1)]
    if isinstance(block, Facts):
        return [f"{name}: {written(value, zone)}" for name, value in block.rows]
    if isinstance(block, Prompt):
        return [block.text, *["." * 60] * block.lines]
    if isinstance(block, Picture):
        return [f"[{block.alt}]", *(_lines(block.table, zone) if block.table else [])]
    block = block.printed()
    if not block.rows:
        return [f"{block.caption}: {block.empty}"]
    rows = [*block.rows, *([block.total] if block.total else [])]
    return [block.caption, " | ".join(column.name for column in block.columns)] + [
        " | ".join(written(cell, zone) for cell in row) for row in rows
    ]
