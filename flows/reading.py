"""One URL from the frontier to its outcome: fetched, archived, read, joined with its further pages, settled, counted.

What has effects comes in as ``CrawlTools``; a replay hands in an archive where a crawl has the network.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import structlog

from data.outcomes import Outcome
from data.records import Page, PageRef, Source, Tally
from scrapers.budget import FAILURES_BEFORE_BACKOFF, HOST_FAILURES
from scrapers.extract import join_pages
from scrapers.urls import canonical_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.records import Article, Validators
    from data.store import Store
    from scrapers.extract import Extraction
    from scrapers.fetch import Accept
    from scrapers.warc import WarcLocation

log = structlog.get_logger(__name__)

MAX_PARTS = 10
"""Further pages of one paged article that are fetched; longer ones are galleries."""


class Fetches(Protocol):
    """What a crawl needs of ``scrapers.fetch.Fetcher``."""

    async def fetch(
        self, url: str, source: Source, *, validators: Validators | None = None, accept: Accept = "html"
    ) -> Page:
        """Return the answer to one request, whatever happened."""


class Reads(Protocol):
    """What a crawl needs of ``scrapers.workers.ExtractionPool``."""

    async def read(self, page: Page, source: Source, now: datetime) -> Extraction:
        """Return what a fetched page says, or why it says nothing."""


class Archives(Protocol):
    """What a crawl needs of ``scrapers.warc.WarcArchive``."""

    def write(self, page: Page) -> WarcLocation:
        """Keep a page's raw bytes and say where."""


@dataclass(frozen=True, slots=True)
class CrawlTools:
    """What has effects in a crawl: store, network, parser processes, archive and clock."""

    store: Store
    fetcher: Fetches
    reader: Reads
    archive: Archives
    clock: Callable[[], datetime]
    min_free_mb: int = 0
    default_delay_s: float = 2.0

    def check_room(self) -> None:
        """Raise DiskFullError below ``min_free_mb``; asked before each page: when it is full even DELETE fails."""
        self.store.check_room(self.min_free_mb * 1_000_000)


@dataclass(slots=True)
class PageCount:
    """The tally of one source while it grows."""

    run_id: str
    source_id: str
    started_at: datetime
    counts: Counter[Outcome] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    not_modified: int = 0
    wire_bytes: int = 0
    error: str = ""

    def request(self, kind: str, page: Page) -> None:
        """Count a request that went out, under what it was for."""
        if page.status is None and page.outcome not in {Outcome.TIMEOUT, Outcome.PROTOCOL_ERROR}:
            return  # no request went out: refused, denied by robots, host blocked
        self.requests[kind] += 1
        self.wire_bytes += page.wire_bytes
        self.not_modified += page.outcome is Outcome.NOT_MODIFIED

    def close(self, ended_at: datetime) -> Tally:
        """Return the tally as it stands."""
        return Tally(
            run_id=self.run_id,
            source_id=self.source_id,
            started_at=self.started_at,
            ended_at=ended_at,
            offered=sum(self.counts.values()),
            counts=dict(+self.counts),
            requests=dict(self.requests),
            requests_not_modified=self.not_modified,
            wire_bytes=self.wire_bytes,
            error=self.error,
        )


@dataclass(slots=True)
class Patience:
    """Whether a host is still worth asking in this run."""

    failures: int = 0
    spent: bool = False

    def note(self, outcome: Outcome) -> None:
        """Learn from an answer: throttling or unreadable robots end it at once, other failures after three in a row."""
        if outcome in {Outcome.THROTTLED, Outcome.ROBOTS_UNREACHABLE}:
            self.spent = True
        elif outcome in HOST_FAILURES:
            self.failures += 1
            self.spent = self.spent or self.failures >= FAILURES_BEFORE_BACKOFF
        else:
            self.failures = 0


async def read_one(
    source: Source, ref: PageRef, tools: CrawlTools, count: PageCount, *, run_id: str, patience: Patience
) -> Outcome:
    """Fetch, archive, read and settle one URL; return the outcome it ends in."""
    store = tools.store
    page = await tools.fetcher.fetch(ref.url, source, validators=store.pages.validators(ref.canonical_url))
    count.request("page", page)
    patience.note(page.outcome)
    if page.outcome is Outcome.THROTTLED and page.status is None:
        return Outcome.DEFERRED  # the host is blocked: nothing was asked, so nothing is known of this URL
    if page.outcome is not Outcome.FETCHED:
        return store.settle(run_id, ref, page, page.outcome, None, tools.clock()).outcome
    where = tools.archive.write(page)
    extraction = await tools.reader.read(page, source, tools.clock())
    article, outcome, aliases = extraction.article, extraction.outcome, _names_of(page)
    if article is not None and extraction.more_pages:
        article, part_urls = await _with_parts(source, article, extraction, tools, count)
        aliases += part_urls
    settled = store.settle(run_id, ref, page, outcome, article, tools.clock(), warc=where, alias_urls=aliases)
    return settled.outcome


def _names_of(page: Page) -> tuple[str, ...]:
    """Return the canonical URLs that a page answers to besides the one it was asked by: where its redirects led."""
    return tuple(canonical_url(url) for url in (*page.redirects, page.final_url) if url != page.url)


async def _with_parts(
    source: Source, first: Article, extraction: Extraction, tools: CrawlTools, count: PageCount
) -> tuple[Article, tuple[str, ...]]:
    """Return the article with its further pages joined, and their canonical URLs; a missing part is left out."""
    parts: list[Article] = []
    urls: list[str] = []
    wanted = list(extraction.more_pages)
    asked, seen = {first.url}, {first.canonical_url, canonical_url(first.url)}
    while wanted and len(urls) < MAX_PARTS:
        url = wanted.pop(0)
        identity = canonical_url(url)
        whole = identity == first.canonical_url  # ?page=all: the same article, all of it on one page
        if url in asked or (identity in seen and not whole):
            continue
        asked.add(url)
        seen.add(identity)
        page = await tools.fetcher.fetch(url, source)
        count.request("part", page)
        if page.outcome is not Outcome.FETCHED:
            log.warning("part_missing", url=url, outcome=str(page.outcome))
            continue
        tools.archive.write(page)
        urls.append(identity)
        part = await tools.reader.read(page, source, tools.clock())
        if part.article is not None:
            parts.append(part.article)
            wanted.extend(part.more_pages)
    return (join_pages(first, parts) if parts else first), tuple(urls)
