"""Labels to and from the files of other tools: Label Studio, doccano, spreadsheets, JSONL. Pure: bytes and records.

A format is a module with ``write`` and ``read``. ``read`` gives one `Given` or `Wrong` for each line (task, row) of a
file: nothing is passed over in silence. What is written carries who said it and when, so that it can come back whole;
what comes from elsewhere lacks that, and whoever imports it says whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from data.errors import UnknownItemError
from data.records import Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from data.records import Assessment, LabelKind, Modality, StoredArticle

FORMATS = {
    "label-studio": "data.exchange.label_studio",
    "doccano": "data.exchange.doccano",
    "csv": "data.exchange.rows",
    "jsonl": "data.exchange.lines",
}


@dataclass(frozen=True, slots=True)
class Text:
    """An article revision as other tools see it; ``published`` is aware or None."""

    article_id: int
    revision: int
    title: str
    text: str
    source: str = ""
    url: str = ""
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A text with its labels (() for one that is to be labelled) and, for tools that show it, what the model said."""

    text: Text
    labels: tuple[Label, ...] = ()
    said: Assessment | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """One label as it was read from line ``line``.

    ``annotator`` and ``at`` are None where the file does not say; ``revision`` None means the present one.
    """

    line: int
    article_id: int
    revision: int | None
    annotator: str | None
    at: datetime | None
    signals: tuple[str, ...]
    optional: tuple[str, ...]
    modality: Modality
    severity: int | None
    negasi: bool
    historis: bool
    note: str
    kind: LabelKind

    def label(self, stored: StoredArticle, annotator: str, at: datetime) -> Label:
        """Return the label that it comes to, of a text of the store, by a person and at a time."""
        return Label(
            article_id=stored.id,
            revision=stored.revision,
            annotator=annotator,
            at=at,
            signals=self.signals,
            modality=self.modality,
            optional=self.optional,
            severity=self.severity,
            negasi=self.negasi,
            historis=self.historis,
            note=self.note,
            kind=self.kind,
        )


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that cannot be taken, and why: a sentence that says what to do."""

    line: int
    why: str


class Format(Protocol):
    """What a module of this package offers."""

    def write(self, entries: Iterable[Entry], slugs: Sequence[str]) -> bytes:
        """Return the file; ``slugs`` are the signals in their order."""

    def read(self, raw: bytes, slugs: Sequence[str]) -> Iterator[Given | Wrong]:
        """Yield what each line comes to. Raises InputError for what is no such file."""


def format_named(name: str) -> Format:
    """Return a format by name; UnknownItemError lists those there are."""
    if name not in FORMATS:
        raise UnknownItemError("format", name, hint=f"there are {', '.join(FORMATS)}")
    return cast("Format", import_module(FORMATS[name]))
