"""The sample sites, crawled once for all tests that look at what came of it; and a small newsroom to play events in."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.outcomes import Outcome
from data.records import (
    WATCHED,
    Article,
    Assessment,
    Incident,
    Modality,
    Page,
    PageRef,
    Place,
    PlaceRole,
    Source,
    Urgency,
)
from data.samples.server import SampleServer
from data.samples.truth import truth
from data.store import Store
from desk.terminal.sample import sample_settings
from flows.assess import AssessTally, AssessTools, assess_pending
from flows.crawl import crawl_pass
from flows.publish import PublishTally, PublishTools, publish
from flows.settings import Settings
from flows.tools import crawl_tools, load_sources
from tests.flows.delivery_house import CALENDAR, GAZETTEER, TAXONOMY, House

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from data.records import StoredArticle, Tally
    from data.samples.server import Request
    from models.assessor import AssessItem

NOON = datetime(2024, 11, 26, 5, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """What the assessor of a test says of one article."""

    signals: tuple[str, ...]
    modality: Modality
    severity: int
    places: tuple[str, ...]
    points: tuple[tuple[str, int], ...] = ()


NOTHING = Said((), Modality.TIDAK_RELEVAN, 0, ())


@dataclass
class ScriptedAssessor:
    """Says of each article, by URL, what it was told to say; counts what it was asked."""

    said: dict[str, Said]
    model_version: str = "scripted-1"
    rules_version: str = "1"
    asked: list[str] = field(default_factory=list)

    def assess(self, items: Sequence[AssessItem]) -> list[Assessment]:
        self.asked += [item.url or "" for item in items]
        return [self._one(self.said.get(item.url or "", NOTHING)) for item in items]

    def _one(self, said: Said) -> Assessment:
        return Assessment(
            signals=dict.fromkeys(said.signals, 0.9),
            flagged_signals=said.signals,
            modality=said.modality,
            severity=said.severity,
            severity_points=said.points,
            urgency=Urgency.P2,
            flagged=bool(said.signals) and said.modality in WATCHED,
            flag_score=0.9,
            places=tuple(Place(code, code, PlaceRole.KEJADIAN, "text", 0, 1, 0.9) for code in said.places),
            evidence=(),
            model_version=self.model_version,
            rules_version=self.rules_version,
        )


def true_assessor() -> ScriptedAssessor:
    """Return an assessor that says what is true of the sample network's articles."""
    return ScriptedAssessor(
        {
            article.url: Said(article.labels.signals, article.labels.modality, article.labels.severity, article.places)
            for article in truth()
        }
    )


@pytest.fixture
def truthful() -> ScriptedAssessor:
    return true_assessor()


async def crawl_samples(settings: Settings) -> tuple[Tally, ...]:
    async with crawl_tools(settings) as tools:
        return await crawl_pass(load_sources(settings), tools)


@dataclass(frozen=True)
class Crawled:
    """Two crawls of the whole network, one after the other, and what was asked of the sites in each."""

    settings: Settings
    first: tuple[Tally, ...]
    second: tuple[Tally, ...]
    first_requests: tuple[Request, ...]
    second_requests: tuple[Request, ...]

    @property
    def store(self) -> Store:
        return Store.open(self.settings.database_url)


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    home: Path = tmp_path_factory.mktemp("crawled")
    with SampleServer() as server:
        settings = sample_settings(Settings.from_environ({"KENTONGAN_HOME": str(home)}), server)
        first = asyncio.run(crawl_samples(settings))
        first_requests = server.requests
        server.forget()
        second = asyncio.run(crawl_samples(settings))
        yield Crawled(settings, first, second, first_requests, server.requests)


@pytest.fixture
def sample_store(crawled: Crawled, tmp_path: Path) -> Path:
    """Return the file of a copy of the crawled store, not yet assessed."""
    with crawled.store as store:
        store.checkpoint()
    copy = tmp_path / "copy.sqlite3"
    shutil.copy(crawled.settings.home / "kentongan.sqlite3", copy)
    return copy


@pytest.fixture
def sample_sources(crawled: Crawled) -> dict[str, Source]:
    return {source.id: source for source in load_sources(crawled.settings)}


@dataclass
class Newsroom:
    """A store that articles come into by hand, with an assessor that says what it is told, and a clock."""

    store: Store
    assessor: ScriptedAssessor
    folder: Path
    now: datetime = NOON
    sources: dict[str, Source] = field(default_factory=dict)
    exercise: bool = False

    def outlet(self, name: str, tier: int = 2) -> None:
        home = f"http://{name}.example/"
        self.sources[name] = Source(name, name.title(), home, "Asia/Jakarta", "wordpress", (), tier=tier)

    def prints(self, outlet: str, title: str, text: str, said: Said, *, slug: str = "berita") -> StoredArticle:
        """Let an outlet print (or revise) an article, an hour after what was before."""
        if outlet not in self.sources:
            self.outlet(outlet)
        url = f"http://{outlet}.example/{slug}"
        self.assessor.said[url] = said
        digest = hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()
        article = Article(outlet, url, url, title, text, digest, published=self.now, language="id")
        page = Page(url, url, outlet, self.now, Outcome.FETCHED, 200)
        self._settle(url, outlet, page, Outcome.FETCHED, article)
        stored = self.store.articles.by_url(url)
        assert stored is not None
        return stored

    def withdraws(self, outlet: str, *, slug: str = "berita") -> None:
        """Let an outlet take an article down."""
        url = f"http://{outlet}.example/{slug}"
        self._settle(url, outlet, Page(url, url, outlet, self.now, Outcome.GONE, 404), Outcome.GONE, None)

    def _settle(self, url: str, outlet: str, page: Page, outcome: Outcome, article: Article | None) -> None:
        run = self.store.runs.start("crawl", self.now)
        self.store.settle(run, PageRef(url, url, outlet, "feed"), page, outcome, article, self.now)
        self.store.runs.finish(run, self.now, "completed")
        self.now += timedelta(hours=1)

    def assess(self) -> AssessTally:
        return assess_pending(AssessTools(self.store, self.assessor, self.sources, lambda: self.now))

    @property
    def leaving(self) -> PublishTools:
        return PublishTools(
            store=self.store,
            sources=self.sources,
            gazetteer=GAZETTEER(),
            taxonomy=TAXONOMY(),
            calendar=CALENDAR(),
            clock=lambda: self.now,
            folder=self.folder,
            exercise=self.exercise,
        )

    def publish(self) -> PublishTally:
        return publish(self.leaving)

    def incident(self, outlet: str, *, slug: str = "berita") -> Incident:
        stored = self.store.articles.by_url(f"http://{outlet}.example/{slug}")
        found = self.store.incidents.of_article(stored.id) if stored else None
        assert found is not None
        return found

    def review(self, incident: Incident, **changed: object) -> None:
        """Let somebody change an incident by hand."""
        self.store.incidents.update(replace(incident, **changed), self.now, "analis")  # type: ignore[arg-type]


@pytest.fixture
def newsroom(tmp_path: Path, new_store: Callable[[Path], str]) -> Iterator[Newsroom]:
    with Store.open(new_store(tmp_path / "newsroom.sqlite3")) as store:
        yield Newsroom(store, ScriptedAssessor({}), tmp_path / "feeds")


@pytest.fixture
def says() -> Callable[..., Said]:
    """Return what makes a word of the assessor: signal, severity, modality, place; all have a default."""

    def make(
        severity: int = 3,
        modality: Modality = Modality.KEJADIAN,
        signal: str = "perusakan",
        place: str = "13.77.01",
        points: tuple[tuple[str, int], ...] = (),
    ) -> Said:
        return Said((signal,), modality, severity, (place,), points)

    return make


@pytest.fixture
def says_nothing() -> Said:
    return NOTHING


@pytest.fixture
def house(tmp_path: Path, new_store: Callable[[Path], str]) -> Iterator[House]:
    with Store.open(new_store(tmp_path / "store.sqlite3")) as store:
        yield House(store, tmp_path)
