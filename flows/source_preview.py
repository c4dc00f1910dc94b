"""Looking at a site before it becomes a source: what it is, where it lists its articles, and one of them as it is read.

The fetch path is that of every crawl, with all its guards: nobody reaches into a private network by pasting an address.
Nothing is kept of what is seen but what every fetch keeps: robots.txt, and that a host wants to be left alone.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from data.errors import InputError
from data.outcomes import Outcome
from data.records import Source
from scrapers.check import check_source
from scrapers.discover import discover, source_id
from scrapers.finders.markup import NotReadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from data.store import Store
    from flows.settings import Settings
    from scrapers.check import Check, Read
    from scrapers.finders.visit import Fetch

DEADLINE_S: Final = 90.0
"""A site with three feeds and a sitemap, asked every two seconds, is through in twenty; a slow one in a minute."""

AT_ONCE: Final = 2
"""Previews at once: each holds a thread of the desk and a process that reads pages."""

_room = threading.BoundedSemaphore(AT_ONCE)

REFUSED: Final = {
    Outcome.REFUSED_ADDRESS: "this address leads into a private network, not to a site of the public net",
    Outcome.BAD_URL: "this is no address that may be asked: http or https, the usual port, no user name",
    Outcome.DNS_ERROR: "there is no site of this name",
    Outcome.ROBOTS_DENIED: "the site's robots.txt does not let its pages be read",
    Outcome.CHALLENGE: "the site asks for proof that a person is reading; that is never forced",
}
"""What is said of a homepage that may not or cannot be had."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A site as it was seen: the source that would be added, what says so, what was tried in vain, and the check."""

    source: Source
    evidence: tuple[str, ...]
    failed: tuple[str, ...]
    check: Check


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person says of a site: its address, and what is known of it; "" and () where nothing is."""

    address: str
    identity: str = ""
    name: str = ""
    tier: int = 3
    provinces: tuple[str, ...] = ()
    regencies: tuple[str, ...] = ()


async def preview_of(asked: Asked, timezone: str, *, fetch: Fetch, read: Read, now: datetime) -> Preview:
    """Return what is seen of a site. Raises InputError, in words for a person, where nothing can be."""
    stranger = Source(asked.identity or source_id(asked.address), asked.address, asked.address, timezone, "auto", ())
    home = await fetch(asked.address, stranger, accept="any")
    if home.outcome in REFUSED:
        raise InputError(REFUSED[home.outcome], where=asked.address)
    try:
        proposal = await discover(
            home,
            fetch=fetch,
            now=now,
            provinces=asked.provinces,
            regencies=asked.regencies,
            identity=asked.identity or None,
        )
    except NotReadableError as error:
        raise InputError(str(error), where=asked.address) from error
    source = replace(proposal.source, tier=asked.tier, name=asked.name or proposal.source.name)
    seen = await check_source(source, fetch=fetch, read=read, now=now)
    return Preview(source, proposal.evidence, proposal.failed, seen)


def preview_now(asked: Asked, settings: Settings, store: Store, clock: Callable[[], datetime]) -> Preview:
    """Return what is seen of a site now; for a thread of its own, which waits for it, `DEADLINE_S` at most.

    Raises InputError where nothing can be seen, the site is too slow, or too many previews run already.
    """
    if not _room.acquire(blocking=False):
        raise InputError("two previews run already; try again in a minute")
    try:
        return asyncio.run(_preview(asked, settings, store, clock))
    finally:
        _room.release()


async def _preview(asked: Asked, settings: Settings, store: Store, clock: Callable[[], datetime]) -> Preview:
    from scrapers.fetch import Fetcher
    from scrapers.workers import ExtractionPool

    fetcher = Fetcher(
        user_agent=settings.user_agent,
        robots=store.robots,
        hosts=store.hosts,
        clock=clock,
        allow_private_hosts=settings.allow_private_hosts,
        connect_to=settings.connect_to,
        default_delay_s=settings.default_delay_s,
    )
    reader = ExtractionPool(min(1, settings.workers))
    try:
        async with asyncio.timeout(DEADLINE_S):
            return await preview_of(asked, settings.timezone, fetch=fetcher.fetch, read=reader.read, now=clock())
    except TimeoutError as error:
        late = f"the site took longer than {DEADLINE_S:g} seconds; try again later"
        raise InputError(late, where=asked.address) from error
    finally:
        await fetcher.aclose()
        await reader.aclose()


def refuse_known(sources: Sequence[Source], asked: Asked) -> None:
    """Raise InputError where a site is a source already, or the id is taken."""
    from data.catalogue import source_for_url
    from scrapers.finders.offers import bare_host
    from scrapers.urls import parse_url

    there = source_for_url(sources, asked.address)
    if there is not None and bare_host(parse_url(there.home).host) == bare_host(parse_url(asked.address).host):
        raise InputError(f'this site is source "{there.id}" already', where=asked.address)
    if asked.identity and any(source.id == asked.identity for source in sources):
        raise InputError(f'there is a source "{asked.identity}" already; choose another id')
