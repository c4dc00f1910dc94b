"""The composition root: what has effects is made here from settings, used, and closed again.

Everything below takes its store, network, parser processes and clock as arguments; commands and Prefect tasks get
them from these functions, and tests hand in their own.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from data.catalogue import load_catalogue
from data.errors import UnknownItemError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator

    from data.records import Source
    from data.store import Store
    from flows.crawl import CrawlTools
    from flows.settings import Settings


def utc_now() -> datetime:
    """Return the present moment, aware and in UTC: the clock of everything that is not a test."""
    return datetime.now(UTC)


def load_sources(settings: Settings) -> tuple[Source, ...]:
    """Return the sources that this installation reads from: the bundled catalogue, or ``settings.catalogues`` in its
    place, then the user's own file over either.

    Raises CatalogueError naming file and line.
    """
    paths = [*(settings.catalogues or (settings.bundled_catalogue,))]
    if settings.user_catalogue.is_file():
        paths.append(settings.user_catalogue)
    return load_catalogue(paths)


def chosen_sources(sources: Iterable[Source], ids: Iterable[str]) -> tuple[Source, ...]:
    """Return the sources named by ``ids``, in that order; UnknownItemError, with the nearest name, for one that is not."""
    from difflib import get_close_matches

    by_id = {source.id: source for source in sources}
    chosen = []
    for name in ids:
        if name not in by_id:
            near = get_close_matches(name, by_id, n=1)
            hint = f'did you mean "{near[0]}"? ' if near else ""
            raise UnknownItemError("source", name, hint=f"{hint}see kentongan sources list")
        chosen.append(by_id[name])
    return tuple(chosen)


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """Yield the store of this installation, migrated; StoreError and its kinds where it cannot be opened."""
    from data.store import Store

    store = Store.open(settings.database_url)
    try:
        yield store
    finally:
        store.close()


@asynccontextmanager
async def crawl_tools(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> AsyncIterator[CrawlTools]:
    """Yield what a crawl needs, made from ``settings``; network, parser processes, archive and store are closed after."""
    from flows.crawl import CrawlTools
    from scrapers.fetch import Fetcher
    from scrapers.warc import WarcArchive
    from scrapers.workers import ExtractionPool

    with open_store(settings) as store:
        fetcher = Fetcher(
            user_agent=settings.user_agent,
            robots=store.robots,
            hosts=store.hosts,
            clock=clock,
            allow_private_hosts=settings.allow_private_hosts,
            connect_to=settings.connect_to,
            default_delay_s=settings.default_delay_s,
        )
        archive = WarcArchive(settings.warc_dir)
        reader = ExtractionPool(settings.workers)
        try:
            yield CrawlTools(store, fetcher, reader, archive, clock, min_free_mb=settings.min_free_mb)
        finally:
            await fetcher.aclose()
            await reader.aclose()
            archive.close()
