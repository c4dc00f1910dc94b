"""Reading archived pages again, through the same steps as a crawl: after a profile was mended, or into a new store.

The archive stands in for the network: ``flows.reading.read_one`` asks for a page and gets it from the file. Nothing is
archived a second time, and an older page never overwrites what was read later.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from data.errors import DiskFullError, FetchError, StoreError
from data.outcomes import Outcome
from data.records import Page, PageRef, Source, Tally
from flows.reading import CrawlTools, PageCount, Patience, read_one
from scrapers.urls import canonical_url
from scrapers.warc import WarcLocation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from data.records import Validators
    from scrapers.fetch import Accept

AHEAD = 200
"""Pages looked ahead for the further pages of an article. A crawl writes them within moments of the first; with 64
networks at once and four pages each, hardly more than this many others come between."""


@dataclass(slots=True)
class _Entry:
    """One archived page; ``taken`` once it was read as a part of another one."""

    page: Page
    where: WarcLocation
    taken: bool = False


@dataclass(slots=True)
class _Shelf:
    """The pages just ahead, in order and by canonical URL; one that was taken as a part is no article of its own."""

    pages: Iterator[tuple[Page, WarcLocation]]
    ahead: deque[_Entry] = field(default_factory=deque)
    named: defaultdict[str, deque[_Entry]] = field(default_factory=lambda: defaultdict(deque))
    parts: int = 0
    current: _Entry | None = None

    def next(self) -> _Entry | None:
        """Return the next page that was not taken as a part; None at the end."""
        while True:
            self._fill()
            if not self.ahead:
                return None
            entry = self.ahead.popleft()
            same = self.named[_name(entry.page)]
            same.popleft()
            if not same:
                del self.named[_name(entry.page)]
            if not entry.taken:
                self.current = entry
                return entry

    def _fill(self) -> None:
        while len(self.ahead) < AHEAD:
            one = next(self.pages, None)
            if one is None:
                return
            entry = _Entry(*one)
            self.ahead.append(entry)
            self.named[_name(entry.page)].append(entry)

    async def fetch(
        self, url: str, source: Source, *, validators: Validators | None = None, accept: Accept = "html"
    ) -> Page:
        """Return the archived answer; for a part that is not near, a page that could not be had."""
        del validators, accept
        assert self.current is not None  # noqa: S101  # only what is being read asks for itself or its parts
        if self.current.page.url == url:
            return self.current.page
        try:
            near = self.named.get(canonical_url(url), ())
        except FetchError:
            near = ()
        # A page that was fetched again stands there twice: the first one ahead is of the same moment.
        found = next((entry for entry in near if not entry.taken), None)
        if found is not None:
            found.taken = True
            self.parts += 1
            return found.page
        moment = self.current.page.fetched_at
        return Page(url, url, source.id, moment, Outcome.GONE, detail="not in the archive near its first page")

    def write(self, page: Page) -> WarcLocation:
        """Return where the page lies already."""
        if self.current is not None and self.current.page is page:
            return self.current.where
        return WarcLocation("", 0)


def _name(page: Page) -> str:
    try:
        return canonical_url(page.url)
    except FetchError:
        return page.url


async def replay(
    pages: Iterable[tuple[Page, WarcLocation]],
    source_of: Callable[[Page], Source | None],
    tools: CrawlTools,
    *,
    watch: Callable[[Outcome, str], None] = lambda _o, _u: None,
) -> Tally:
    """Read archived pages through the pipeline as one run, and return its tally; further pages of articles are joined.

    A page of a site that the catalogue does not know is OFF_SITE. A page older than what was read of its article, or
    than its withdrawal, is KNOWN and left. The store settles a URL once per run: where an archive holds a page again
    (it was looked at again for edits), the run ends and another one begins, so that the later one counts too.
    """
    store = tools.store
    started = tools.clock()
    run_id, seen = store.runs.start("replay", started), set[str]()
    shelf = _Shelf(iter(pages))
    counts: Counter[Outcome] = Counter()
    try:
        while (entry := shelf.next()) is not None:
            name = _name(entry.page)
            if name in seen:
                store.runs.finish(run_id, tools.clock(), "completed")
                run_id, seen = store.runs.start("replay", tools.clock()), set[str]()
            seen.add(name)
            outcome = await _one(entry, source_of(entry.page), shelf, tools, run_id)
            counts[outcome] += 1
            watch(outcome, entry.page.url)
    except BaseException as error:
        with suppress(StoreError, DiskFullError):
            store.runs.finish(run_id, tools.clock(), "failed", error=f"{type(error).__name__}: {error}"[:500])
        raise
    counts[Outcome.DUPLICATE_URL] += shelf.parts
    tally = Tally(run_id, "replay", started, tools.clock(), sum(counts.values()), +counts, {})
    with store.transaction():
        store.runs.save_tally(tally)
        store.runs.finish(run_id, tools.clock(), "completed")
    return tally


LATER = frozenset({Outcome.BARU, Outcome.REVISI, Outcome.TETAP, Outcome.DUPLICATE_URL, Outcome.GONE, Outcome.SOFT_404})
"""What, seen later than an archived page, makes that page history: the article was read again, or was gone. A later
*not modified* does not: then the archived page is what stands."""


async def _one(entry: _Entry, source: Source | None, shelf: _Shelf, tools: CrawlTools, run_id: str) -> Outcome:
    page = entry.page
    if source is None:
        return Outcome.OFF_SITE
    try:
        identity = canonical_url(page.url)
    except FetchError as error:
        return error.outcome
    if any(log.fetched_at > page.fetched_at and log.outcome in LATER for log in tools.store.pages.of_url(identity)):
        return Outcome.KNOWN
    entry.page = page = replace(page, source_id=source.id)
    ref = PageRef(page.url, identity, source.id, "warc")
    then = replace(tools, fetcher=shelf, archive=shelf, clock=_at(page.fetched_at))
    count = PageCount(run_id, source.id, page.fetched_at)
    return await read_one(source, ref, then, count, run_id=run_id, patience=Patience())


def _at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def by_catalogue(
    sources: Mapping[str, Source], find: Callable[[str], Source | None]
) -> Callable[[Page], Source | None]:
    """Return a function that says whose a page is: the source it was crawled for, else the one its host belongs to."""
    return lambda page: sources.get(page.source_id) or find(page.url)
