"""Codes and names that administrative units had before, and which unit a new one was cut from.

An archive, a user's list or another office's table may say 91.01 for Merauke (93.01 since the Papua splits of 2022), or
Kabupaten Mamuju Utara for Pasangkayu. Three tables answer: ``former_codes.tsv.gz`` (an older edition set against the
present one by `scripts/build_gazetteer.py`), ``former_names.tsv`` and ``splits.tsv`` (both by hand, from the laws that
they name). What is older than these tables reach is an error that says so, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class FormerUnit:
    """What a unit was before.

    ``code`` and ``name`` are as they were (*91.01*, *Kab. Merauke*). ``now`` is the unit's present code. ``until`` is
    the day (``2022-07-25``) or the year (``2014``) of the law that ended it; None where only an edition is known in
    which it still stood. ``source`` is that law or edition.
    """

    code: str
    name: str
    now: str
    until: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Split:
    """A province or kabupaten/kota that was cut out of another: since which day or year, by which law."""

    code: str
    out_of: str
    since: str
    source: str


class OlderUnits:
    """The three tables, looked up by code; made by `read_older_units`."""

    def __init__(self, codes: Mapping[str, FormerUnit], names: Iterable[FormerUnit], splits: Mapping[str, Split]):
        self._codes = dict(codes)
        self._splits = dict(splits)
        self._former: dict[str, list[FormerUnit]] = {}
        for unit in (*names, *self._codes.values()):
            self._former.setdefault(unit.now, []).append(unit)

    def __len__(self) -> int:
        return len(self._codes)

    def by_code(self, code: str) -> FormerUnit | None:
        """Return the unit that had a code which is no longer in use; None where the table does not know it."""
        return self._codes.get(code)

    def former(self, code: str) -> tuple[FormerUnit, ...]:
        """Return what the unit of a present code was before, the latest first; empty where nothing is known."""
        found = self._former.get(code, ())
        return tuple(sorted(found, key=lambda unit: unit.until or "", reverse=True))

    def split(self, code: str) -> Split | None:
        """Return what a province or kabupaten/kota was cut out of; None where the table has no such law."""
        return self._splits.get(code)

    def covered_by(self, code: str, day: date) -> str:
        """Return the unit of the same level whose land this was on a day, by its present code.

        *93* (Papua Selatan) on a day of 2021 is *91*; *16.13* (Musi Rawas Utara) in 2010 is *16.05*. A law of which
        only the year is known holds from that year's last day.
        """
        split = self._splits.get(code)
        while split is not None and day.isoformat() < whole_day(split.since):
            code = split.out_of
            split = self._splits.get(code)
        return code


def whole_day(when: str) -> str:
    """Return a day as it is and a year as its last day, both in ISO 8601, so that they can be compared."""
    return f"{when}-12-31" if len(when) == len("2012") else when


def read_rows(lines: Iterable[str], columns: int, where: Path) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table, comments left out; SettingsError names the line that has other columns."""
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        row = tuple(line.split("\t"))
        if len(row) != columns:
            raise SettingsError(
                "a row of this table has too few or too many columns, with tabs between", where=f"{where}:{number}"
            )
        yield row


def read_older_units(
    codes: Iterable[tuple[str, ...]], names: Iterable[tuple[str, ...]], splits: Iterable[tuple[str, ...]]
) -> OlderUnits:
    """Return the three tables of their rows: (code, name, now, until, source), (code, name, until, source), a split."""
    units = {code: FormerUnit(code, name, now, until or None, source) for code, name, now, until, source in codes}
    renamed = (FormerUnit(code, name, code, until or None, source) for code, name, until, source in names)
    cut = {code: Split(code, out_of, since, source) for code, out_of, since, source in splits}
    return OlderUnits(units, renamed, cut)


__all__ = ["FormerUnit", "OlderUnits", "Split", "read_older_units", "read_rows", "whole_day"]
