"""How long the desk's server takes for its pages on a large store: the 95th percentile of 200 requests each.

    python scripts/bench_desk.py [--articles 20000] [--incidents 2000] [--store URL] [--requests 200]

Requests go into the application within this process, so nothing but the server's own time is counted: no browser, no
network. ``--store`` is a store that ``scripts/desk_store.py`` made; without one a small one is made, measured and
thrown away. Both the wall's time and this process's CPU time are told. With SQLite the bound is on the CPU's, since all
work is done in this process and the machine may be busy with other things; with PostgreSQL on the wall's.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from desk_store import CORE, NOW, fill, sources
from figures import Figure, table, write

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

BOUND_MS: Final = 150.0
"""What a person takes for at once, with the network and the browser's own work on top (issue 6)."""
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


async def asked(app: Any, path: str, headers: list[tuple[bytes, bytes]]) -> tuple[int, float, float]:
    """Send a GET into an application and return status, seconds of the wall, seconds of this process's CPU."""
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

    wall, cpu = time.perf_counter(), time.process_time()
    await app(scope, receive, send)
    return status, time.perf_counter() - wall, time.process_time() - cpu


async def measured(
    app: Any, pages: dict[str, Callable[[], str]], headers: list[tuple[bytes, bytes]], requests: int, *, alone: bool
) -> list[Figure]:
    """Return the figures of every page, ``alone``: the store works in this process too.

    An answer that is none is an error, never a quick one.
    """
    figures: list[Figure] = []
    for name, make in pages.items():
        walls, cpus, slowest = [], [], (0.0, "")
        for turn in range(requests + WARM):
            path = make()
            status, wall, cpu = await asked(app, path, headers)
            if status not in {200, 303}:
                raise SystemExit(f"{path}: {status}")
            if turn >= WARM:
                walls.append(wall * 1000)
                cpus.append(cpu * 1000)
                slowest = max(slowest, (cpu * 1000, path))
        figures += [
            Figure(f"desk.{name}_p95_ms", _p95(walls), "ms", requests, most=None if alone else BOUND_MS),
            Figure(f"desk.{name}_p95_cpu_ms", _p95(cpus), "ms", requests, most=BOUND_MS if alone else None),
            Figure(f"desk.{name}_median_cpu_ms", statistics.median(cpus), "ms", requests),
        ]
        print(f"{name}: the dearest was {slowest[1]} ({slowest[0]:.0f} ms of CPU)", file=sys.stderr)
    return figures


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def figures_of(url: str, requests: int, seed: int = 11) -> list[Figure]:
    """Return how long each page of a desk over the store at a URL takes."""
    with tempfile.TemporaryDirectory() as folder, Store.open(url) as store:
        app = make_desk(tools_of(store, url, Path(folder)))
        cookie, token = entered(store)
        pages = paths(store, random.Random(seed))  # noqa: S311 - nothing secret hangs on it
        of_people = {name: make for name, make in pages.items() if not name.startswith("api_")}
        of_programs = {name: make for name, make in pages.items() if name.startswith("api_")}
        session = [(b"cookie", f"{COOKIE}={cookie}".encode())]
        bearer = [(b"authorization", f"Bearer {token}".encode())]
        alone = url.startswith("sqlite")
        found = asyncio.run(measured(app, of_people, session, requests, alone=alone))
        # As many as one caller is let in a minute, by a clock that stands still.
        some = min(requests, PER_MINUTE // len(of_programs) - WARM)
        return found + asyncio.run(measured(app, of_programs, bearer, some, alone=alone))


def small(articles: int = 20_000, incidents: int = 2_000, requests: int = 200) -> list[Figure]:
    """Return the figures on a store that is made for it and thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/desk.sqlite3"
        took = fill(url, articles, incidents)
        print(f"{articles:,} articles and {incidents:,} incidents made in {took:.0f} s", file=sys.stderr)
        return figures_of(url, requests)


def main() -> int:
    """Measure, print, write; return 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--incidents", type=int, default=0, help="default: a tenth of the articles")
    parser.add_argument("--store", default="", help="URL of a store that is there already")
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "out" / "bench_desk.json")
    given = parser.parse_args()
    if given.store:
        found = figures_of(given.store, given.requests)
    else:
        found = small(given.articles, given.incidents or given.articles // 10, given.requests)
    write(found, given.out)
    print(table(found))
    return 0 if all(figure.holds for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
