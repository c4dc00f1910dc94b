"""The administrative units of Indonesia by Kemendagri code, with aliases: what place names are resolved against.

38 provinces, 514 kabupaten/kota, 7,285 kecamatan and 83,762 desa-level units of Kepmendagri 300.2.2-2138/2025, read
from ``data/reference/gazetteer`` (its SOURCES.md names editions and licences; ``scripts/build_gazetteer.py`` rebuilds
it). Kept as two parallel lists sorted by code, not as 91,599 objects: loading takes about 0.1 s and 30 MB; a `Unit`
is made when one is asked for. Codes and names that units had before, and the codes of BPS, are read with it.
"""

from __future__ import annotations

import gzip
from bisect import bisect_left
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import SettingsError, UnknownItemError
from data.older_units import OlderUnits, read_older_units, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from data.older_units import FormerUnit

FOLDER = Path(__file__).resolve().parent / "reference" / "gazetteer"
PAPUA = frozenset({"91", "92", "93", "94", "95", "96"})
CODE_LENGTHS = PROVINCE, KABKOTA, KECAMATAN, DESA = 2, 5, 8, 13
"""The length of the codes of each level, dots included, as in 13, 13.77, 13.77.01 and 13.77.01.1005."""


class Level(IntEnum):
    """How deep a unit lies: 1 province, 2 kabupaten or kota, 3 kecamatan, 4 desa and its like."""

    PROVINCE = 1
    KABKOTA = 2
    KECAMATAN = 3
    DESA = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """One administrative unit.

    ``name`` is the official name without its type word (*Solok*), ``kind`` that word (*Kabupaten*, *Kota*, *Nagari*
    …). ``lat`` and ``lon`` are the median of the desa points below it, in degrees; None at desa level and for nine
    kecamatan. ``timezone`` is an IANA name. ``capital`` is None below kabupaten. ``parent`` is None for a province.
    """

    code: str
    name: str
    kind: str
    level: Level
    parent: str | None
    lat: float | None
    lon: float | None
    timezone: str
    capital: str | None

    @property
    def full_name(self) -> str:
        """Return the name as it is shown: *Kota Solok*, *Kecamatan Talawi*, *Sumatera Barat*."""
        return self.name if self.level is Level.PROVINCE else f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name by which news calls a unit.

    ``codes`` are the units it can mean, the likeliest first. ``kind`` is ``singkatan``, ``ibu_kota``, ``ejaan``,
    ``julukan``, ``lama``, ``tempat`` (a landmark: where it lies), ``lembaga`` (an institution's seat), ``kawasan`` (a
    region: one or more of them), ``batas`` (on the border of all of them) or ``jalan``.
    """

    text: str
    codes: tuple[str, ...]
    kind: str


def level_of(code: str) -> Level:
    """Return the level that a code's shape says; UnknownItemError where it has none."""
    try:
        return Level(CODE_LENGTHS.index(len(code)) + 1)
    except ValueError as error:
        raise UnknownItemError("unit", code, hint="codes look like 13, 13.77, 13.77.01, 13.77.01.1005") from error


def parent_of(code: str) -> str | None:
    """Return the code of the unit above, None for a province."""
    return code.rpartition(".")[0] or None


class Gazetteer:
    """All units and aliases; made by `load_gazetteer`."""

    def __init__(
        self,
        areas: dict[str, tuple[str, ...]],
        village_codes: list[str],
        village_names: list[str],
        aliases: tuple[Alias, ...],
        older: OlderUnits | None = None,
        bps: Mapping[str, str] | None = None,
    ):
        self._areas = areas
        self._village_codes = village_codes
        self._village_names = village_names
        self.aliases = aliases
        self.older = older or OlderUnits({}, (), {})
        self._bps = dict(bps or {})
        self._by_bps = {bps: code for code, bps in self._bps.items()}

    def __len__(self) -> int:
        return len(self._areas) + len(self._village_codes)

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and (code in self._areas or self._village(code) is not None)

    def _village(self, code: str) -> int | None:
        index = bisect_left(self._village_codes, code)
        return index if index < len(self._village_codes) and self._village_codes[index] == code else None

    def unit(self, code: str) -> Unit:
        """Return the unit; UnknownItemError where none has this code, which names the present one of an older code."""
        level = level_of(code)
        zone = self._zone(code)
        if level is Level.DESA:
            index = self._village(code)
            if index is None:
                raise self._unknown(code)
            name = self._village_names[index]
            return Unit(code, name, village_kind(code), level, parent_of(code), None, None, zone, None)
        if code not in self._areas:
            raise self._unknown(code)
        official, lat, lon, _, capital = self._areas[code]
        kind, name = split_kind(code, official)
        latitude, longitude = (float(lat), float(lon)) if lat else (None, None)
        return Unit(code, name, kind, level, parent_of(code), latitude, longitude, zone, capital or None)

    def _unknown(self, code: str) -> UnknownItemError:
        former = self.older.by_code(code)
        if former is not None:
            hint = f"it is an older code of {self.name(former.now)}, which is {former.now} now"
            return UnknownItemError("unit", code, hint=hint)
        above = parent_of(code)
        while above is not None and self.older.by_code(above) is None and above not in self:
            above = parent_of(above)
        if above is None:
            return UnknownItemError("unit", code)
        nearest = self.current(above)
        return UnknownItemError("unit", code, hint=f"the nearest unit above it is {nearest}, {self.name(nearest)}")

    def current(self, code: str) -> str:
        """Return the present code of a unit: the code itself where it is in use, else what became of an older one.

        A code that the ministry has given to another unit since is read as today's. UnknownItemError where neither is
        known; it names the nearest unit above that is.
        """
        if code in self:
            return code
        former = self.older.by_code(code)
        if former is None:
            level_of(code)
            raise self._unknown(code)
        return former.now

    def former(self, code: str) -> tuple[FormerUnit, ...]:
        """Return the codes and names that the unit of a present code had before, the latest first."""
        return self.older.former(code)

    def covered_by(self, code: str, day: date) -> str:
        """Return which unit of the same level this was part of on a day, by its present code; itself where it stood.

        On a day of 2021 *93* is *91*: what news then called Papua. Provinces since 1999, kabupaten/kota since 2007.
        """
        return self.older.covered_by(code, day)

    def bps(self, code: str) -> str | None:
        """Return the code that BPS (the statistics office) has for a unit, without dots; None where it is not known.

        Of the edition of 2020, in which Papua is 94 and Papua Barat 91; the four provinces of 2022 have none, desa
        never.
        """
        return self._bps.get(code)

    def by_bps(self, bps: str) -> str:
        """Return the code of the unit that BPS has under a code of 2, 4 or 7 digits; UnknownItemError without one."""
        try:
            return self._by_bps[bps]
        except KeyError as error:
            hint = "codes of BPS look like 13, 1377, 1377010"
            raise UnknownItemError("unit of BPS", bps, hint=hint) from error

    def _zone(self, code: str) -> str:
        for prefix in (code[:5], code[:2]):
            if prefix in self._areas and self._areas[prefix][3]:
                return self._areas[prefix][3]
        return "Asia/Jakarta"

    def name(self, code: str) -> str:
        """Return the full name of a unit (*Kota Solok*); UnknownItemError where there is none."""
        row = self._areas.get(code)
        if row is None:
            return self.unit(code).full_name
        kind, name = split_kind(code, row[0])
        return name if len(code) == PROVINCE else f"{kind} {name}"

    def point(self, code: str) -> tuple[float, float] | None:
        """Return latitude and longitude of the unit or of the nearest unit above that has them; None where none has."""
        current: str | None = code
        while current:
            row = self._areas.get(current)
            if row is not None and row[1]:
                return float(row[1]), float(row[2])
            current = parent_of(current)
        return None

    def codes(self, level: Level) -> Iterator[str]:
        """Yield the codes of a level in order."""
        if level is Level.DESA:
            yield from self._village_codes
        else:
            yield from (code for code in self._areas if len(code) == CODE_LENGTHS[level - 1])

    def names(self) -> Iterator[tuple[str, str]]:
        """Yield (code, name without type word) of every unit, provinces first, desa last: the input of an automaton."""
        for code, row in self._areas.items():
            yield code, split_kind(code, row[0])[1]
        yield from zip(self._village_codes, self._village_names, strict=True)

    def children(self, code: str) -> tuple[str, ...]:
        """Return the codes directly below; empty for a desa."""
        length = len(code)
        if length >= CODE_LENGTHS[2]:
            first = bisect_left(self._village_codes, code + ".")
            last = bisect_left(self._village_codes, code + "/")  # "/" follows "." in code point order
            return tuple(self._village_codes[first:last]) if length == CODE_LENGTHS[2] else ()
        below = CODE_LENGTHS[CODE_LENGTHS.index(length) + 1]
        return tuple(other for other in self._areas if len(other) == below and other.startswith(code + "."))


def split_kind(code: str, official: str) -> tuple[str, str]:
    """Return the type word and the name without it, for units above desa level."""
    if len(code) == CODE_LENGTHS[0]:
        return "Provinsi", official
    if len(code) == CODE_LENGTHS[1]:
        kind, _, name = official.partition(" ")
        return kind, name.removeprefix("Administrasi ")
    if code[:2] in PAPUA:
        return "Distrik", official
    if code[:2] == "34":
        return ("Kemantren" if code.startswith("34.71") else "Kapanewon"), official
    return "Kecamatan", official


def village_kind(code: str) -> str:
    """Return what a desa-level unit is called where it lies.

    The last four digits start with 1 for a kelurahan. In Sumatera Barat the Mentawai islands, Sawahlunto and
    Pariaman have desa, not nagari.
    """
    if code[9] == "1":
        return "Kelurahan"
    if code[:2] == "13" and code[:5] not in {"13.09", "13.73", "13.77"}:
        return "Nagari"
    if code[:5] in {"73.18", "73.26"}:
        return "Lembang"
    if code[:2] in PAPUA:
        return "Kampung"
    return {"11": "Gampong", "34": "Kalurahan"}.get(code[:2], "Desa")


def read_lines(path: Path) -> list[str]:
    """Return the lines of a table, unzipped; SettingsError where it is missing or broken."""
    try:
        data = path.read_bytes()
        body = gzip.decompress(data) if path.suffix == ".gz" else data
        return body.decode("utf-8").splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise SettingsError(
            "the gazetteer's table cannot be read; rebuild it with scripts/build_gazetteer.py", where=str(path)
        ) from error


def read_aliases(path: Path) -> tuple[Alias, ...]:
    """Return the aliases of a table (text, codes, kind); SettingsError names the line that is wrong."""
    aliases = []
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) != 3:
            raise SettingsError(
                "an alias is a text, its codes and its kind, with tabs between", where=f"{path}:{number}"
            )
        aliases.append(Alias(parts[0], tuple(parts[1].split()), parts[2].strip()))
    return tuple(aliases)


def load_gazetteer(folder: Path = FOLDER) -> Gazetteer:
    """Return the gazetteer read from ``folder``; SettingsError names the table that is missing or broken.

    About 0.1 s; call it once per process.
    """
    areas: dict[str, tuple[str, ...]] = {}
    for line in read_lines(folder / "areas.tsv.gz"):
        code, *rest = line.split("\t")
        areas[code] = tuple(rest)
    ordered = dict(sorted(areas.items(), key=lambda item: (len(item[0]), item[0])))
    codes, names = [], []
    for line in read_lines(folder / "villages.tsv.gz"):
        code, _, name = line.partition("\t")
        codes.append(code)
        names.append(name)
    if any(len(row) != 5 for row in ordered.values()) or not all(names):
        raise SettingsError("a row has too few columns; rebuild with scripts/build_gazetteer.py", where=str(folder))
    aliases = read_aliases(folder / "aliases.tsv")
    spellings = tuple(Alias(row[0], (row[1],), "lama") for row in _rows(folder / "spellings.tsv", 2))
    older = read_older_units(
        _rows(folder / "former_codes.tsv.gz", 5), _rows(folder / "former_names.tsv", 4), _rows(folder / "splits.tsv", 4)
    )
    bps = {row[0]: row[1] for row in _rows(folder / "bps.tsv.gz", 2)}
    return Gazetteer(ordered, codes, names, aliases + spellings, older, bps)


def _rows(path: Path, columns: int) -> Iterator[tuple[str, ...]]:
    return read_rows(read_lines(path), columns, path)
