"""Where everything is kept: one store over SQLite (the default) or PostgreSQL, with the same behaviour on both.

Only flows, the desk and the front door open one. Its members hold one kind of thing each; whatever they write is one
transaction, and ``with store.transaction():`` makes one of several.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from data.errors import DiskFullError
from data.store.alert_feed import AlertFeed
from data.store.alerts import Alerts
from data.store.article_places import ArticlePlaces
from data.store.article_search import ArticleSearch
from data.store.articles import Articles
from data.store.assessments import Assessments, Judged
from data.store.audit import Audit
from data.store.checks import problems, wal_bytes
from data.store.comments import Comments
from data.store.copies import Copies
from data.store.counts import Counts
from data.store.database import Database
from data.store.deliveries import Deliveries
from data.store.desk_settings import DeskSettings
from data.store.desk_work import Claims, FollowUps, Looks
from data.store.drift_looks import DriftLooks
from data.store.duty import Duties, Notices, SavedViews, ShiftNotes
from data.store.early_warnings import EarlyWarnings
from data.store.endpoints import Endpoints
from data.store.escalations import Acknowledgements, Escalations
from data.store.feed_reads import FeedReads
from data.store.follow_ups import InformationValues, Outcomes
from data.store.frontier import Frontier
from data.store.incident_queue import Queue
from data.store.incidents import IncidentChange, Incidents
from data.store.joins import Joins, KeptProfile, PersonsLink
from data.store.label_tasks import LabelTasks, Queued
from data.store.labels import Conflict, Labels
from data.store.leases import Leases
from data.store.memory import Hosts, Robots
from data.store.outbox_retention import OutboxRetention
from data.store.pages import PageLog, Pages
from data.store.people import LoginFailures, Sessions, Tokens, Users
from data.store.place_corrections import PlaceCorrections
from data.store.recipients import Recipients
from data.store.reports import KeptReport, ReportFile, Reports
from data.store.retention import Retention
from data.store.reviews import Reviews
from data.store.runs import Run, Runs
from data.store.schema import prepare
from data.store.search import SearchIndex
from data.store.settlement import Settled, Settlement
from data.store.sightings import Sightings
from data.store.signatures import Signatures
from data.store.source_alarms import SourceAlarms
from data.store.source_hours import SourceHours
from data.store.sources import Sources
from data.store.watch_hits import WatchHits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from types import TracebackType

    from data.outcomes import Outcome
    from data.records import Article, Page, PageRef
    from data.store.pages import WarcPlace

__all__ = [
    "Conflict",
    "IncidentChange",
    "Judged",
    "KeptProfile",
    "KeptReport",
    "PageLog",
    "PersonsLink",
    "Queued",
    "ReportFile",
    "Run",
    "Settled",
    "Store",
]


class Store:
    """A database at this program's version; ``Store.open`` is the way to one. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._index = SearchIndex(is_sqlite=database.is_sqlite)
        self.sources = Sources(database)
        self.sightings = Sightings(database)
        self.source_hours = SourceHours(database)
        self.source_alarms = SourceAlarms(database)
        self.frontier = Frontier(database)
        self.pages = Pages(database)
        self.leases = Leases(database)
        self.robots = Robots(database)
        self.hosts = Hosts(database)
        self.article_search = ArticleSearch(database)
        self.articles = Articles(database, self._index, self.article_search)
        self.article_places = ArticlePlaces(database)
        self.assessments = Assessments(database, self.frontier, self.article_places)
        self.incidents = Incidents(database)
        self.queue = Queue(database, self.incidents, self.article_search)
        self.joins = Joins(database)
        self.signatures = Signatures(database)
        self.copies = Copies(database)
        self.reviews = Reviews(database, self.incidents)
        self.labels = Labels(database, self.articles)
        self.label_tasks = LabelTasks(database)
        self.place_corrections = PlaceCorrections(database)
        self.drift = DriftLooks(database)
        self.counts = Counts(database)
        self.early_warnings = EarlyWarnings(database)
        self.alerts = Alerts(database)
        self.alert_feed = AlertFeed(database, self.queue)
        self.feed_reads = FeedReads(database)
        self.recipients = Recipients(database)
        self.deliveries = Deliveries(database)
        self.endpoints = Endpoints(database)
        self.acknowledgements = Acknowledgements(database)
        self.escalations = Escalations(database)
        self.runs = Runs(database)
        self.users = Users(database)
        self.sessions = Sessions(database)
        self.tokens = Tokens(database)
        self.login_failures = LoginFailures(database)
        self.audit = Audit(database)
        self.desk_settings = DeskSettings(database)
        self.watch_hits = WatchHits(database, self.articles)
        self.retention = Retention(database, self._index, self.audit)
        self.outbox_retention = OutboxRetention(database)
        self.claims = Claims(database)
        self.looks = Looks(database)
        self.follow_ups = FollowUps(database)
        self.outcomes = Outcomes(database)
        self.information_values = InformationValues(database)
        self.comments = Comments(database)
        self.duties = Duties(database)
        self.shift_notes = ShiftNotes(database)
        self.notices = Notices(database)
        self.saved_views = SavedViews(database)
        self.reports = Reports(database)
        self._settlement = Settlement(database, self.frontier, self.pages, self.articles)

    @classmethod
    def open(cls, url: str, *, busy_timeout_s: float = 30.0) -> Store:
        """Return the store at a SQLAlchemy URL, brought to this program's version; a new SQLite file if need be.

        ``busy_timeout_s`` is how long a write waits for another one's end. Raises SettingsError where the URL is none,
        StoreSchemaError where the database is damaged, somebody else's or newer than this program (it is left as it
        is), StoreBusyError, DiskFullError or StoreError.
        """
        database = Database(url, busy_timeout_s=busy_timeout_s)
        try:
            prepare(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    @property
    def name(self) -> str:
        """The URL of the database without its password, to be shown to people."""
        return self._database.name

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make one write transaction of all that this thread and task does inside: all of it is kept, or nothing.

        Never await inside one: everybody else who writes waits for its end.
        """
        with self._database.write():
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let all that this thread and task reads inside see one state of the store, up to its own next write.

        It is quicker, too, by a connection and a transaction for each question. Never await inside one.
        """
        with self._database.reading():
            yield

    def settle(
        self,
        run_id: str,
        ref: PageRef,
        page: Page | None,
        outcome: Outcome,
        article: Article | None,
        now: datetime,
        *,
        warc: WarcPlace | None = None,
        alias_urls: Iterable[str] = (),
    ) -> Settled:
        """Take in how a URL ended in a run; the same URL again in the same run changes nothing and returns the same.

        ``article`` is what was read, with ``outcome`` FETCHED or BARU; which of BARU, REVISI, TETAP and DUPLICATE_URL
        it is, is decided here. ``alias_urls`` are canonical URLs that the piece was met under besides (redirects,
        further pages).
        """
        return self._settlement.settle(run_id, ref, page, outcome, article, now, warc=warc, alias_urls=alias_urls)

    def check_room(self, needed_bytes: int) -> None:
        """Raise DiskFullError where less than ``needed_bytes`` are free on the database's disk.

        A PostgreSQL server's disk cannot be asked; it says for itself when it is full.
        """
        if self._database.path is None:
            return
        folder = self._database.path.parent
        free = shutil.disk_usage(folder).free
        if free < needed_bytes:
            raise DiskFullError(folder, free_bytes=free, needed_bytes=needed_bytes)

    def integrity_check(self) -> list[str]:
        """Return what is wrong with the database, a sentence each; [] where nothing is. Nothing is mended."""
        return problems(self._database, self._index)

    def rebuild_search(self) -> None:
        """Make the full-text index anew from the present revisions."""
        with self._database.write() as connection:
            self._index.rebuild(connection)

    def checkpoint(self) -> int:
        """Fold SQLite's write-ahead log into the file and return the bytes that a reader held back; else 0."""
        if self._database.path is None:
            return 0
        with self._database.autocommit() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").close()
        return wal_bytes(self._database)

    def close(self) -> None:
        """Give back every connection."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
