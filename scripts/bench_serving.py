"""How long the desk takes to answer who reads its feeds, with 100,000 alerts in the store.

    python scripts/bench_serving.py [--alerts 100000] [--requests 200] [--url URL]

Requests go into the application within this process, so nothing but the server's own time is counted; both the wall's
and this process's CPU time are told. The bound is on the CPU's, since the machine may be busy with other things. What
is asked, each as a reader with a token asks it:

- *unchanged*: a conditional GET, and nothing has changed at all; of everything, of a kabupaten, of a saved view;
- *changed elsewhere*: as before, but another alert was updated just before, so that the store is asked for the page;
- *page*: the newest 100 alerts, gathered and written; *deep*: the same from the middle of all.

The alerts are of made-up incidents; those of the newest pages have articles, the others none.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench_desk import tools_of
from desk_store import NOW, fill
from figures import Figure, table, write
from sqlalchemy import insert, select, text, update

import desk.feeds
from data.gazetteer import Level, load_gazetteer
from data.store import Store
from data.store import tables as t
from data.store.database import Database
from data.store.feed_tables import alert_head, alert_marks
from data.taxonomy import load_taxonomy
from desk.entry.guard import new_token
from desk.web import make_desk

if TYPE_CHECKING:
    from collections.abc import Callable

BOUND_MS: Final = 10.0
"""Of a conditional GET of an unchanged feed (issue 7)."""
WITH_ARTICLES: Final = 2_000
BATCH: Final = 5_000
WARM: Final = 5
Headers = list[tuple[bytes, bytes]]


def made(url: str, count: int, seed: int = 7) -> None:
    """Fill a store with incidents and an alert of each, the newest ones with articles."""
    few = min(count, WITH_ARTICLES)
    fill(url, few * 5, few)
    rng = random.Random(seed)  # noqa: S311 - nothing secret hangs on it
    regencies, signals = list(load_gazetteer().codes(Level.KABKOTA)), list(load_taxonomy().slugs)
    database = Database(url, busy_timeout_s=30)
    with database.write() as connection:
        there = connection.execute(select(t.incidents).order_by(t.incidents.c.id).limit(1)).one()._asdict()
        last = connection.execute(text("SELECT max(id) FROM incidents")).scalar_one()
        plain = {**there, "merged_into": None, "best_article_id": None, "places": [], "revision": 1}
        for start in range(0, count - few, BATCH):
            rows, places, said = [], [], []
            for number in range(last + 1 + start, last + 1 + min(start + BATCH, count - few)):
                code, at = rng.choice(regencies), NOW - timedelta(days=370, seconds=number)
                times = dict.fromkeys(("opened_at", "first_seen", "last_seen"), at)
                rows.append({**plain, "id": number, "severity": rng.choice((2, 3, 3, 4)), **times})
                places += [{"incident_id": number, "code": one, "named": one == code} for one in (code[:2], code)]
                said.append({"incident_id": number, "signal": rng.choice(signals)})
            for into, what in ((t.incidents, rows), (t.incident_places, places), (t.incident_signals, said)):
                connection.execute(insert(into), what)
        numbers = list(connection.execute(select(t.incidents.c.id).order_by(t.incidents.c.opened_at)).scalars())
        for start in range(0, len(numbers), BATCH):
            some = list(enumerate(numbers[start : start + BATCH], start + 1))
            moments = {number: NOW - timedelta(seconds=len(numbers) - change + 5) for change, number in some}
            heads = [
                {"uid": f"tag:beban,2024:{number}", "incident_id": number, "revision": 1, "change": change,
                 "first_raised_at": moments[number]}
                for change, number in some
            ]  # fmt: skip
            revisions = [
                {"uid": f"tag:beban,2024:{number}", "revision": 1, "state": "raised", "at": moments[number],
                 "verified": False, "exercise": False, "reason": "", "incident_revision": 1}
                for _, number in some
            ]  # fmt: skip
            connection.execute(insert(t.alerts), heads)
            connection.execute(insert(t.alert_revisions), revisions)
        connection.execute(update(alert_head).values(changes=len(numbers)))
        for mark, table_, key in (
            ("'wilayah:' || part.code", "incident_places", "incident_id"),
            ("'sinyal:' || part.signal", "incident_signals", "incident_id"),
            ("'tingkat:' || part.severity", "incidents", "id"),
            ("'urgensi:' || part.urgency", "incidents", "id"),
            ("'status:belum_terverifikasi'", "incidents", "id"),
        ):
            chosen = f"SELECT {mark}, part.{key} FROM {table_} AS part"  # noqa: S608 - our own words
            connection.execute(text(f"INSERT INTO {alert_marks.name} (mark, incident_id) {chosen}"))
    database.close()


async def asked(app: Any, path: str, headers: Headers) -> tuple[int, dict[bytes, bytes], float, float]:
    """Send a GET into an application and return status, headers, seconds of the wall, seconds of this process's CPU."""
    where, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": where, "raw_path": where.encode(), "root_path": "", "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), *headers], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    answer: dict[str, Any] = {}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.update(message)

    cpu, wall = time.process_time(), time.perf_counter()
    await app(scope, receive, send)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return answer["status"], dict(answer["headers"]), wall, cpu


async def timed(
    name: str, app: Any, path: str, bearer: Headers, count: int, *, conditional: bool, before: Callable[[], None]
) -> list[Figure]:
    """Return the figures of one request, asked again and again; ``before`` each of them is not counted."""
    walls, cpus = [], []
    _, first, _, _ = await asked(app, path, bearer)
    tag: Headers = [(b"if-none-match", first[b"etag"])] if conditional else []
    for turn in range(count + WARM):
        before()
        status, _, wall, cpu = await asked(app, path, bearer + tag)
        if status != (304 if conditional else 200):
            raise SystemExit(f"{path}: {status}")
        if turn >= WARM:
            walls.append(wall * 1000)
            cpus.append(cpu * 1000)
    bound = BOUND_MS if name.startswith("unchanged") else None
    return [
        Figure(f"feeds.{name}_p95_cpu_ms", _p95(cpus), "ms", count, most=bound),
        Figure(f"feeds.{name}_median_cpu_ms", statistics.median(cpus), "ms", count),
        Figure(f"feeds.{name}_p95_ms", _p95(walls), "ms", count),
        Figure(f"feeds.{name}_median_ms", statistics.median(walls), "ms", count),
    ]


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


async def figures_of(store: Store, url: str, folder: Path, requests: int) -> list[Figure]:
    """Return how long each kind of request takes."""
    app = make_desk(tools_of(store, url, folder))
    user = store.users.add("beban", "Beban", "ketua", (), "-", NOW)
    secret, _ = new_token(store, user, "beban", ["umpan"], NOW, None)
    bearer = [(b"authorization", f"Bearer {secret}".encode())]
    view = store.saved_views.add(user.id, "gawat", "tingkat=3&tier=3&sinyal=perusakan", NOW, shared=False)
    total = store.alert_feed.state()[0]
    regency = "13.77"
    other = store.alert_feed.last((), 1).alerts[0]

    def nothing() -> None:
        pass

    def elsewhere() -> None:
        nonlocal other
        other = store.alerts.update(replace(other, revision=other.revision + 1, state="updated"))

    calm = {
        "unchanged": "/feeds/atom",
        "unchanged_regency": f"/feeds/atom?wilayah={regency}",
        "unchanged_view": f"/feeds/atom?tampilan={view}",
    }
    found: list[Figure] = []
    for name, path in calm.items():
        found += await timed(name, app, path, bearer, requests, conditional=True, before=nothing)
    for name, path in (
        ("changed_elsewhere_regency", f"/feeds/atom?wilayah={regency}"),
        ("changed_elsewhere_province_level", "/feeds/atom?wilayah=35&tingkat=4"),
        ("changed_elsewhere_view", f"/feeds/atom?tampilan={view}"),
    ):
        found += await timed(name, app, path, bearer, requests, conditional=True, before=elsewhere)
    for name, path in (("page", "/feeds/atom"), ("deep", f"/feeds/atom?halaman={total // 2}")):
        found += await timed(name, app, path, bearer, max(requests // 10, 5), conditional=False, before=nothing)
    return found


def main() -> int:
    """Measure, print, write; return 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alerts", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--url", default="", help="of an empty store to fill (default: a SQLite file, thrown away)")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).resolve().parent.parent / "out" / "bench_serving.json"
    )
    given = parser.parse_args()
    vars(desk.feeds)["PER_MINUTE"] = 10**9  # a reader asks more often here, by a clock that stands still
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or f"sqlite:///{folder}/feeds.sqlite3"
        begun = time.perf_counter()
        made(url, given.alerts)
        print(f"{given.alerts:,} alerts made in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
        with Store.open(url) as store:
            found = asyncio.run(figures_of(store, url, Path(folder), given.requests))
    write(found, given.out)
    print(table(found))
    return 0 if all(figure.holds for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
