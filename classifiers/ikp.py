"""Bawaslu's Indeks Kerawanan Pemilu: its dimensions, and which signals stand under which, read from ``ikp.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

REFERENCE = Path(__file__).resolve().parent.parent / "data" / "reference" / "ikp.toml"


@dataclass(frozen=True, slots=True)
class SubDimension:
    """One of the twelve; ``signals`` are slugs, none where the watch has no signal for it."""

    slug: str
    name: str
    signals: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the four; ``note`` says in Indonesian what news cannot tell of it."""

    slug: str
    name: str
    parts: tuple[SubDimension, ...]
    note: str = ""

    @property
    def signals(self) -> frozenset[str]:
        """The slugs under any of its sub-dimensions."""
        return frozenset(signal for part in self.parts for signal in part.signals)


@dataclass(frozen=True, slots=True)
class Ikp:
    """An edition of the index, with the source that is to be named beside it."""

    edition: str
    source: str
    dimensions: tuple[Dimension, ...]

    def of(self, signals: Iterable[str]) -> tuple[str, ...]:
        """Return the slugs of the dimensions that any of ``signals`` stands under, in the index's own order."""
        mine = set(signals)
        return tuple(dimension.slug for dimension in self.dimensions if mine & dimension.signals)


@cache
def load_ikp(path: Path = REFERENCE) -> Ikp:
    """Read an edition; SettingsError names the file and what is missing in it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"the dimensions of the IKP cannot be read: {error}", where=str(path)) from error
    try:
        dimensions = tuple(_dimension(entry) for entry in table["dimensi"])
        return Ikp(table["edisi"], table["sumber"], dimensions)
    except KeyError as error:
        raise SettingsError(f"{error.args[0]} missing", where=str(path)) from error


def _dimension(entry: dict[str, Any]) -> Dimension:
    parts = tuple(
        SubDimension(part["slug"], part["nama"], tuple(part["sinyal"]), part.get("catatan", ""))
        for part in entry["sub"]
    )
    return Dimension(entry["slug"], entry["nama"], parts, entry.get("catatan", ""))
