"""What it costs to put one article into its incident in a store of very many: the whole of ``flows.joining.place``.

    python scripts/bench_joining.py [--articles 1000000] [--incidents 100000] [--adds 300] [--postgresql URL]

Fills a store with profiles of made-up articles (those of ``data/gold/incidents``, moved to other regions and days), in
incidents of ten that tell the same within a day, over three years and 500 kabupaten: every kabupaten then has more
articles in two months to each side than are looked through. Then articles of the same kind come in and are put where
they belong: their profile is written, what is near is read and compared, prints are looked for, groups decided and
written. Judging and working the incident out anew are not in it. How the database finds what is near is printed: no
article may cost a walk through the table.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, insert, text

from classifiers.copies import EMPTY
from classifiers.incidents import Member, profile_of, summarise, to_bytes
from data.outcomes import Outcome
from data.records import Page, PageRef
from data.store import Store
from data.store.tables import articles, incident_articles, incidents, join_profiles, join_regions
from flows.joining import place
from models.assessor import AssessItem, Assessor

sys.path.insert(0, str(Path(__file__).parent))

from evaluate_incidents import Row, read_gold  # a script's neighbours are found only after this
from figures import Figure, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.records import Source

SEED = 5
FIRST = datetime(2022, 1, 1, tzinfo=UTC)
DAYS = 1095
KABUPATEN = [f"{11 + number // 25}.{1 + number % 25:02}" for number in range(500)]
PER_INCIDENT = 10
AT_ONCE = 5000
MOST_MS = 250.0
"""Processor time in which one article is put where it belongs: four a second; a day's crawl has a few thousand."""


def known(rows: list[Row], sources: dict[str, Source]) -> list[Member]:
    """Return the made-up articles as they are joined, judged by the assessor in use; those about something only."""
    items = [
        AssessItem(row.id, row.article.title, row.article.text, row.article.published, source=row.article.source_id)
        for row in rows
    ]
    found = []
    for number, (row, one) in enumerate(zip(rows, Assessor.load().assess(items), strict=True), 1):
        article, at = row.article, row.article.published or FIRST
        if one.flagged and article.source_id in sources:
            member = Member(number, article.source_id, "n", 3, article.title, article.text, EMPTY, at, at, one)
            found.append(member)
    return [replace(member, article_id=number) for number, member in enumerate(found, 1)]


@dataclass(frozen=True, slots=True)
class Made:
    """A profile as that of another article, of a kabupaten and a day by lot, as it is kept."""

    article_id: int
    code: str
    moment: datetime
    kept: bytes


def made(plain: list[bytes], number: int, per_incident: int) -> Made:
    """Return an article of the incident that its number falls in: that has a text, a kabupaten and a day by lot.

    The first line of a kept profile has where and when, the rest is words.
    """
    chance = random.Random(number // per_incident)  # noqa: S311  # nothing secret
    chosen, code = chance.choice(plain), KABUPATEN[chance.randrange(len(KABUPATEN))]
    moment = FIRST + timedelta(days=chance.random() * DAYS, hours=2 * (number % per_incident))
    line, _, body = chosen.partition(b"\n")
    head = json.loads(line)
    head.update(moment=moment.isoformat(), places=[code], mentioned=[code], time=None)
    return Made(number, code, moment, json.dumps(head, separators=(",", ":")).encode() + b"\n" + body)


def fill(store: Store, members: list[Member], count: int, per_incident: int) -> None:
    """Write ``count`` articles with their profiles in incidents past the front door, which would take days."""
    plain = [to_bytes(profile_of(member)) for member in members]
    database = store._database
    with database.write() as connection:
        connection.execute(insert(articles), [_article(number) for number in range(1, len(members) + 1)])
    summary = replace(summarise(members[:1], FIRST), best_article_id=1)
    first = store.incidents.open(summary, (), FIRST, "bench")
    with database.read() as connection:
        columns = [column for column in incidents.c if column.name != "id"]
        row = dict(connection.execute(incidents.select().where(incidents.c.id == first.id)).mappings().one())
    template: dict[str, Any] = {column.name: row[column.name] for column in columns}
    for start in range(1, count + 1, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count + 1))
        profiles = [made(plain, number, per_incident) for number in numbers]
        opened = [n // per_incident + 1 for n in numbers if n % per_incident == 0]
        with database.write() as connection:
            connection.execute(insert(articles), [_article(number) for number in numbers if number > len(members)])
            kept = [{"article_id": one.article_id, "profile": one.kept} for one in profiles]
            where = [{"region": one.code, "moment": one.moment, "article_id": one.article_id} for one in profiles]
            connection.execute(insert(join_profiles), kept)
            connection.execute(insert(join_regions), where)
            if opened:
                connection.execute(insert(incidents), [{"id": number, **template} for number in opened])
            links = [{"incident_id": max(1, n // per_incident), "article_id": n, "added_at": FIRST} for n in numbers]
            connection.execute(insert(incident_articles), links)
    if database.path is None:
        with database.write() as connection:
            for name in ("articles", "incidents"):
                statement = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"  # noqa: S608
                connection.execute(text(statement))
            connection.execute(text("ANALYZE"))


def _article(number: int) -> dict[str, Any]:
    url = f"https://bench.test/{number}"
    return {
        "id": number, "canonical_url": url, "source_id": "bench", "revision": 1, "content_hash": "",
        "first_seen": FIRST, "revised_at": FIRST, "read_url": "",
    }  # fmt: skip


def plan_of(store: Store) -> Iterator[str]:
    """Yield how the database finds what is near, as it says itself."""
    asked: list[tuple[str, Any]] = []
    engine = store._database.engine

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if "join_regions" in statement:
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    store.joins.near({"13.07"}, FIRST, FIRST + timedelta(days=120), 200)
    event.remove(engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if store._database.path is not None else "EXPLAIN "
    with store._database.read() as connection:
        for statement, parameters in asked:
            yield from (str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters))


def add(store: Store, members: list[Member], sources: dict[str, Source], adds: int) -> list[tuple[float, float]]:
    """Put ``adds`` new articles where they belong; return processor and wall time of each, in milliseconds."""
    from classifiers.copies import signature

    chance = random.Random(SEED + 1)  # noqa: S311  # nothing secret
    run, spent = store.runs.start("crawl", FIRST), []
    for number in range(adds):
        member, code = chance.choice(members), KABUPATEN[chance.randrange(len(KABUPATEN))]
        at = FIRST + timedelta(days=60 + chance.random() * (DAYS - 120))
        url = f"https://bench.test/new/{number}"
        page = Page(url, url, "bench", at, Outcome.FETCHED, 200)
        article = replace(_piece(member, url, at), content_hash=str(number))
        settled = store.settle(run, PageRef(url, url, "bench", "feed"), page, Outcome.FETCHED, article, at)
        stored = store.articles.get(settled.article_id or 0)
        if stored is None:
            continue
        here = tuple(replace(one, code=code, alternatives=()) for one in member.assessment.places[:1])
        judged = replace(member.assessment, places=here, event_time=None)
        store.assessments.save(stored.id, 1, judged, at)
        mark = signature(member.title, member.text)
        new = replace(member, article_id=stored.id, assessment=judged, published=at, first_seen=at, signature=mark)
        wall, cpu = time.perf_counter(), time.process_time()
        with store.transaction():
            place(stored, new, store, sources, at)
        spent.append(((time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000))
    return spent


def _piece(member: Member, url: str, at: datetime) -> Any:
    from data.records import Article

    return Article("bench", url, url, member.title, member.text, "", published=at, language="id")


def bench(count: int, per_incident: int, adds: int, url: str) -> list[Figure]:
    """Fill, measure, and return the figures."""
    rows, sources = read_gold()
    members = known(rows, sources)
    with Store.open(url) as store:
        began = time.perf_counter()
        fill(store, members, count, per_incident)
        filled = time.perf_counter() - began
        print("\n".join(plan_of(store)), flush=True)
        spent = add(store, members, sources, adds)
    cpu, wall = sorted(one for one, _ in spent), sorted(one for _, one in spent)
    name = "bench.joining"
    return [
        Figure(f"{name}.median_cpu_ms", statistics.median(cpu), "ms", len(cpu), most=MOST_MS),
        Figure(f"{name}.p95_cpu_ms", cpu[int(len(cpu) * 0.95)], "ms", len(cpu)),
        Figure(f"{name}.median_ms", statistics.median(wall), "ms", len(wall)),
        Figure(f"{name}.p95_ms", wall[int(len(wall) * 0.95)], "ms", len(wall)),
        Figure(f"{name}.filled_s", filled, "s", count),
    ]


def main() -> int:
    """Measure, print; return 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--incidents", type=int, default=100_000)
    parser.add_argument("--adds", type=int, default=300)
    parser.add_argument("--postgresql", metavar="URL", help="an empty database instead of a new SQLite file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kentongan-bench-") as folder:
        url = given.postgresql or f"sqlite:///{folder}/joining.db"
        figures = bench(given.articles, max(1, given.articles // given.incidents), given.adds, url)
    print(table(figures))
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
