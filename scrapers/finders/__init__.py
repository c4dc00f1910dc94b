"""What is new at a source: its finders asked in turn, and what they offer made into one list.

The rule of who is asked. Cheap finders (feed, news sitemap, WordPress REST, Blogger: one small conditional request
each) are asked at every visit, in the order of the catalogue. Costly ones (listing, sitemap) are asked only where the
cheap ones leave a doubt:

- none of the cheap ones answered, or there are none;
- all that the cheap ones offered was unknown: there may be more, older, that has dropped out of them (a first visit,
  an outage, a busy hour);
- at the first visit of a day (``sweep_is_due``), when everything is asked, and without validators: a feed that hides
  sections, stopped, or answers "not modified" for ever is then found out.

A listing comes before a sitemap; the sitemap is left out where a listing met known articles and no sweep is due. A kind
is one module of this package with ``async look(visit, finder) -> list[Offer]``.
"""

from __future__ import annotations

import hashlib
import importlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, cast
from zoneinfo import ZoneInfo

from scrapers.finders.markup import NotReadableError
from scrapers.finders.refs import left_out, merged, other_host, refs_of
from scrapers.finders.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from data.outcomes import Outcome
    from data.records import Finder, Page, PageRef, Source, Validators
    from scrapers.finders.offers import Offer
    from scrapers.finders.visit import Fetch

CHEAP = frozenset({"feed", "news_sitemap", "wp_rest", "blogspot"})
"""Kinds that are asked at every visit."""

WHOLE = frozenset({"wp_rest", "blogspot"})
"""Kinds that list every post of a site, page by page, until a known one is met."""

NIGHT_HOURS = (0, 5)
"""Local hours, the last not included, in which a source's day begins: sites and desks are quiet then."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What one visit brought.

    ``refs`` are articles of the source, known ones included, each once. ``pages`` are all answers, in order, to be
    logged with their validators. ``failed`` has one sentence for each finder that could not be read. ``left_out``
    counts what was offered beside the refs and ends at once: other sites' URLs, what nobody may ask, no articles.
    """

    refs: tuple[PageRef, ...]
    pages: tuple[Page, ...]
    failed: tuple[str, ...]
    left_out: Mapping[Outcome, int] = field(default_factory=dict)


class FinderModule(Protocol):
    """A module of this package that is a finder kind."""

    async def look(self, visit: Visit, finder: Finder) -> list[Offer]:
        """Return what one finder lists; raises NotReadableError, saying why, where it cannot be read."""


async def find(
    source: Source,
    *,
    fetch: Fetch,
    known: Callable[[str], bool],
    validators: Callable[[str], Validators],
    now: datetime,
    last_visit: datetime | None = None,
) -> Findings:
    """Return what ``source``'s finders offer now; nothing is raised for what a site answers.

    ``known`` says of a canonical URL whether it was ever offered, ``validators`` what a finder's URL was answered
    with last. ``last_visit`` is when the source was asked before (None: never, or not known): the first visit of a
    day looks at everything.
    """
    everything = sweep_is_due(source, last_visit, now)
    visit = Visit(source, fetch, known, validators, now, afresh=everything)
    lists: list[Sequence[PageRef]] = []
    failed: list[str] = []
    aside: dict[str, Outcome] = {}

    async def ask(finder: Finder) -> bool:
        """Ask one finder; return whether it could be read."""
        try:
            offers = await _module(finder.kind).look(visit, finder)
        except NotReadableError as error:
            failed.append(f"{finder.kind} {finder.url}: {error}")
            return False
        refs = refs_of(source, finder, offers, now)
        if not refs and (elsewhere := other_host(source, finder, offers)) is not None:
            failed.append(f"{finder.kind} {finder.url}: lists only articles of {elsewhere}; has the site moved?")
            return False
        lists.append(refs)
        aside.update(left_out(source, finder, offers))
        return True

    cheap = [finder for finder in source.finders if finder.kind in CHEAP]
    answered = [await ask(finder) for finder in cheap]
    doubt = everything or not any(answered) or leaves_a_gap(lists, known)
    for finder in sorted((f for f in source.finders if f.kind not in CHEAP), key=lambda f: f.kind == "sitemap"):
        if not doubt:
            break
        read = await ask(finder)
        if finder.kind == "listing" and read and not everything:
            doubt = leaves_a_gap(lists[-1:], known)
    return Findings(merged(lists), tuple(visit.pages), tuple(failed), Counter(aside.values()))


def leaves_a_gap(lists: Sequence[Sequence[PageRef]], known: Callable[[str], bool]) -> bool:
    """Return whether lists may miss something: one offers articles, and all of them are unknown.

    A list with a known article reaches back to what was offered before; an empty one (not modified) has nothing new.
    Paged lists of all posts (REST, Blogger) that reach back speak for the others too.
    """
    reaching = [any(known(ref.canonical_url) for ref in refs) for refs in lists]
    whole = any(reach and refs[0].found_by in WHOLE for refs, reach in zip(lists, reaching, strict=True))
    return not whole and any(refs and not reach for refs, reach in zip(lists, reaching, strict=True))


def sweep_is_due(source: Source, last_visit: datetime | None, now: datetime) -> bool:
    """Return whether this is the first visit since the source's hour of the night, in which its day begins."""
    if last_visit is None:
        return False  # all is unknown anyway: the costly finders are asked for that reason
    zone, begin = ZoneInfo(source.timezone), timedelta(hours=sweep_hour(source.id))
    return (now.astimezone(zone) - begin).date() > (last_visit.astimezone(zone) - begin).date()


def sweep_hour(source_id: str) -> int:
    """Return the local hour in which a source's day begins, spread over the night by its id."""
    first, last = NIGHT_HOURS
    return first + hashlib.sha256(source_id.encode()).digest()[0] % (last - first)


def _module(kind: str) -> FinderModule:
    return cast(FinderModule, importlib.import_module(f"scrapers.finders.{kind}"))
