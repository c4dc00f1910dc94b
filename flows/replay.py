"""Reading archived pages again, through the same steps as a crawl: after a profile was mended, or into a new store.

The archive stands in for the network: ``flows.crawl.read_one`` asks for a page and gets it from the file. Nothing is
archived a second time, and an older page never overwrites what was read later.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from data.errors import FetchError
from data.outcomes import Outcome
from data.records import Page, PageRef, Source, Tally
from flows.crawl import CrawlTools, PageCount, Patience, read_one
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
class _Shelf:
    """The pages just ahead, by canonical URL; one that was taken as a part is no article of its own any more."""

    pages: Iterator[tuple[Page, WarcLocation]]
    ahead: OrderedDict[str, tuple[Page, WarcLocation]] = field(default_factory=OrderedDict)
    parts: int = 0
    current: tuple[Page, WarcLocation] | None = None

    def next(self) -> tuple[Page, WarcLocation] | None:
        """Return the next page that was not taken as a part; None at the end."""
        self._fill()
        self.current = self.ahead.popitem(last=False)[1] if self.ahead else None
        return self.current

    def _fill(self) -> None:
        while len(self.ahead) < AHEAD:
            one = next(self.pages, None)
            if one is None:
                return
            # A page that was fetched twice within the window stands for its later self.
            self.ahead.pop(_name(one[0]), None)
            self.ahead[_name(one[0])] = one

    async def fetch(
        self, url: str, source: Source, *, validators: Validators | None = None, accept: Accept = "html"
    ) -> Page:
        """Return the archived answer; for a part that is not near, a page that could not be had."""
        del validators, accept
        if self.current is not None and self.current[0].url == url:
            return self.current[0]
        try:
            found = self.ahead.pop(canonical_url(url), None)
        except FetchError:
            found = None
        if found is not None:
            self.parts += 1
            return found[0]
        assert self.current is not None  # noqa: S101  # only what is being read asks for its parts
        moment = self.current[0].fetched_at
        return Page(url, url, source.id, moment, Outcome.GONE, detail="not in the archive near its first page")

    def write(self, page: Page) -> WarcLocation:
        """Return where the page lies already."""
        if self.current is not None and self.current[0] is page:
            return self.current[1]
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

    A page of a site that the catalogue does not know is OFF_SITE. A page older than what is kept of its article is
    KNOWN and left.
    """
    store = tools.store
    started = tools.clock()
    run_id = store.runs.start("replay", started)
    shelf = _Shelf(iter(pages))
    counts: Counter[Outcome] = Counter()
    try:
        while (one := shelf.next()) is not None:
            outcome = await _one(one[0], source_of(one[0]), shelf, tools, run_id)
            counts[outcome] += 1
            watch(outcome, one[0].url)
    except BaseException as error:
        store.runs.finish(run_id, tools.clock(), "failed", error=f"{type(error).__name__}: {error}"[:500])
        raise
    counts[Outcome.DUPLICATE_URL] += shelf.parts
    tally = Tally(run_id, "replay", started, tools.clock(), sum(counts.values()), +counts, {})
    with store.transaction():
        store.runs.save_tally(tally)
        store.runs.finish(run_id, tools.clock(), "completed")
    return tally


async def _one(page: Page, source: Source | None, shelf: _Shelf, tools: CrawlTools, run_id: str) -> Outcome:
    if source is None:
        return Outcome.OFF_SITE
    try:
        identity = canonical_url(page.url)
    except FetchError as error:
        return error.outcome
    if any(log.fetched_at > page.fetched_at and log.outcome.is_article for log in tools.store.pages.of_url(identity)):
        return Outcome.KNOWN
    page = replace(page, source_id=source.id)
    if shelf.current is not None:
        shelf.current = (page, shelf.current[1])
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
