"""A desk with one incident in its store, persons of every role, and who calls it: a client, a real browser."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from argon2 import PasswordHasher
from jinja2 import Environment, FileSystemBytecodeCache
from starlette.testclient import TestClient

from classifiers.stages import load_calendar
from data.gazetteer import load_gazetteer
from data.outcomes import Outcome
from data.records import (
    Alert,
    Article,
    Assessment,
    Evidence,
    Incident,
    IncidentStatus,
    Modality,
    Page,
    PageRef,
    Place,
    PlaceRole,
    Source,
    Urgency,
)
from data.store import Store
from data.taxonomy import load_taxonomy
from desk import frame
from desk.entry import passwords
from desk.web import make_desk
from flows.desk import DeskTools
from flows.publish import PublishTools
from flows.settings import Settings
from models.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.applications import Starlette

NOW = datetime(2024, 11, 26, 8, 0, tzinfo=UTC)
EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)> Posko "dibakar" & ditinggal'
TEXT = "PARIAMAN – Posko dibakar orang tak dikenal pada Selasa dini hari. Dua relawan luka bakar ringan dan dirawat."
PASSWORD = "batu hijau terbang malam"


@dataclass
class Clock:
    """The desk's clock, which a test sets forward."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture(scope="session")
def gazetteer() -> Any:
    return load_gazetteer()


@pytest.fixture(scope="session", autouse=True)
def cheap_desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let the many desks of these tests share what one desk pays once: templates are compiled once per session.

    Passwords are hashed with the least that argon2id takes; hundreds log in here, and the cost is no test's subject.
    """
    compiled = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frame, "Environment", partial(Environment, bytecode_cache=compiled))
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def password_hash(cheap_desks: None) -> str:
    return passwords.hashed(PASSWORD)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, new_store: Callable[[Path], str]) -> Iterator[Store]:
    with Store.open(new_store(tmp_path / "desk.sqlite3")) as store:
        yield store


@dataclass
class Newsdesk:
    """What puts articles and incidents into the desk's store."""

    store: Store
    clock: Clock
    count: int = 0
    sources: dict[str, Source] = field(default_factory=dict)

    def prints(self, title: str, text: str = TEXT, *, outlet: str = "kabar", slug: str = "") -> int:
        """Let an outlet print an article and return its id."""
        self.count += 1
        url = f"http://{outlet}.example/{slug or self.count}"
        if outlet not in self.sources:
            name = "Kabar <b>Nagari</b>" if outlet == "kabar" else outlet.title()
            self.sources[outlet] = Source(outlet, name, f"http://{outlet}.example/", "Asia/Jakarta", "wordpress", ())
        run = self.store.runs.start("crawl", self.clock.now)
        article = Article(outlet, url, url, title, text, f"{self.count:064d}", published=self.clock.now)
        page = Page(url, url, outlet, self.clock.now, Outcome.FETCHED, 200)
        ref = PageRef(url, url, outlet, "feed")
        settled = self.store.settle(run, ref, page, Outcome.FETCHED, article, self.clock.now)
        assert settled.article_id is not None
        return settled.article_id

    def judged(self, article_id: int, *, severity: int = 3, code: str = "13.77", urgency: Urgency = Urgency.P1) -> None:
        """Let the machine judge an article."""
        place = Place(code, "Kota Pariaman", PlaceRole.KEJADIAN, "text", 0, 8, 0.9)
        self.store.assessments.save(
            article_id,
            1,
            Assessment(
                signals={"perusakan": 0.9},
                flagged_signals=("perusakan",),
                modality=Modality.KEJADIAN,
                severity=severity,
                severity_points=(("dasar: perusakan x kejadian", 2), ("masa tenang", 1)),
                urgency=urgency,
                flagged=True,
                flag_score=0.9,
                places=(place,),
                evidence=(Evidence("perusakan", "text", 17, 24, 2.0, "isyarat: dibakar"),),
                model_version="m",
                rules_version="r",
            ),
            self.clock.now,
        )

    def opens(
        self,
        title: str = "Posko dibakar",
        *articles: int,
        severity: int = 3,
        code: str = "13.77",
        urgency: Urgency = Urgency.P1,
    ) -> Incident:
        """Let the machine open an incident about articles (none given: one that is printed for it)."""
        about = articles or (self.prints(title),)
        for article_id in about:
            self.judged(article_id, severity=severity, code=code, urgency=urgency)
        place = Place(code, "Kota Pariaman", PlaceRole.KEJADIAN, "text", 0, 8, 0.9)
        now = self.clock.now
        incident = Incident(
            id=0, title=title, signals=("perusakan",), modality=Modality.KEJADIAN, severity=severity, urgency=urgency,
            status=IncidentStatus.BELUM_DITINJAU, places=(place,), opened_at=now, first_seen=now, last_seen=now,
            event_time=None, article_ids=(), spread=len(about), independent_sources=1, best_tier=3,
            best_article_id=about[0],
        )  # fmt: skip
        return self.store.incidents.open(incident, about, now)


@pytest.fixture
def newsdesk(store: Store, clock: Clock) -> Newsdesk:
    return Newsdesk(store, clock)


@pytest.fixture
def incident(newsdesk: Newsdesk) -> Incident:
    """One incident with an alert, whose title tries to be a script."""
    opened = newsdesk.opens(EVIL, newsdesk.prints(EVIL, slug="posko"))
    newsdesk.store.alerts.raise_(
        Alert("tag:x,2024:1", opened.id, 1, "raised", NOW, NOW, verified=False, exercise=False, incident_revision=1)
    )
    return opened


@pytest.fixture
def tools(newsdesk: Newsdesk, clock: Clock, gazetteer: Any, tmp_path: Path) -> DeskTools:
    def no_model() -> Any:
        raise AssertionError("this test asks for no model")

    publish = PublishTools(
        store=newsdesk.store,
        sources=newsdesk.sources,
        gazetteer=gazetteer,
        taxonomy=load_taxonomy(),
        calendar=load_calendar(),
        clock=clock,
        folder=tmp_path / "feeds",
    )
    settings = Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'desk.sqlite3'}")
    return DeskTools(publish, settings, Registry(tmp_path / "models"), no_model, lambda: newsdesk.sources)


@pytest.fixture
def add_user(store: Store, clock: Clock, password_hash: str) -> Callable[..., Any]:
    """Return what adds a person; the name is the role's unless given, the password `PASSWORD`."""

    def adding(role: str = "analis", name: str = "", regions: tuple[str, ...] = (), **values: Any) -> Any:
        who = name or role
        user = store.users.add(who, who.title(), role, regions, password_hash, clock.now)
        return store.users.change(user.id, **values) if values else user

    return adding


@pytest.fixture
def app(tools: DeskTools) -> Starlette:
    return make_desk(tools)


class Visitor(TestClient):
    """A client that stays logged in and sends the forms' token by itself."""

    csrf = ""

    def log_in(self, name: str, password: str = PASSWORD) -> Any:
        answer = self.post("/masuk", data={"nama": name, "sandi": password}, follow_redirects=False)
        self.take_token()
        return answer

    def take_token(self) -> None:
        page = self.get("/akun").text
        self.csrf = page.partition('name="csrf" content="')[2].partition('"')[0]

    def submit(self, path: str, *, follow: bool = False, **fields: Any) -> Any:
        """Post a form of ours."""
        return self.post(path, data={"csrf": self.csrf, **fields}, follow_redirects=follow)


@pytest.fixture
def visit(app: Starlette, add_user: Callable[..., Any]) -> Iterator[Callable[..., Visitor]]:
    """Return what makes a visitor: a stranger, or one who is logged in under a role (a user is added for it)."""
    open_clients: list[Visitor] = []

    def visiting(role: str | None = None, *, name: str = "", regions: tuple[str, ...] = ()) -> Visitor:
        client = Visitor(app, raise_server_exceptions=False)
        open_clients.append(client)
        if role is not None:
            user = add_user(role, name, regions)
            assert client.log_in(user.name).status_code == 303
        return client

    yield visiting
    for client in open_clients:
        client.close()


@pytest.fixture
def analyst(visit: Callable[..., Visitor]) -> Visitor:
    return visit("analis")


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an application on loopback and yield its address."""
    # A browser that was killed may leave a request half asked: the server does not wait for it for ever.
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive(), "the desk did not stop"


@pytest.fixture
def address(app: Starlette) -> Iterator[str]:
    """Yield the address of the desk, served on loopback."""
    with serving(app) as where:
        yield where


CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
"""No packet beyond loopback: no other name resolves, and the browser's own errands are off."""


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Any]:
    """Yield Debian's Chromium, driven by Playwright, a context of its own for each test.

    One for each module, and no longer: Playwright keeps an event loop running in this thread, in which no other
    asynchronous test can run.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, headless=True, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@dataclass
class Browser:
    """One person's browser: ``page`` to drive, and what went wrong in it."""

    page: Any
    address: str
    problems: list[str]

    def log_in(self, name: str, password: str = PASSWORD) -> None:
        self.page.goto(f"{self.address}/masuk")
        self.page.get_by_label("Nama pengguna").fill(name)
        self.page.get_by_label("Kata sandi").fill(password)
        self.page.get_by_role("button", name="Masuk").click()
        self.page.wait_for_url(f"{self.address}/")


@pytest.fixture
def browse(chromium: Any, address: str, add_user: Callable[..., Any]) -> Iterator[Callable[..., Browser]]:
    """Return what opens a browser for a role (a user is added for it); at the end nothing may have gone wrong in it.

    What goes wrong: an error of a script, what the content security policy refused, a dialog.
    """
    contexts: list[Any] = []
    opened: list[Browser] = []

    def browsing(
        role: str | None = "analis", *, name: str = "", regions: tuple[str, ...] = (), **options: Any
    ) -> Browser:
        context = chromium.new_context(locale="id-ID", **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        browser = Browser(page, address, [])
        page.on("pageerror", lambda error: browser.problems.append(f"script: {error}"))
        page.on("dialog", lambda dialog: (browser.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on(
            "console",
            lambda said: browser.problems.append(said.text) if "Content Security Policy" in said.text else None,
        )
        opened.append(browser)
        if role is not None:
            browser.log_in(add_user(role, name, regions).name)
        return browser

    yield browsing
    for context in contexts:
        context.close()
    assert [problem for browser in opened for problem in browser.problems] == []
