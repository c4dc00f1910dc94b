"""Make a store as large as a desk's after a year, of made-up texts, to measure its pages on.

    python scripts/desk_store.py sqlite:////tmp/desk.sqlite3 [--articles 200000] [--incidents 20000] [--seed 7]
    python scripts/desk_store.py postgresql+psycopg://user@/desk?host=/run --articles 1000000 --incidents 100000

Skewed as news is: a tenth of the outlets print half of the articles, few incidents have most of the prints, the capital
of a province has more than its kabupaten, most incidents are of level 1 and 2, nine of ten older than two weeks are
closed. The words of the texts follow Zipf's law, since the search's slowest question is a common word. Rows are written
in bulk (PostgreSQL: COPY, and the search's index at the end), as ``data.store`` would write them one by one; the
store's own check finds nothing wrong with what comes out.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from classifiers.copies import _HEADER, PERMUTATIONS
from data.gazetteer import Level, load_gazetteer
from data.moments import counted_at, known_at
from data.records import (
    Assessment,
    Evidence,
    Incident,
    IncidentStatus,
    Modality,
    Place,
    PlaceRole,
    Source,
    Urgency,
)
from data.store import Store
from data.store import tables as t
from data.store.article_places import units_of
from data.store.codec import encode
from data.store.database import Database
from data.store.search import words
from data.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

NOW: Final = datetime(2024, 11, 26, 8, 0, tzinfo=UTC)
"""The moment that the desk's clock stands at: the last day before the vote."""
YEAR: Final = timedelta(days=365)
OUTLETS: Final = 200
BATCH: Final = 5_000
VOCABULARY: Final = 20_000
SENTENCES: Final = 6_000

CORE: Final = tuple(
    """
    warga pilkada calon bupati posko dibakar massa pendukung kotak suara tps kpps bawaslu panwascam politik uang
    baliho dirusak bentrok unjuk rasa banjir surat gubernur polisi kapolres kejadian malam desa nagari kecamatan
    ketua kpu logistik ancaman hoaks netralitas asn camat kampanye sengketa gugatan penghitungan rekapitulasi
    """.split()  # noqa: SIM905 - a list of quoted words reads worse
)
"""Words of the beat, the commonest first: what people search for is what most texts have."""

STATUSES_OPEN: Final = (
    (IncidentStatus.BELUM_DITINJAU, 70),
    (IncidentStatus.VERIFIKASI, 12),
    (IncidentStatus.TERVERIFIKASI, 10),
    (IncidentStatus.DITINDAKLANJUTI, 8),
)
STATUSES_CLOSED: Final = (
    (IncidentStatus.BUKAN_ANCAMAN, 55),
    (IncidentStatus.DUPLIKAT, 10),
    (IncidentStatus.SELESAI, 25),
    (IncidentStatus.DITUTUP, 10),
)
MODALITIES: Final = tuple(zip(Modality, (34, 22, 10, 14, 12, 6, 2), strict=True))
SEVERITIES: Final = ((0, 6), (1, 42), (2, 38), (3, 12), (4, 2))


@dataclass(frozen=True, slots=True)
class Made:
    """What everything is drawn from."""

    rng: random.Random
    sentences: tuple[str, ...]
    regencies: tuple[str, ...]
    shares: tuple[float, ...]
    names: dict[str, str]
    signals: tuple[str, ...]

    def pick(self, weighted: Sequence[tuple[Any, float]]) -> Any:
        """Return one of some values by their weights."""
        return self.rng.choices([one for one, _ in weighted], [weight for _, weight in weighted])[0]


def sources() -> dict[str, Source]:
    """Return the outlets, as a catalogue would declare them."""
    return {
        name: Source(name, f"Kabar {number}", f"http://{name}.example/", "Asia/Jakarta", "wordpress", (),
                     tier=1 + min(3, number // 20))
        for number in range(OUTLETS)
        for name in (f"kabar{number:03d}",)
    }  # fmt: skip


def prepared(seed: int) -> Made:
    """Return vocabulary, places and signals; the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - nothing secret hangs on it
    syllables = [first + second for first in "bcdghjklmnprstwy" for second in "aeiou"]
    vocabulary = list(CORE) + ["".join(rng.choices(syllables, k=rng.choice((2, 3, 3, 4)))) for _ in range(VOCABULARY)]
    zipf = list(accumulate(1 / rank for rank in range(1, len(vocabulary) + 1)))
    sentences = tuple(
        " ".join(rng.choices(vocabulary, cum_weights=zipf, k=rng.randint(9, 22))).capitalize() + "."
        for _ in range(SENTENCES)
    )
    gazetteer = load_gazetteer()
    regencies = list(gazetteer.codes(Level.KABKOTA))
    rng.shuffle(regencies)
    return Made(
        rng=rng,
        sentences=sentences,
        regencies=tuple(regencies),
        shares=tuple(accumulate(1 / rank**0.7 for rank in range(1, len(regencies) + 1))),
        names={code: gazetteer.name(code) for code in regencies},
        signals=tuple(load_taxonomy().slugs),
    )


def fill(url: str, articles: int, incidents: int, seed: int = 7) -> float:
    """Make the store at a URL, which must be empty, and return how many seconds it took."""
    begun = time.monotonic()
    with Store.open(url) as store:
        if store.articles.count():
            raise SystemExit(f"{store.name} is not empty: take another one")
    made = prepared(seed)
    database = Database(url, busy_timeout_s=30.0)
    try:
        if database.is_sqlite:
            _write(database, made, articles, incidents)
            with database.write() as connection:
                connection.execute(text("INSERT INTO article_search (article_search) VALUES ('rebuild')"))
        else:
            with database.write() as connection:
                # Row by row they would take most of the time; they are made again below, in one go.
                made_by = text(
                    "SELECT indexname, indexdef FROM pg_indexes"
                    " WHERE tablename LIKE 'article_search%' AND indexname LIKE '%_document'"
                )
                indexes = dict(connection.execute(made_by).tuples().all())
                for name in indexes:
                    connection.execute(text(f"DROP INDEX {name}"))
            _write(database, made, articles, incidents)
            with database.write() as connection:
                connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
                for index in indexes.values():
                    connection.execute(text(index))
                for name in ("articles", "assessments", "incidents", "incident_changes", "reviews"):
                    highest = f"(SELECT max(id) FROM {name})"  # noqa: S608 - names of ours
                    connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {highest})"))
            # As autovacuum has done many times in a store that grew in a year; SQLite is never asked to (ANALYZE).
            with database.autocommit() as connection:
                connection.execute(text("VACUUM (ANALYZE)"))
    finally:
        database.close()
    return time.monotonic() - begun


def sizes(made: Made, articles: int, incidents: int) -> list[int]:
    """Return how many articles each incident has: most one or two, a few very many; together a third of all."""
    wanted = articles // 3
    drawn = [min(400, int(made.rng.paretovariate(1.1))) for _ in range(incidents)]
    while sum(drawn) > wanted:
        largest = max(range(incidents), key=drawn.__getitem__)
        drawn[largest] = max(1, drawn[largest] // 2)
        if drawn[largest] == 1:
            break
    return drawn


def _write(database: Database, made: Made, articles: int, incidents: int) -> None:
    rng, outlets = made.rng, list(sources())
    outlet_shares = list(accumulate(1 / rank for rank in range(1, OUTLETS + 1)))
    of_incident = sizes(made, articles, incidents)
    # Whose turn it is: incidents are spread over the year, their prints follow within hours.
    starts = sorted(rng.random() for _ in range(incidents))
    plan: list[tuple[float, int]] = [(rng.random(), 0) for _ in range(articles - sum(of_incident))]
    for number, (start, size) in enumerate(zip(starts, of_incident, strict=True), start=1):
        plan += [(min(1.0, start + rng.expovariate(2500)), number) for _ in range(size)]
    plan.sort()
    facts = [_facts(made) for _ in range(incidents)]
    members: list[list[tuple[int, datetime, str]]] = [[] for _ in range(incidents)]
    rows: dict[Any, list[dict[str, Any]]] = {}

    def put(table: Any, **values: Any) -> None:
        rows.setdefault(table, []).append(values)

    # The engine writes one batch while the next is being made up.
    writer = ThreadPoolExecutor(1)
    last: list[Future[None]] = []

    def flush() -> None:
        nonlocal rows
        if last:
            last.pop().result()
        last.append(writer.submit(_flush, database, rows))
        rows = {}

    for number, (share, incident) in enumerate(plan, start=1):
        at = NOW - YEAR * (1 - share)
        outlet = rng.choices(outlets, cum_weights=outlet_shares)[0]
        title = " ".join(rng.choice(made.sentences).split()[: rng.randint(6, 12)])
        said = facts[incident - 1] if incident else None
        if said is not None:
            title = f"{title} di {made.names[said.place.code]}" if said.place is not None else title
            members[incident - 1].append((number, at, title))
        body = " ".join(rng.choices(made.sentences, k=rng.randint(6, 14))) + f" Nomor naskah a{number}."
        _article(put, number, outlet, title, body, at, made, said)
        if number % BATCH == 0:
            flush()
    flush()
    for number, (said, prints) in enumerate(zip(facts, members, strict=True), start=1):
        _incident(put, number, said, prints, made)
        if number % BATCH == 0:
            flush()
    flush()
    for outlet in outlets:
        put(t.source_states, source_id=outlet, enabled=True, poll_minutes=15.0, last_run=NOW, last_ok=NOW,
            last_new=NOW, failures=0, last_error="")  # fmt: skip
    flush()
    last.pop().result()
    writer.shutdown()


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the machine says of all articles of one incident."""

    place: Place | None
    signals: tuple[str, ...]
    modality: Modality
    severity: int
    urgency: Urgency


def _facts(made: Made) -> _Facts:
    rng = made.rng
    code = rng.choices(made.regencies, cum_weights=made.shares)[0]
    severity = made.pick(SEVERITIES)
    urgency = {4: Urgency.P1, 3: rng.choice((Urgency.P1, Urgency.P2, Urgency.P2)), 2: Urgency.P3}.get(
        severity, Urgency.P4
    )
    place = Place(code, made.names[code], PlaceRole.KEJADIAN, "text", 0, 8, 0.9) if rng.random() < 0.95 else None
    count = rng.choice((1, 1, 1, 2, 3))
    return _Facts(place, tuple(rng.sample(made.signals, count)), made.pick(MODALITIES), severity, urgency)


def _article(
    put: Any, number: int, outlet: str, title: str, body: str, at: datetime, made: Made, said: _Facts | None
) -> None:
    digest = f"{number:064x}"
    url = f"http://{outlet}.example/{at:%Y/%m}/{number}"
    put(t.articles, id=number, canonical_url=url, source_id=outlet, revision=1, content_hash=digest, published=at,
        first_seen=at, revised_at=at, read_url=url, flagged_at=at if said else None,
        assessed_with="beban/beban")  # fmt: skip
    put(t.article_revisions, article_id=number, revision=1, content_hash=digest, revised_at=at, run_id="beban",
        url=url, title=title, text=body, published=at, tz_assumed=False, tags=[], language="id",
        method="beban")  # fmt: skip
    put(t.signatures, article_id=number, signature=_HEADER + made.rng.randbytes(4 * PERMUTATIONS))
    place = said.place if said is not None else None
    if place is None and made.rng.random() < 0.6:
        code = made.rng.choices(made.regencies, cum_weights=made.shares)[0]
        place = Place(code, made.names[code], PlaceRole.LATAR, "text", 0, 8, 0.7)
    judged, record, units = _judged(said, place)
    put(t.assessments, id=number, article_id=number, revision=1, model_version="beban", rules_version="beban", at=at,
        flagged=judged.flagged, modality=judged.modality.value, severity=judged.severity,
        urgency=judged.urgency.value, record=record, stood_at=at)  # fmt: skip
    for code, role in units.items():
        put(t.article_places, article_id=number, code=code, role=role.value)


@lru_cache(maxsize=8192)
def _judged(said: _Facts | None, place: Place | None) -> tuple[Assessment, Any, dict[str, PlaceRole]]:
    """Return what the machine says of an article, the same as a record, and the units that it names."""
    signals = said.signals if said is not None else ()
    judged = Assessment(
        signals=dict.fromkeys(signals, 0.9),
        flagged_signals=signals,
        modality=said.modality if said is not None else Modality.TIDAK_RELEVAN,
        severity=said.severity if said is not None else 0,
        severity_points=(("dasar", 2), ("masa tenang", 1)) if said is not None else (),
        urgency=said.urgency if said is not None else Urgency.P4,
        flagged=said is not None,
        flag_score=0.9 if said is not None else 0.05,
        places=(place,) if place is not None else (),
        evidence=tuple(Evidence(signal, "text", 0, 8, 2.0, f"isyarat: {signal}") for signal in signals),
        model_version="beban",
        rules_version="beban",
    )
    return judged, encode(judged), units_of(judged.places)


def _incident(put: Any, number: int, said: _Facts, prints: Sequence[tuple[int, datetime, str]], made: Made) -> None:
    rng = made.rng
    best, first, title = prints[0]
    last = prints[-1][1]
    closed = rng.random() < (0.9 if NOW - first > timedelta(days=14) else 0.35)
    status = made.pick(STATUSES_CLOSED if closed else STATUSES_OPEN)
    incident = Incident(
        id=number, title=title, signals=said.signals, modality=said.modality, severity=said.severity,
        urgency=said.urgency, status=status, places=(said.place,) if said.place is not None else (),
        opened_at=first, first_seen=first, last_seen=last, event_time=None,
        article_ids=tuple(one for one, _, _ in prints), spread=len(prints),
        independent_sources=1 + len(prints) // 3, best_tier=rng.choice((1, 2, 2, 3, 3, 3, 4)), published=first,
        best_article_id=best,
    )  # fmt: skip
    values = encode(incident)
    kept = {name: value for name, value in values.items() if name not in {"id", "article_ids"}}
    moments = {name: getattr(incident, name) for name in ("opened_at", "first_seen", "last_seen", "published")}
    put(t.incidents, id=number, **kept | moments, counted_at=counted_at(incident), known_at=known_at(incident))
    for article, at, _ in prints:
        put(t.incident_articles, article_id=article, incident_id=number, added_at=at)
    for signal in said.signals:
        put(t.incident_signals, incident_id=number, signal=signal)
    if said.place is not None:
        put(t.incident_places, incident_id=number, code=said.place.code[:2], named=False)
        put(t.incident_places, incident_id=number, code=said.place.code, named=True)
    opening = {name: [None, value] for name, value in kept.items()}
    opening["status"] = [None, IncidentStatus.BELUM_DITINJAU.value]
    put(t.incident_changes, incident_id=number, at=first, by="kentongan", changes=opening)
    for article, at, _ in prints[1:]:
        put(t.incident_changes, incident_id=number, at=at, by="kentongan", changes={"article_ids": [None, article]})
    if status is not IncidentStatus.BELUM_DITINJAU:
        decided = min(NOW, last + timedelta(hours=rng.expovariate(1)))
        put(t.reviews, incident_id=number, at=decided, reviewer="beban", verdict=status.value, reason="")
        put(t.incident_changes, incident_id=number, at=decided, by="beban",
            changes={"status": [IncidentStatus.BELUM_DITINJAU.value, status.value]})  # fmt: skip


def _flush(database: Database, rows: dict[Any, list[dict[str, Any]]]) -> None:
    """Write what has been gathered, in the order in which tables refer to one another."""
    with database.write() as connection:
        for table in t.metadata.sorted_tables:
            found = rows.get(table)
            if found and database.is_sqlite:
                connection.execute(table.insert(), found)
            elif found:
                _copy(connection, table, found)
            if found and table is t.article_revisions and not database.is_sqlite:
                _index(connection, found)


def _copy(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    """Write rows by COPY, each value as the store's own types hand it to the driver."""
    columns = [table.c[name] for name in rows[0]]
    binds = [(column.name, column.type.bind_processor(connection.dialect)) for column in columns]
    names = ", ".join(f'"{column.name}"' for column in columns)
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([bind(row[name]) if bind is not None else row[name] for name, bind in binds])


def _index(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Put articles into the search, as `data.store.search` does with one."""
    connection.execute(text("CREATE TEMP TABLE IF NOT EXISTS folded (id integer, title text, text text)"))
    connection.execute(text("TRUNCATE folded"))
    cursor = connection.connection.cursor()
    with cursor.copy("COPY folded FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row["article_id"], _folded(row["title"]), " ".join(map(_folded, row["text"].split(". ")))])
    connection.execute(
        text(
            "INSERT INTO article_search_titles (article_id, document)"
            " SELECT id, setweight(to_tsvector('simple', title), 'A') FROM folded"
        )
    )
    connection.execute(
        text(
            "INSERT INTO article_search (article_id, document) SELECT id, setweight(to_tsvector('simple', title), 'A')"
            " || to_tsvector('simple', text) FROM folded"
        )
    )


@lru_cache(maxsize=4 * SENTENCES)
def _folded(sentence: str) -> str:
    return " ".join(words(sentence))


def main() -> int:
    """Make a store and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="a SQLAlchemy URL of an empty database")
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--incidents", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    took = fill(given.url, given.articles, given.incidents, given.seed)
    print(f"{given.articles:,} articles and {given.incidents:,} incidents in {took:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
