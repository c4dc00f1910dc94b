"""What it costs to find copies in a store of very many articles: adding one, memory, restart; SQLite or PostgreSQL.

    python scripts/bench_copies.py [--articles 1000000] [--adds 2000] [--postgresql URL] [--keep FOLDER]

Fills a store with made-up signatures and then adds articles as the watch does: a signature is computed of a text, its
partners are looked for, their digests compared, the signature is put, all in one transaction. The made-up signatures
collide as news does: one in five is a copy of an earlier one (with a sixth of its numbers changed), one in ten is a
print of one of a few forms, the greatest of which makes a twentieth of all. The store is measured in a process of its
own, so that its memory is not that of the filling. Processor time is told beside the wall's: the machine may be busy.
``make bench`` runs it small, at two sizes, and asserts their ratio.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifiers.copies import (
    BANDS,
    FACT_BANDS,
    FACT_PERMUTATIONS,
    FACT_ROWS,
    PERMUTATIONS,
    ROWS_PER_BAND,
    Signature,
    likeness,
    signature,
)
from data.store import Store

sys.path.insert(0, str(Path(__file__).parent))

from figures import Figure, table  # a script's neighbours are found only after this

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SEED = 5
COPY_SHARE = 0.2
FORM_SHARES = (0.05, 0.02, 0.01, 0.01, 0.005, 0.005)
"""Shares of all articles that are prints of one form; the greatest is 50,000 of a million."""

CHANGED = 0.16
"""Share of the numbers of a copy that are not the original's: likeness 0.84, the median of the near copies among real
news; of a form's print it is the same."""

MOST_MS, MOST_MB, MOST_RESTART_S = 5.0, 2000.0, 10.0
SMALL, LARGE, MOST_RATIO = 2_000, 20_000, 2.0
"""What ``make bench`` measures: ten times the articles may cost at most twice as much to add to."""

ASK = """
import json, random, re, sys, time
sys.path.insert(0, {folder!r})
from pathlib import Path
import bench_copies
print(json.dumps(bench_copies.measure({url!r}, {first}, {adds})))
"""


def numbers_of(articles: int) -> NDArray[np.uint32]:
    """Return made-up MinHash numbers, a row an article, words then facts; by lot, but always the same."""
    chance = np.random.default_rng(SEED)
    width = PERMUTATIONS + FACT_PERMUTATIONS
    rows = chance.integers(0, 2**32, (articles, width), dtype=np.uint32)
    forms = chance.integers(0, 2**32, (len(FORM_SHARES), width), dtype=np.uint32)
    lot = chance.random(articles)
    kind = np.full(articles, -1)
    edge = COPY_SHARE
    for form, share in enumerate(FORM_SHARES):
        kind[(lot >= edge) & (lot < edge + share)] = form
        edge += share
    for at in range(articles):
        if kind[at] >= 0:
            origin = forms[kind[at]]
        elif lot[at] < COPY_SHARE and at:
            # Copies follow within days: the original is among the last few thousand.
            origin = rows[max(0, at - 1 - int(chance.integers(0, 5000)))]
        else:
            continue
        same = chance.random(width) >= CHANGED
        rows[at][same] = origin[same]
    return rows


def bands_of(rows: NDArray[np.uint32], band: int) -> NDArray[np.int64]:
    """Return one band's hash of every article, as ``classifiers.copies`` computes it."""
    start, step = (
        (band * ROWS_PER_BAND, ROWS_PER_BAND)
        if band < BANDS
        else (PERMUTATIONS + (band - BANDS) * FACT_ROWS, FACT_ROWS)
    )
    part = np.ascontiguousarray(rows[:, start : start + step])
    size, plain = step * 4, part.tobytes()
    raw = b"".join(hashlib.blake2b(plain[at : at + size], digest_size=8).digest() for at in range(0, len(plain), size))
    return np.frombuffer(raw, dtype=">i8").astype(np.int64)


def fill(url: str, rows: NDArray[np.uint32]) -> None:
    """Fill an empty store with articles 1, 2, … of these signatures, past its front door: it would take hours."""
    Store.open(url).close()
    ids = range(1, len(rows) + 1)
    articles = ((number, f"https://bench.test/{number}") for number in ids)
    header = signature("", TEXT).digest[:2]
    digests = ((number, header + row.astype("<u4").tobytes()) for number, row in zip(ids, rows, strict=True))
    if url.startswith("sqlite"):
        fill_sqlite(url.removeprefix("sqlite:///"), articles, digests, rows)
    else:
        fill_postgresql(url.replace("+psycopg", ""), articles, digests, rows)


TEXT = "Hujan deras yang turun sejak sore membuat air sungai meluap ke jalan dan warga menunggu bantuan di balai desa."

ARTICLE = (
    "INSERT INTO articles (id, canonical_url, source_id, revision, content_hash, first_seen, revised_at, read_url) "
    "VALUES ({0}, {1}, 'bench', 1, '', '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000', '')"
)


def fill_sqlite(
    path: str,
    articles: Iterator[tuple[int, str]],
    digests: Iterator[tuple[int, bytes]],
    rows: NDArray[np.uint32],
) -> None:
    """Write the rows in the order of the key, which is a hundred times faster than in that of arrival."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'signature_bands' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    with connection:
        connection.executemany(ARTICLE.format("?", "?"), articles)
        connection.executemany("INSERT INTO signatures VALUES (?, ?)", digests)
    for band in range(BANDS + FACT_BANDS):
        hashes = bands_of(rows, band)
        order = np.argsort(hashes, kind="stable")
        values = zip(hashes[order].tolist(), (order + 1).tolist(), strict=True)
        with connection:
            connection.executemany(f"INSERT INTO signature_bands VALUES ({band}, ?, ?)", values)  # noqa: S608
    for _, statement in indexes:
        connection.execute(statement)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def fill_postgresql(
    url: str,
    articles: Iterator[tuple[int, str]],
    digests: Iterator[tuple[int, bytes]],
    rows: NDArray[np.uint32],
) -> None:
    """Copy the rows in as the server takes them fastest."""
    import psycopg

    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        with cursor.copy(
            "COPY articles (id, canonical_url, source_id, revision, content_hash, first_seen, revised_at, read_url) "
            "FROM STDIN"
        ) as copy:
            for number, address in articles:
                copy.write_row((number, address, "bench", 1, "", "2026-01-01+00", "2026-01-01+00", ""))
        with cursor.copy("COPY signatures (article_id, signature) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int4", "bytea"])
            for row in digests:
                copy.write_row(row)
        for band in range(BANDS + FACT_BANDS):
            hashes = bands_of(rows, band)
            order = np.argsort(hashes, kind="stable")
            with cursor.copy("COPY signature_bands (band, hash, article_id) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["int4", "int8", "int4"])
                for value, number in zip(hashes[order].tolist(), (order + 1).tolist(), strict=True):
                    copy.write_row((band, value, number))
        cursor.execute("SELECT setval(pg_get_serial_sequence('articles', 'id'), (SELECT max(id) FROM articles))")
        connection.commit()
        connection.autocommit = True
        cursor.execute("ANALYZE")


def texts(count: int) -> list[str]:
    """Return made-up texts of two hundred words with names and figures; every third is an edited copy of an earlier."""
    chance = random.Random(SEED)  # noqa: S311  # nothing secret
    stems = ["".join(chance.choice("aeiou") + chance.choice("bdgklmnprst") for _ in range(3)) for _ in range(4000)]
    names = [stem.capitalize() for stem in stems[:800]]
    found: list[str] = []
    for number in range(count):
        if number % 3 == 2:
            words = found[chance.randrange(max(0, number - 50), number)].split()
            for at in chance.sample(range(len(words)), len(words) // 12):
                words[at] = chance.choice(stems)
        else:
            words = []
            for _ in range(12):
                sentence = [chance.choice(stems) for _ in range(14)]
                sentence[3], sentence[7], sentence[9] = (
                    chance.choice(names),
                    chance.choice(names),
                    str(chance.randrange(2, 999)),
                )
                words += [sentence[0].capitalize(), *sentence[1:-1], sentence[-1] + "."]
        found.append(" ".join(words))
    return found


def measure(url: str, first: int, adds: int) -> dict[str, float]:
    """Open the store, add ``adds`` articles, and return what it took; for a process of its own."""
    from sqlalchemy import text

    started = time.perf_counter()
    store = Store.open(url)
    probe = signature("", texts(1)[0])
    store.signatures.sharing(probe.bands)
    restart = time.perf_counter() - started
    database = store._database  # the articles that are added must be there
    statement = text(ARTICLE.format(":number", ":address"))
    bodies = texts(adds)
    stored_forms = [digest for number in range(1, 400) if (digest := store.signatures.of(number)) is not None]
    spent: list[float] = []
    worked: list[float] = []
    form_ms: list[float] = []
    parts, partners = {"signature": 0.0, "find": 0.0, "put": 0.0}, 0
    for number, body in enumerate(bodies, start=first):
        with database.write() as connection:
            connection.execute(statement, {"number": number, "address": f"https://bench.test/{number}"})
        begun, at = time.perf_counter(), time.process_time()
        mark = signature("", body)
        signed = time.process_time()
        with store.transaction():
            near = store.signatures.sharing(mark.bands, exclude=number)
            partners += sum(likeness(mark, Signature(digest)) >= 0.42 for _, digest in near)
            looked = time.process_time()
            store.signatures.put(number, mark.digest, mark.bands)
        done = time.process_time()
        spent.append((time.perf_counter() - begun) * 1000)
        worked.append((done - at) * 1000)
        parts["signature"] += signed - at
        parts["find"] += looked - signed
        parts["put"] += done - looked
    for digest in stored_forms:
        bands = Signature.from_bytes(digest).bands
        at = time.process_time()
        store.signatures.sharing(bands)
        form_ms.append((time.process_time() - at) * 1000)
    size = database.path.stat().st_size / 1e6 if database.path is not None else 0.0
    store.close()
    ordered = sorted(spent)
    peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024  # type: ignore[index]
    return {
        "median_cpu_ms": statistics.median(worked),
        "median_ms": statistics.median(spent),
        "p95_ms": ordered[int(len(ordered) * 0.95)],
        "worst_ms": ordered[-1],
        **{f"{name}_cpu_ms": value * 1000 / len(spent) for name, value in parts.items()},
        "slowest_find_cpu_ms": max(form_ms, default=0.0),
        "partners": partners,
        "memory_mb": peak,
        "restart_s": restart,
        "disk_mb": size,
    }


def bench(articles: int, adds: int, url: str, name: str) -> tuple[list[Figure], dict[str, float]]:
    """Fill a store at ``url`` and measure it; figures are named ``bench.copies.<name>.…``."""
    began = time.perf_counter()
    fill(url, numbers_of(articles))
    filled = time.perf_counter() - began
    program = ASK.format(folder=str(Path(__file__).resolve().parent), url=url, first=articles + 1, adds=adds)
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    seen: dict[str, float] = json.loads(answer.stdout)
    whole = articles >= 1_000_000
    bounds = (
        {"median_cpu_ms": MOST_MS, "median_ms": MOST_MS, "memory_mb": MOST_MB, "restart_s": MOST_RESTART_S}
        if whole
        else {}
    )
    units = {"ms": "ms", "mb": "MB", "s": "s"}
    figures = [
        Figure(f"bench.copies.{name}.{key}", value, units.get(key.split("_")[-1], "pairs"), adds, most=bounds.get(key))
        for key, value in seen.items()
    ]
    return [*figures, Figure(f"bench.copies.{name}.filled_s", filled, "s", articles)], seen


def small() -> list[Figure]:
    """Return what ``make bench`` asks: how the cost of adding one grows with ten times the articles."""
    with tempfile.TemporaryDirectory(prefix="kentongan-bench-") as folder:
        figures, costs = [], []
        for articles in (SMALL, LARGE):
            more, seen = bench(articles, 400, f"sqlite:///{folder}/{articles}.db", f"at_{articles}")
            figures += [figure for figure in more if figure.name.endswith(("median_cpu_ms", "memory_mb"))]
            costs.append(seen["median_cpu_ms"])
    grown = costs[1] / costs[0]
    return [*figures, Figure("bench.copies.add_at_ten_times_the_articles", grown, "x", LARGE, most=MOST_RATIO)]


def main() -> int:
    """Measure, print; return 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--adds", type=int, default=2000)
    parser.add_argument("--postgresql", metavar="URL", help="an empty database instead of a new SQLite file")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the SQLite file there")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="kentongan-bench-"))
    try:
        url = given.postgresql or f"sqlite:///{folder.absolute()}/copies.db"
        name = "postgresql" if given.postgresql else "sqlite"
        figures, _ = bench(given.articles, given.adds, url, name)
    finally:
        if given.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    print(table(figures))
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
