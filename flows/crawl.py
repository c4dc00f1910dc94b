"""A crawl pass: every due source is asked what is new, every due page is read once, every offered URL counted once.

Order of effects, so that ``kill -9`` at any moment loses and doubles nothing: what a finder offered goes into the
frontier in one transaction with the finder's validators (a 304 next time can then hide nothing); a page is archived
before it is settled; settling is one transaction.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from data.errors import DiskFullError, KentonganError, LeaseError, StoreError
from data.outcomes import Outcome
from flows.holders import is_dead, this_holder
from flows.network_lease import NetworkLease
from flows.reading import PageCount, Patience, read_one
from scrapers.finders import find
from scrapers.poll import LONGEST_MINUTES, next_poll_minutes
from scrapers.urls import network_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from data.records import PageRef, Source, SourceState, Tally
    from flows.reading import CrawlTools
    from scrapers.finders import Findings

log = structlog.get_logger(__name__)

PAGES_AT_ONCE = 4
"""Pages of one source in flight. A network gets one request at a time anyway; so reading overlaps the waiting."""

FRONTIER_LOOK = 20_000
"""Due URLs looked at per source and run, to tell "deferred" from "known"; a first sitemap may hold that many."""


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
    lease = NetworkLease(tools.store, tools.clock, f"network:{network}", this_holder())
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


async def _crawl_held(
    source: Source,
    tools: CrawlTools,
    *,
    run_id: str,
    watch: Callable[[Progress], None],
    lease: NetworkLease,
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
    count.counts.update(findings.left_out)
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
    lease: NetworkLease,
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
