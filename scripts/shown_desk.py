"""A desk to be shown: some forty made-up stories, judged by the machine as any other, with people who work on them.

Used by ``scripts/screenshots.py`` and by the tests that look at every page. The stories are written by us after the
shapes of regional news; outlets, persons and what happened are made up, the places are real ones. The clock stands at
`NOW`, in the quiet days before the vote of 2024, so that every run shows the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from data.delivering import Acknowledgement, DeliveryRule, Message, Receipt, Recipient
from data.errors import InputError
from data.outcomes import Outcome
from data.records import Article, IncidentStatus, Label, LabelTask, Modality, Page, PageRef, Tally
from data.work import Claim
from desk.actions.deciding import decide, version_of
from desk.entry.guard import actor_of
from desk.entry.passwords import hashed
from flows.acknowledge import hash_of
from flows.assess import assess_pending
from flows.deliver import deliver
from flows.deliver_plan import DeliverTools
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

OUT: Final = "Diskominfo (tujuan lama)"
"""A recipient whose endpoint is gone."""

LINK: Final = "t" * 43
"""The token in the link of a message that nobody has acknowledged yet."""

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
    stories = tomllib.loads(STORIES.read_text(encoding="utf-8"))["story"]
    with open_store(settings) as store:
        _watch(store)
        _quiet(store)
    with assess_tools(settings, clock=clock) as judging:
        # One after the other, as the desk lives it: each is judged when it comes in, and takes its time to open.
        for number, story in enumerate(reversed(stories)):
            clock.now = _print(judging.store, number, story)
            assess_pending(judging)
    clock.now = NOW
    with publish_tools(settings, clock=clock) as leaving:
        publish(leaving)
    with desk_tools(settings, clock=clock) as tools:
        _people(tools)
        _work(tools, stories)
        _send(tools)
        yield ShownDesk(tools, clock)


def _watch(store: Store) -> None:
    """Let every outlet have been asked, and have answered, four times a day."""
    for hours in range(14 * 24, 0, -6):
        at = NOW - timedelta(hours=hours)
        run = store.runs.start("crawl", at)
        for slug, _, _ in OUTLETS:
            store.runs.save_tally(Tally(run, slug, at, at + timedelta(minutes=1), 2, {Outcome.TETAP: 2}, {"feed": 1}))
        store.runs.finish(run, at + timedelta(minutes=1), "completed")
    last = NOW - timedelta(hours=6)
    for slug, _, _ in OUTLETS:
        state = store.sources.state(slug)
        store.sources.save(replace(state, last_run=last, last_ok=last, last_new=last, verified_at=last))


def _quiet(store: Store) -> None:
    """Let the outlets print what no desk cares for."""
    for day in range(14):
        for number, town in enumerate(QUIET_TOWNS):
            title = f"Harga Cabai di Pasar {town} Turun"
            text = f"Harga cabai di pasar {town} turun menjadi Rp{30 + day} ribu per kilogram. Pedagang menyambut baik."
            outlet, at = OUTLETS[(number + day) % 5][0], NOW - timedelta(days=day + 3, hours=number)
            _keep(store, f"pasar-{day}-{number}", outlet, title, text, at)


def _print(store: Store, number: int, story: dict[str, Any]) -> datetime:
    """Let the outlets print a story, and return the moment when it is judged."""
    first = NOW - timedelta(hours=story["hours"])
    for late, outlet in enumerate((story["first"], *story["later"])):
        # Those who take a story over change its first words, as they do.
        text = story["text"].replace(" – ", f", {outlet.upper()}.example – ", 1) if late else story["text"]
        _keep(store, f"{number}-{late}", outlet, story["title"], text, first + timedelta(minutes=late))
    return min(first + timedelta(minutes=5), NOW)


def _keep(store: Store, slug: str, outlet: str, title: str, text: str, at: datetime) -> int:
    url = f"http://{outlet}.example/{at:%Y/%m/%d}/berita-{slug}"
    digest = hashlib.sha256(f"{title}\n{text}\n{slug}".encode()).hexdigest()
    article = Article(outlet, url, url, title, text, digest, published=at, language="id", author="Redaksi")
    run = store.runs.start("crawl", at)
    page = Page(url, url, outlet, at, Outcome.FETCHED, 200)
    settled = store.settle(run, PageRef(url, url, outlet, "feed"), page, Outcome.FETCHED, article, at)
    if settled.article_id is None:
        raise InputError(f"the story {title!r} was not kept")
    return settled.article_id


def _people(tools: DeskTools) -> None:
    secret = hashed(PASSWORD)
    for name, display, role in PEOPLE:
        tools.store.users.add(name, display, role, (), secret, NOW - timedelta(days=30))


def _work(tools: DeskTools, stories: list[dict[str, Any]]) -> None:
    """Let the people decide what the stories say of them, and have one at work on what is newest."""
    store = tools.store
    who = {name: actor_of(store, user) for name, _, _ in PEOPLE if (user := store.users.by_name(name)) is not None}
    found = {incident.title: incident for incident in store.incidents.list(limit=100)}
    decided: set[int] = set()
    for story in reversed(stories):
        # What the machine takes for another story's incident has been decided with that one.
        incident = found.get(story["title"])
        if incident is None or incident.id in decided:
            continue
        decided.add(incident.id)
        for step in story.get("steps", ()):
            to, name, minutes, *rest = step.split(" ", 3)
            at = min(incident.opened_at + timedelta(minutes=int(minutes)), NOW)
            words = "recipient" if to == "ditindaklanjuti" else "reason"
            said: dict[str, Any] = {words: " ".join(rest)} if rest else {}
            seen = version_of(store, incident.id)
            decide(store, who[name], incident.id, IncidentStatus(to), at, seen=seen, **said)
    newest = [found[story["title"]].id for story in stories[:2] if story["title"] in found]
    for number in newest[1:]:
        claim = Claim(number, who["andre"].user.id, NOW - timedelta(minutes=9), NOW + timedelta(minutes=21))
        store.claims.put(claim)
    for number in newest[:1]:
        store.looks.see(number, who["andre"].user.id, NOW)
    _label(store, store.incidents.list(limit=1)[0].article_ids[0], newest)
    store.duties.begin(who["andre"].user.id, NOW - timedelta(hours=7))
    note = "KPU Padang Pariaman sudah ditelepon soal logistik Sungai Limau; tunggu kabar pukul 17."
    store.shift_notes.add(who["analis"].user.id, NOW - timedelta(hours=7), note)
    store.notices.add(who["analis"].user.id, NOW, "sebutan", "tolong cek sumber kedua untuk posko", newest[0])


class Post:
    """Takes all messages but those to `OUT`, which nobody answers any more; nothing leaves the machine."""

    async def send(self, _message: Message, recipient: Recipient) -> Receipt:
        """Say what became of a message."""
        if recipient.name == OUT:
            return Receipt("refused", "answered 410: it is gone for good")
        return Receipt("delivered", "answered 204")


def _send(tools: DeskTools) -> None:
    """Have recipients, each with what it was sent, and a link that nobody has followed yet."""
    store, key = tools.store, "kunci-buatan-untuk-desk-yang-ditunjukkan"
    rule = DeliveryRule(from_level=3, escalations=("P1",))
    recipients = (
        Recipient(0, "Polres Padang Pariaman", "webhook", "https://polres.example/masuk", key, rule=rule),
        Recipient(0, "Bawaslu Sumatera Barat", "surel", "desk@bawaslu.example", rule=DeliveryRule(regions=("13",))),
        Recipient(0, OUT, "webhook", "https://diskominfo.example/kirim", key, rule=DeliveryRule(from_level=4)),
    )
    added = [store.recipients.add(one, "admin", NOW - timedelta(days=8)) for one in recipients]
    ways = dict.fromkeys(("webhook", "surel", "apprise"), Post())
    asyncio.run(deliver(DeliverTools(tools.publish, ways, tools.clock, lambda: 0.5)))
    newest = store.incidents.list(limit=1)[0]
    store.acknowledgements.put(Acknowledgement(hash_of(LINK), newest.id, added[0].id, NOW))


def _label(store: Store, disputed: int, newest: list[int]) -> None:
    """Let two label one article differently, and the newest wait for labels."""
    waiting = [
        number for incident in newest if (found := store.incidents.get(incident)) for number in found.article_ids
    ]
    tasks = [LabelTask(number, 1, "ragu", "model ragu: 0,48", 0.9, NOW - timedelta(hours=2)) for number in waiting]
    store.label_tasks.add([*tasks, LabelTask(disputed, 1, "acak", "diundi", 0.0, NOW - timedelta(hours=20))])
    for name, signals, level in (("analis", ("kekerasan_intimidasi",), 4), ("andre", ("hoaks_disinformasi",), 2)):
        at = NOW - timedelta(hours=level)
        store.labels.add(
            Label(disputed, 1, name, at, signals, Modality.KEJADIAN, severity=level, note="lihat paragraf 2")
        )
