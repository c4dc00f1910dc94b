"""A crawl pass: every due source is asked what is new, every due page is read once, every offered URL counted once.

Order of effects, so that ``kill -9`` at any moment loses and doubles nothing: what a finder offered goes into the
frontier in one transaction with the finder's validators (a 304 next time can then hide nothing); a page is archived
before it is settled; settling is one transaction.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from data.errors import DiskFullError, KentonganError, LeaseError, StoreError
from data.outcomes import Outcome
from data.records import Page, PageRef, Source, Tally
from flows.holders import is_dead, this_holder
from flows.leases import take
from scrapers.extract import join_pages
from scrapers.finders import find
from scrapers.poll import LONGEST_MINUTES, next_poll_minutes
from scrapers.urls import canonical_url, network_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from data.records import Article, SourceState, Validators
    from data.store import Store
    from scrapers.extract import Extraction
    from scrapers.fetch import Accept
    from scrapers.finders import Findings
    from scrapers.warc import WarcLocation

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=10)
"""How long a network stays ours without a sign of life: twice the longest single page (30 s deadline, 10 parts)."""

DISTANCE = "distance"
"""Holder of a network that nobody reads, for the length of its delay after the last request."""

DISTANCE_LOOK_S = 0.2
"""How often somebody who waits for that looks again; a delay is a few seconds at most."""

PAGES_AT_ONCE = 4
"""Pages of one source in flight. A network gets one request at a time anyway; so reading overlaps the waiting."""

MAX_PARTS = 10
"""Further pages of one paged article that are fetched; longer ones are galleries."""

FRONTIER_LOOK = 20_000
"""Due URLs looked at per source and run, to tell "deferred" from "known"; a first sitemap may hold that many."""

GIVE_UP_AFTER = 3
"""Failures in a row after which a host is left alone until the next run: one is an accident, three are an answer."""

HOST_FAILURES = frozenset(
    {
        Outcome.DNS_ERROR,
        Outcome.CONNECT_ERROR,
        Outcome.TLS_ERROR,
        Outcome.TIMEOUT,
        Outcome.SERVER_ERROR,
        Outcome.CHALLENGE,
    }
)


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


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a run, for whoever watches: ``done`` of ``total`` URLs of a source, with the last one's outcome."""

    source_id: str
    done: int
    total: int
    outcome: Outcome | None = None
    url: str = ""


def silent(_: Progress) -> None:
    """Watch nothing."""


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
            self.spent = self.spent or self.failures >= GIVE_UP_AFTER
        else:
            self.failures = 0


async def crawl_pass(
    sources: Sequence[Source],
    tools: CrawlTools,
    *,
    watch: Callable[[Progress], None] = silent,
    until: datetime | None = None,
) -> tuple[Tally, ...]:
    """Crawl ``sources`` as one run that the store knows of from its start to its end, whichever way it ends."""
    runs = tools.store.runs
    for run in runs.abandoned(is_dead):
        runs.finish(run.id, tools.clock(), "abandoned", error="its process was killed")
    run_id = runs.start("crawl", tools.clock())
    try:
        tallies = await crawl(sources, tools, run_id=run_id, watch=watch, until=until)
    except BaseException as error:
        # Where the disk is full this cannot be written either; what matters is why the run ended.
        with suppress(StoreError, DiskFullError):
            runs.finish(run_id, tools.clock(), "failed", error=f"{type(error).__name__}: {error}"[:500])
        raise
    runs.finish(run_id, tools.clock(), "completed")
    return tallies


async def crawl(
    sources: Sequence[Source],
    tools: CrawlTools,
    *,
    run_id: str,
    watch: Callable[[Progress], None] = silent,
    at_once: int = 64,
    until: datetime | None = None,
) -> tuple[Tally, ...]:
    """Crawl ``sources`` side by side, at most ``at_once`` networks at a time; return a tally each, in order.

    The sources of one network share a lease as they share a request budget: a network that another run is reading is
    left out, and one that this run has read stays closed to others for the length of its delay. ``until`` ends the
    pass: what has not been asked for by then is DEFERRED and stays in the frontier (None: to the end). A full disk
    ends it with DiskFullError, once the pages in flight are settled or dropped; nothing half-written stays. So does
    any other error of ours that stops a source (the store's, a lost lease): it leaves as itself.
    """
    gate = asyncio.Semaphore(at_once)
    networks: dict[str, list[Source]] = {}
    for source in sources:
        networks.setdefault(network_of(source), []).append(source)

    async def one(network: str, members: Sequence[Source]) -> list[Tally]:
        async with gate:
            return await _crawl_network(network, members, tools, run_id=run_id, watch=watch, until=until)

    tools.check_room()
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(network, members)) for network, members in networks.items()]
    except BaseExceptionGroup as stopped:
        raise why(stopped) from stopped
    tallies = {tally.source_id: tally for task in tasks for tally in task.result()}
    return tuple(tallies[source.id] for source in sources if source.id in tallies)


def why(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return what stopped the tasks of ``group``: a full disk first, then another error of ours.

    Where something else is among them, a defect, the group itself is returned: nothing of it may be hidden.
    """
    ours, defects = group.split(KentonganError)
    if ours is None or defects is not None:
        return group
    found = list(_leaves(ours))
    return next((error for error in found if isinstance(error, DiskFullError)), found[0])


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


async def _crawl_network(
    network: str,
    sources: Sequence[Source],
    tools: CrawlTools,
    *,
    run_id: str,
    watch: Callable[[Progress], None],
    until: datetime | None,
) -> list[Tally]:
    """Read what the sources of one network have new; nothing where another run is reading it just now."""
    lease = _Lease(tools, f"network:{network}", this_holder())
    delays = [tools.default_delay_s if source.delay_s is None else source.delay_s for source in sources]
    try:
        await lease.take(max(delays))
    except LeaseError as error:
        log.info("network_busy", network=network, holder=error.holder, until=error.until)
        return []
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(_crawl_held(source, tools, run_id=run_id, watch=watch, lease=lease, until=until))
                for source in sources
            ]
        return [task.result() for task in tasks]
    finally:
        lease.close(max(delays))


@dataclass(frozen=True, slots=True)
class _Lease:
    """The right to ask one network, over all processes that share the store."""

    tools: CrawlTools
    name: str
    holder: str

    async def take(self, delay_s: float) -> None:
        """Take it, after the distance that the last holder's requests still keep; LeaseError where somebody has it.

        No longer than ``delay_s`` is waited, whatever the clock says: it may have been set back meanwhile.
        """
        waited_s = 0.0
        while True:
            try:
                take(self.tools.store, self.name, self.holder, self.tools.clock(), LEASE)
            except LeaseError as error:
                if error.holder != DISTANCE:
                    raise
                if waited_s > delay_s:
                    self.tools.store.leases.release(self.name, DISTANCE)
                await asyncio.sleep(DISTANCE_LOOK_S)
                waited_s += DISTANCE_LOOK_S
            else:
                return

    def renew(self) -> None:
        """Prolong it: a sign of life."""
        self.tools.store.leases.renew(self.name, self.holder, self.tools.clock(), LEASE)

    def close(self, delay_s: float) -> None:
        """Give it up once the network's delay has passed: the next process's first request keeps the distance too."""
        with self.tools.store.transaction():
            self.tools.store.leases.release(self.name, self.holder)
            if delay_s > 0:
                until = timedelta(seconds=delay_s)
                self.tools.store.leases.acquire(self.name, DISTANCE, self.tools.clock(), until)


async def _crawl_held(
    source: Source,
    tools: CrawlTools,
    *,
    run_id: str,
    watch: Callable[[Progress], None],
    lease: _Lease,
    until: datetime | None,
) -> Tally:
    store, now = tools.store, tools.clock()
    count = PageCount(run_id, source.id, now)
    findings = await find(
        source,
        fetch=tools.fetcher.fetch,
        known=store.frontier.known,
        validators=store.pages.validators,
        now=now,
        last_visit=store.sources.state(source.id).last_run,
    )
    for page in findings.pages:
        count.request("finder", page)
    with store.transaction():
        taken = store.frontier.offer(findings.refs, now)
        for page in findings.pages:
            store.pages.log(page, run_id)
    due = store.frontier.due(source.id, now, FRONTIER_LOOK)
    chosen = due[: source.max_new_per_run]
    count.counts[Outcome.DEFERRED] += len(due) - len(chosen)
    offered, due_urls = {ref.canonical_url for ref in findings.refs}, {ref.canonical_url for ref in due}
    count.counts[Outcome.BAD_URL] += len(offered - set(taken))
    count.counts[Outcome.KNOWN] += len((offered & set(taken)) - due_urls)
    await _read_all(source, chosen, tools, count, run_id=run_id, watch=watch, lease=lease, until=until)
    if len(findings.failed) >= len(source.finders) and not is_resting(findings):
        count.error = "; ".join(findings.failed)[:500]
    tally = count.close(tools.clock())
    with store.transaction():
        store.runs.save_tally(tally)
        _remember(source, tools, tally, findings)
    return tally


async def _read_all(
    source: Source,
    refs: Sequence[PageRef],
    tools: CrawlTools,
    count: PageCount,
    *,
    run_id: str,
    watch: Callable[[Progress], None],
    lease: _Lease,
    until: datetime | None,
) -> None:
    gate, patience, done = asyncio.Semaphore(PAGES_AT_ONCE), Patience(), 0
    watch(Progress(source.id, 0, len(refs)))

    async def one(ref: PageRef) -> None:
        nonlocal done
        async with gate:
            if patience.spent or (until is not None and tools.clock() >= until):
                outcome = Outcome.DEFERRED
            else:
                tools.check_room()
                outcome = await read_one(source, ref, tools, count, run_id=run_id, patience=patience)
                lease.renew()
        count.counts[outcome] += 1
        done += 1
        watch(Progress(source.id, done, len(refs), outcome, ref.url))

    async with asyncio.TaskGroup() as group:
        for ref in refs:
            group.create_task(one(ref))


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


def is_resting(findings: Findings) -> bool:
    """Return whether nothing was asked because the host wants to be left alone just now: no failure of the source."""
    return bool(findings.pages) and all(
        page.outcome is Outcome.THROTTLED and page.status is None for page in findings.pages
    )


def _remember(source: Source, tools: CrawlTools, tally: Tally, findings: Findings) -> None:
    """Keep what the run taught about the source: when to come again, and whether it answers."""
    store, now = tools.store, tally.ended_at
    state = store.sources.state(source.id)
    new = tally.counts.get(Outcome.BARU, 0)
    failed, rested = bool(tally.error), is_resting(findings)
    last_new = now if new else state.last_new
    minutes = next_poll_minutes(
        state.poll_minutes,
        offered=len(findings.refs),
        new=new,
        hours_since_new=(now - last_new).total_seconds() / 3600 if last_new else None,
    )
    store.sources.save(
        replace(
            state,
            poll_minutes=minutes,
            next_due=now + timedelta(minutes=minutes),
            last_run=now,
            last_ok=state.last_ok if failed or rested else now,
            last_new=last_new,
            failures=state.failures if rested else state.failures + 1 if failed else 0,
            last_error="; ".join(findings.failed)[:500] if findings.failed else "",
        )
    )


def due_sources(sources: Iterable[Source], state_of: Callable[[str], SourceState], now: datetime) -> tuple[Source, ...]:
    """Return the enabled sources whose time has come, the longest waiting first.

    A time further off than the longest interval was written under a clock that ran ahead: it has come, too.
    """
    waiting, furthest = [], now + timedelta(minutes=LONGEST_MINUTES)
    for source in sources:
        state = state_of(source.id)
        if not (source.enabled and state.enabled):
            continue
        if state.next_due is None or state.next_due <= now or state.next_due > furthest:
            waiting.append((state.next_due or state.last_run, source.id, source))
    waiting.sort(key=lambda item: (item[0] is not None, item[0] or now, item[1]))
    return tuple(source for _, _, source in waiting)
