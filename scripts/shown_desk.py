"""A desk to be shown: some forty made-up stories, judged by the machine as any other, with people who work on them.

Used by ``scripts/screenshots.py`` and by the tests that look at every page. The stories are written by us after the
shapes of regional news; outlets, persons and what happened are made up, the places are real ones. The clock stands at
`NOW`, in the quiet days before the vote of 2024, so that every run shows the same.
"""

from __future__ import annotations

import hashlib
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data.outcomes import Outcome
from data.records import Article, Page, PageRef
from flows.assess import assess_pending
from flows.publish import publish
from flows.settings import Settings
from flows.tools import assess_tools, desk_tools, open_store, publish_tools

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.store import Store
    from flows.desk import DeskTools

NOW: Final = datetime(2024, 11, 26, 8, 0, tzinfo=UTC)
"""15.00 WIB, the day before the vote."""

PASSWORD: Final = "batu hijau terbang malam"  # noqa: S105 - of a desk that lives for a minute, on loopback

PEOPLE: Final = (
    ("analis", "Rina Analis", "analis"),
    ("andre", "Andre Piket", "analis"),
    ("verifikator", "Yusuf Verifikator", "verifikator"),
    ("ketua", "Sekretariat Desk", "ketua"),
    ("admin", "Admin Desk", "admin"),
    ("pengamat", "Pengamat Kominfo", "pengamat"),
)
"""Names, display names and roles."""

CATALOGUE: Final = """
[[source]]
id = "{id}"
name = "{name}"
home = "http://{id}.example/"
timezone = "Asia/Jakarta"
profile = "wordpress"
provinces = ["13"]
tier = {tier}
verified = true
note = "dibuat-buat"
finders = [{{ kind = "feed", url = "/feed/" }}]
"""

OUTLETS: Final = (
    ("harianranah", "Harian Ranah", 2),
    ("kabarnagari", "Kabar Nagari", 3),
    ("singgalangpos", "Pos Singgalang", 2),
    ("lintasminang", "Lintas Minang", 3),
    ("suarapesisir", "Suara Pesisir", 3),
    ("siarulang", "Siar Ulang", 4),
)

STORIES: Final = Path(__file__).with_name("shown_stories.toml")

QUIET_TOWNS: Final = (
    "Kota Solok",
    "Kabupaten Agam",
    "Kota Pariaman",
    "Kabupaten Pasaman",
    "Kota Padang",
    "Kota Sawahlunto",
)


@dataclass
class Clock:
    """A clock that is set; it stands until it is."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Return the moment that it shows."""
        return self.now


@dataclass(frozen=True)
class ShownDesk:
    """The desk's tools and its clock."""

    tools: DeskTools
    clock: Clock = field(default_factory=Clock)


def settings_in(home: Path) -> Settings:
    """Return the settings of a made-up desk that lives in ``home``, its catalogue written."""
    catalogue = home / "sources.toml"
    catalogue.write_text(
        "".join(CATALOGUE.format(id=slug, name=name, tier=tier) for slug, name, tier in OUTLETS), encoding="utf-8"
    )
    database = f"sqlite:///{home / 'kentongan.sqlite3'}"
    return Settings(home=home, database_url=database, catalogues=(catalogue,), min_free_mb=0)


@contextmanager
def shown_desk(home: Path) -> Iterator[ShownDesk]:
    """Yield a desk over a store in ``home`` that is filled anew: stories judged, alerts out, people at work."""
    settings, clock = settings_in(home), Clock()
    with open_store(settings) as store:
        _print(store)
    with assess_tools(settings, clock=clock) as judging:
        assess_pending(judging)
    with publish_tools(settings, clock=clock) as leaving:
        publish(leaving)
    with desk_tools(settings, clock=clock) as tools:
        _people(tools)
        _work(tools)
        yield ShownDesk(tools, clock)


def _print(store: Store) -> None:
    number = 0
    stories = tomllib.loads(STORIES.read_text(encoding="utf-8"))["story"]
    for story in reversed(stories):
        for late, outlet in enumerate((story["first"], *story["later"])):
            number += 1
            at = NOW - timedelta(hours=story["hours"]) + timedelta(minutes=4 * late)
            # Those who take a story over change its first words, as they do.
            text = story["text"].replace(" – ", f", {outlet.upper()}.example – ", 1) if late else story["text"]
            _keep(store, number, outlet, story["title"], text, min(at, NOW - timedelta(minutes=1)))
    for day in range(14):
        for town in QUIET_TOWNS:
            number += 1
            title = f"Harga Cabai di Pasar {town} Turun"
            text = f"Harga cabai di pasar {town} turun menjadi Rp{30 + day} ribu per kilogram. Pedagang menyambut baik."
            _keep(store, number, OUTLETS[number % 5][0], title, text, NOW - timedelta(days=day, hours=4))


def _keep(store: Store, number: int, outlet: str, title: str, text: str, at: datetime) -> None:
    url = f"http://{outlet}.example/{at:%Y/%m/%d}/berita-{number}"
    digest = hashlib.sha256(f"{title}\n{text}\n{number}".encode()).hexdigest()
    article = Article(outlet, url, url, title, text, digest, published=at, language="id", author="Redaksi")
    run = store.runs.start("crawl", at)
    page = Page(url, url, outlet, at, Outcome.FETCHED, 200)
    store.settle(run, PageRef(url, url, outlet, "feed"), page, Outcome.FETCHED, article, at)


def _people(tools: DeskTools) -> None:
    from desk.entry.passwords import hashed

    secret = hashed(PASSWORD)
    for name, display, role in PEOPLE:
        tools.store.users.add(name, display, role, (), secret, NOW - timedelta(days=30))


def _work(tools: DeskTools) -> None:
    """Let the people decide some of the incidents, so that the pages show every state."""
    from data.records import IncidentStatus
    from data.work import Claim
    from desk.actions.deciding import decide, version_of
    from desk.entry.guard import actor_of

    store = tools.store
    who = {name: actor_of(store, user) for name, _, _ in PEOPLE if (user := store.users.by_name(name)) is not None}
    found = store.incidents.list(limit=100)

    def number_of(word: str) -> int:
        return next(incident.id for incident in found if word in incident.title)

    def says(name: str, word: str, to: IncidentStatus, hours: float, **said: str) -> None:
        number, when = number_of(word), NOW - timedelta(hours=hours)
        decide(store, who[name], number, to, when, seen=version_of(store, number), **said)

    says("andre", "Kepung", IncidentStatus.VERIFIKASI, 0.6)
    says("analis", "Camat", IncidentStatus.VERIFIKASI, 2.5)
    says("verifikator", "Camat", IncidentStatus.TERVERIFIKASI, 2)
    says("analis", "Ancaman Bom", IncidentStatus.VERIFIKASI, 13)
    says("verifikator", "Ancaman Bom", IncidentStatus.TERVERIFIKASI, 12)
    to, letter = "Polresta Padang", "200/117/Kesbangpol"
    says("verifikator", "Ancaman Bom", IncidentStatus.DITINDAKLANJUTI, 11, recipient=to, letter=letter)
    kept, posko = number_of("Kepung"), number_of("Posko")
    store.claims.put(Claim(kept, who["andre"].user.id, NOW - timedelta(minutes=9), NOW + timedelta(minutes=21)))
    store.looks.see(posko, who["andre"].user.id, NOW)
