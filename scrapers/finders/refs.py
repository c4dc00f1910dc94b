"""From offers to `PageRef`s: on the site, by canonical URL, each once, with the best of what several finders said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from data.errors import FetchError
from data.outcomes import Outcome
from data.records import PageRef
from scrapers.finders.moments import believable, mended
from scrapers.finders.offers import may_be_article, on_site, own_hosts, wanted
from scrapers.paging import first_page
from scrapers.urls import LONGEST_URL, askable_url, canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from data.records import Finder, FinderKind, Source
    from scrapers.finders.offers import Offer
    from scrapers.finders.visit import Visit

TRUST: tuple[FinderKind, ...] = ("wp_rest", "feed", "blogspot", "news_sitemap", "listing", "sitemap")
"""Whose title and time is taken where two differ: those that say when it was *published* first, a plain sitemap's
time of last change last."""


def canonical_or_none(url: str) -> str | None:
    """Return the canonical form of a URL; None where it is nothing we may ask."""
    try:
        return canonical_url(url)
    except FetchError:
        return None


def refs_of(source: Source, finder: Finder, offers: Sequence[Offer], now: datetime) -> list[PageRef]:
    """Return the offers of one finder that are articles of ``source``, in their order, each once.

    Left out are other sites' URLs, what cannot be an article, and what the finder's ``include`` and ``exclude`` say.
    """
    zone = ZoneInfo(source.timezone)
    hosts = own_hosts(source, finder.options)
    moments = mended([offer.moment for offer in offers], zone, now, west_is_wrong=source.profile == "varient")
    found: dict[str, PageRef] = {}
    for offer, moment in zip(offers, moments, strict=True):
        if not on_site(offer.url, hosts) or not may_be_article(offer.url) or not wanted(offer.url, finder.options):
            continue
        url = first_page(offer.url)
        identity = canonical_or_none(url)
        if identity is None:
            continue
        published = believable(moment.utc(zone) if moment else None, now)
        ref = PageRef(str(askable_url(url)), identity, source.id, finder.kind, offer.title, published)
        found[identity] = ref if identity not in found else _better(found[identity], ref)
    return list(found.values())


def left_out(source: Source, finder: Finder, offers: Sequence[Offer]) -> dict[str, Outcome]:
    """Return the offers of one finder that `refs_of` leaves out, by URL, with the outcome that each ends in."""
    hosts = own_hosts(source, finder.options)
    ends: dict[str, Outcome] = {}
    for offer in offers:
        if len(offer.url) > LONGEST_URL or canonical_or_none(offer.url) is None:
            ends[offer.url] = Outcome.BAD_URL
        elif not on_site(offer.url, hosts):
            ends[offer.url] = Outcome.OFF_SITE
        elif not may_be_article(offer.url) or not wanted(offer.url, finder.options):
            ends[offer.url] = Outcome.NOT_ARTICLE
    return ends


def other_host(source: Source, finder: Finder, offers: Sequence[Offer]) -> str | None:
    """Return the host that offers lead to where none of them leads to the source's own; None where some do."""
    hosts = own_hosts(source, finder.options)
    if not offers or any(on_site(offer.url, hosts) for offer in offers):
        return None
    return urlsplit(offers[0].url).hostname


def merged(lists: Iterable[Sequence[PageRef]]) -> tuple[PageRef, ...]:
    """Return the refs of several finders as one list without doubles, in the order in which they were first offered."""
    found: dict[str, PageRef] = {}
    for refs in lists:
        for ref in refs:
            found[ref.canonical_url] = _better(found[ref.canonical_url], ref) if ref.canonical_url in found else ref
    return tuple(found.values())


def _better(first: PageRef, second: PageRef) -> PageRef:
    """Return ``first`` with the better title and time of the two; the finder named is the one that was first."""
    ahead, behind = sorted((first, second), key=lambda ref: _rank(ref.found_by))
    return replace(
        first,
        title=_better_title(ahead.title, behind.title),
        published=ahead.published if ahead.published is not None else behind.published,
    )


def _rank(kind: str) -> int:
    return TRUST.index(kind) if kind in TRUST else len(TRUST)


def _better_title(trusted: str | None, other: str | None) -> str | None:
    if not trusted or not other:
        return trusted or other
    return other if is_cut(trusted) and not is_cut(other) else trusted


def is_cut(title: str) -> bool:
    """Return whether a title was cut short by the site."""
    return title.endswith(("...", "…"))


def reaches_known(visit: Visit, finder: Finder, offers: Sequence[Offer]) -> bool:
    """Return whether a page of a list holds an article that was offered before: the pages after it are known too."""
    return any(visit.known(ref.canonical_url) for ref in refs_of(visit.source, finder, offers, visit.now))
