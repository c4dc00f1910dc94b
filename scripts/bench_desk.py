"""How long the desk's server takes for its pages on a large store: the 95th percentile of 200 requests each.

    python scripts/bench_desk.py [--articles 20000] [--requests 200]     # on both engines, a minute or two
    python scripts/bench_desk.py --full                                  # 200,000 and 1,000,000: half an hour
    python scripts/bench_desk.py --store URL                             # one that scripts/desk_store.py made

Requests go into the application within this process, so nothing but the server's own time is counted: no browser, no
network. Stores are made for it and thrown away; PostgreSQL's where its programs are installed, by a server of this
script's own. Both the wall's time and the processors' are told, PostgreSQL's processes counted in. The bound is on the
processors' time, since the machine may be busy with other things; with a server that is not ours on the wall's.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from desk_store import CORE, NOW, fill, sources
from figures import Figure, table, write
from private_postgresql import programs, running

from classifiers.stages import load_calendar
from data.gazetteer import Level, load_gazetteer
from data.store import Store
from data.taxonomy import load_taxonomy
from desk.api.limits import PER_MINUTE
from desk.entry.doorkeeper import COOKIE
from desk.entry.guard import digest, new_token
from desk.permissions import Permission
from desk.web import make_desk
from flows.desk import DeskTools
from flows.publish import PublishTools
from flows.settings import Settings
from models.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from private_postgresql import Server

BOUND_MS: Final = 150.0
"""What a person takes for at once, with the network and the browser's own work on top (issue 6)."""
FULL: Final = {"sqlite": 200_000, "postgresql": 1_000_000}
"""Articles of a desk's year on each engine (issue 6), with a tenth as many incidents."""
WARM: Final = 10
"""Requests that are not counted: a desk that has just been started has read nothing yet."""


def tools_of(store: Store, url: str, folder: Path) -> DeskTools:
    """Return the tools of a desk whose clock stands still."""
    outlets = sources()
    publish = PublishTools(
        store=store,
        sources=outlets,
        gazetteer=load_gazetteer(),
        taxonomy=load_taxonomy(),
        calendar=load_calendar(),
        clock=lambda: NOW,
        folder=folder / "feeds",
    )

    def no_model() -> Any:
        raise NotImplementedError("no page that is measured asks for the model")

    return DeskTools(
        publish, Settings(home=folder, database_url=url), Registry(folder / "models"), no_model, lambda: outlets
    )


def entered(store: Store) -> tuple[str, str]:
    """Return the cookie of a session and a token of a person who may see everything."""
    name = "beban"
    user = store.users.by_name(name)
    if user is None:
        user = store.users.add(name, "Beban", "ketua", (), "-", NOW)
    cookie = f"beban-{random.SystemRandom().getrandbits(64)}"
    store.sessions.open(digest(cookie), user.id, "csrf", NOW, address="-", agent="-", second_factor=True)
    token, _ = new_token(store, user, "beban", [one.value for one in Permission], NOW, None)
    return cookie, token


def paths(store: Store, rng: random.Random) -> dict[str, Callable[[], str]]:
    """Return by name what makes the next address of each page: as people ask, common filters more often than rare."""
    gazetteer = load_gazetteer()
    provinces = list(gazetteer.codes(Level.PROVINCE))
    regencies = list(gazetteer.codes(Level.KABKOTA))
    signals = list(load_taxonomy().slugs)
    numbers = [one.id for one in store.incidents.list(limit=400)]
    largest = max(numbers, default=1)

    def queue() -> str:
        return rng.choice(
            (
                "/",
                "/",
                "/?urgensi=P1",
                "/?status=semua",
                "/?waktu=7h",
                f"/?wilayah={rng.choice(provinces)}",
                f"/?wilayah={rng.choice(regencies)}",
                f"/?sinyal={rng.choice(signals)}",
                f"/?q={rng.choice(CORE)}",
            )
        )

    def incident() -> str:
        return f"/kejadian/{rng.choice(numbers) if rng.random() < 0.7 else rng.randint(1, largest)}"

    def search() -> str:
        few = rng.sample(CORE, 2)
        return rng.choice(
            (
                f"/cari?q={few[0]}",
                f"/cari?q={few[0]}+{few[1]}",
                f"/cari?q=%22{few[0]}+{few[1]}%22",
                f"/cari?q={few[0]}&wilayah={rng.choice(provinces)}",
                f"/cari?q={few[0][:4]}*",
                f"/cari?q={few[0]}&sinyal={rng.choice(signals)}",
            )
        )

    def region_map() -> str:
        return rng.choice(("/peta", f"/peta?wilayah={rng.choice(provinces)}", f"/peta?wilayah={rng.choice(regencies)}"))

    return {
        "queue": queue,
        "incident": incident,
        "search": search,
        "map": region_map,
        "api_incidents": lambda: "/api/v1/incidents" + queue().removeprefix("/"),
        "api_incident": lambda: f"/api/v1/incidents/{rng.choice(numbers)}",
        "api_articles": lambda: f"/api/v1/articles?q={rng.choice(CORE)}",
    }


async def asked(
    app: Any, path: str, headers: list[tuple[bytes, bytes]], cpu_s: Callable[[], float]
) -> tuple[int, float, float]:
    """Send a GET into an application and return status, seconds of the wall, seconds of the processors."""
    where, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": where,
        "raw_path": where.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), *headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    cpu, wall = cpu_s(), time.perf_counter()
    await app(scope, receive, send)
    wall = time.perf_counter() - wall
    return status, wall, cpu_s() - cpu


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured: the name of its figures, an application, and who tells the processors' time.

    ``bound_on_wall``: not all of the processors' time is known.
    """

    name: str
    app: Any
    cpu_s: Callable[[], float]
    bound_on_wall: bool

    async def measured(
        self, pages: dict[str, Callable[[], str]], headers: list[tuple[bytes, bytes]], requests: int
    ) -> list[Figure]:
        """Return the figures of every page; an answer that is none is an error, never a quick one."""
        figures: list[Figure] = []
        on_wall, on_cpu = (BOUND_MS, None) if self.bound_on_wall else (None, BOUND_MS)
        for name, make in pages.items():
            walls, cpus, slowest = [], [], (0.0, "")
            for turn in range(requests + WARM):
                path = make()
                status, wall, cpu = await asked(self.app, path, headers, self.cpu_s)
                if status not in {200, 303}:
                    raise SystemExit(f"{path}: {status}")
                if turn >= WARM:
                    walls.append(wall * 1000)
                    cpus.append(cpu * 1000)
                    slowest = max(slowest, (cpu * 1000, path))
            page = f"{self.name}.{name}"
            figures += [
                Figure(f"{page}_p95_ms", _p95(walls), "ms", requests, most=on_wall),
                Figure(f"{page}_median_ms", statistics.median(walls), "ms", requests),
                Figure(f"{page}_p95_cpu_ms", _p95(cpus), "ms", requests, most=on_cpu),
                Figure(f"{page}_median_cpu_ms", statistics.median(cpus), "ms", requests),
            ]
            print(f"{page}: the dearest was {slowest[1]} ({slowest[0]:.0f} ms of processors)", file=sys.stderr)
        return figures


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def figures_of(url: str, requests: int, server: Server | None = None, seed: int = 11) -> list[Figure]:
    """Return how long each page of a desk over the store at a URL takes; ``server`` is the one that has it, if ours."""
    is_sqlite = url.startswith("sqlite")

    def cpu_s() -> float:
        return time.process_time() + (server.cpu_s() if server is not None else 0.0)

    with tempfile.TemporaryDirectory() as folder, Store.open(url) as store:
        app = make_desk(tools_of(store, url, Path(folder)))
        name = "desk" if is_sqlite else "desk_postgresql"
        bench = Bench(name, app, cpu_s, bound_on_wall=not is_sqlite and server is None)
        cookie, token = entered(store)
        pages = paths(store, random.Random(seed))  # noqa: S311 - nothing secret hangs on it
        of_people = {name: make for name, make in pages.items() if not name.startswith("api_")}
        of_programs = {name: make for name, make in pages.items() if name.startswith("api_")}
        session = [(b"cookie", f"{COOKIE}={cookie}".encode())]
        bearer = [(b"authorization", f"Bearer {token}".encode())]
        found = asyncio.run(bench.measured(of_people, session, requests))
        # As many as one caller is let in a minute, by a clock that stands still.
        some = min(requests, PER_MINUTE // len(of_programs) - WARM)
        return found + asyncio.run(bench.measured(of_programs, bearer, some))


def on_sqlite(articles: int, requests: int) -> list[Figure]:
    """Return the figures on a file that is made for it and thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/desk.sqlite3"
        _fill(url, articles)
        return figures_of(url, requests)


def on_postgresql(articles: int, requests: int) -> list[Figure]:
    """Return the figures on a server that is started for it and thrown away; none where there are no programs."""
    where = programs()
    if where is None:
        print("PostgreSQL is not here: no figures of it (scripts/install-services.sh installs it)", file=sys.stderr)
        return []
    with running(where) as server:
        _fill(server.url, articles)
        return figures_of(server.url, requests, server)


def _fill(url: str, articles: int) -> None:
    took = fill(url, articles, articles // 10)
    engine = url.partition(":")[0].partition("+")[0]
    print(f"{engine}: {articles:,} articles, {articles // 10:,} incidents made in {took:.0f} s", file=sys.stderr)


def main() -> int:
    """Measure, print, write; return 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000, help="and a tenth as many incidents")
    parser.add_argument("--full", action="store_true", help="a desk's year: 200,000 on SQLite, 1,000,000 on PostgreSQL")
    parser.add_argument("--store", default="", help="URL of a store that is there already; nothing else is measured")
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "out" / "bench_desk.json")
    given = parser.parse_args()
    if given.store:
        found = figures_of(given.store, given.requests)
    else:
        sizes = FULL if given.full else dict.fromkeys(FULL, given.articles)
        found = on_sqlite(sizes["sqlite"], given.requests) + on_postgresql(sizes["postgresql"], given.requests)
    write(found, given.out)
    print(table(found))
    return 0 if all(figure.holds for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
