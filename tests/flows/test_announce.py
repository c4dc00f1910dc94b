"""What persons do is told to the engine: once, later where it does not answer, and never in their way."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from data.errors import LeaseError, StoreBusyError
from data.store import Store
from flows.announce import ACTED, Announcer, announcing, send
from flows.leases import when_free

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2024, 11, 26, 15, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}") as opened:
        yield opened


class Engine:
    """An engine that takes events while it is up, and counts them."""

    def __init__(self) -> None:
        self.up = True
        self.told = 0

    def __call__(self) -> bool:
        self.told += self.up
        return self.up


def test_an_act_is_told_once_and_what_stays_inside_is_not(store: Store) -> None:
    store.audit.add("ani", "diputuskan", "kejadian/1", NOW)  # before the desk was started: the schedule sees to it
    engine = Engine()
    announcer = Announcer(store, engine, store.audit.head()[0])
    said = [announcer.look()]
    store.audit.add("ani", "masuk", "orang/1", NOW)
    store.audit.add("ani", "baca_teks", "artikel/3", NOW)
    said.append(announcer.look())
    store.audit.add("ani", "diputuskan", "kejadian/2", NOW)
    store.audit.add("cli:budi", "kiriman_diulang", "penerima/1", NOW)
    said += [announcer.look(), announcer.look()]
    assert said == [None, None, True, None]
    assert engine.told == 1


def test_what_the_engine_was_not_told_of_is_told_when_it_is_back(store: Store) -> None:
    engine = Engine()
    announcer = Announcer(store, engine, 0)
    store.audit.add("ani", "diputuskan", "kejadian/2", NOW)
    engine.up = False
    said = [announcer.look(), announcer.look()]
    engine.up = True
    said += [announcer.look(), announcer.look()]
    assert said == [False, False, True, None]
    assert engine.told == 1


def test_an_act_that_is_undone_is_not_told(store: Store) -> None:
    engine = Engine()

    def act() -> None:
        with store.transaction():
            store.audit.add("ani", "diputuskan", "kejadian/2", NOW)
            raise StoreBusyError("another process has been writing")

    with pytest.raises(StoreBusyError):
        act()
    assert Announcer(store, engine, 0).look() is None
    assert engine.told == 0


def test_looking_goes_on_after_the_store_did_not_answer(store: Store) -> None:
    stopped, told, fails = threading.Event(), threading.Event(), [True]

    def tell() -> bool:
        if fails.pop() if fails else False:
            raise StoreBusyError("another process has been writing")
        told.set()
        return True

    store.audit.add("ani", "diputuskan", "kejadian/2", NOW)
    announcer = Announcer(store, tell, 0)
    looking = threading.Thread(target=announcer.keep_looking, args=(stopped, 0.001, 0.001))
    looking.start()
    assert told.wait(10)
    stopped.set()
    looking.join(10)
    assert not looking.is_alive()


class Api:
    """The engine's API on loopback: answers with a status and keeps what was asked."""

    def __init__(self, status: int) -> None:
        asked: list[tuple[str, str | None, Any]] = []

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                asked.append((self.path, self.headers["authorization"], json.loads(body)))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.asked = asked
        self.server = HTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api"

    def __enter__(self) -> Api:
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.mark.parametrize(("status", "taken"), [(204, True), (401, False), (500, False)])
def test_an_event_counts_as_told_when_the_engine_took_it(status: int, taken: bool) -> None:
    with Api(status) as api:
        assert send(f"{api.url}/events", {}) is taken
    ((path, authority, events),) = api.asked
    assert (path, authority) == ("/api/events", None)
    assert [(one["event"], one["resource"]) for one in events] == [
        (ACTED, {"prefect.resource.id": "kentongan.desk"}),
    ]


def test_an_engine_that_is_not_there_is_no_error() -> None:
    with Api(204) as api:
        pass
    assert send(f"{api.url}/events", {}) is False


@pytest.mark.parametrize(
    ("setting", "header"),
    [
        ({"PREFECT_API_KEY": "kunci"}, "Bearer kunci"),
        ({"PREFECT_API_AUTH_STRING": "admin:sandi"}, "Basic YWRtaW46c2FuZGk="),
    ],
)
def test_the_desk_shows_the_engine_what_its_own_client_would(
    store: Store, monkeypatch: pytest.MonkeyPatch, setting: dict[str, str], header: str
) -> None:
    monkeypatch.setattr(Announcer.keep_looking, "__defaults__", (0.001, 0.001))
    with Api(204) as api, announcing(store, {"PREFECT_API_URL": api.url, **setting}):
        store.audit.add("ani", "diputuskan", "kejadian/2", NOW)
        for _ in range(1000):
            if api.asked:
                break
            threading.Event().wait(0.005)
    assert [authority for _, authority, _ in api.asked] == [header]


def test_without_an_engine_nothing_is_looked_for(store: Store) -> None:
    before = threading.active_count()
    with announcing(store, {}):
        assert threading.active_count() == before


@pytest.mark.parametrize(("taken_for", "patience", "ends"), [(0, 0, "done"), (2, 5, "done"), (9, 5, "skipped")])
def test_what_an_event_set_off_waits_until_the_other_pass_is_over(taken_for: int, patience: float, ends: str) -> None:
    now = [0.0]

    def work() -> str:
        if now[0] < taken_for:
            raise LeaseError("publish", holder="another pass", until="it ends")
        return "done"

    def sleep(seconds: float) -> None:
        now[0] += seconds

    try:
        ended = when_free(work, patience, clock=lambda: now[0], sleep=sleep)
    except LeaseError:
        ended = "skipped"
    assert ended == ends
