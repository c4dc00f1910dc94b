"""Copies noted as articles are judged, and the graph of who copies whom that comes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from classifiers.copies import Signature, fact_likeness, likeness
from classifiers.sameness import compare, print_of, worth_a_look
from classifiers.syndication import Outlet, Printing, Syndication, ordered, syndication
from data.copying import CopyPair
from data.errors import InputError
from scrapers.urls import network_of, parse_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from data.records import Source, StoredArticle
    from data.store import Store

log = structlog.get_logger(__name__)

COPY_WITHIN = timedelta(days=14)
"""A text that is printed again later than this is a new occasion."""

MOST_COMPARED = 24
"""Texts an article is compared with, the likest by signature first: a release has a dozen prints, and each comparison
costs a millisecond or two. By this many an article's group is known."""

PERIOD = timedelta(days=90)
"""Over what outlets are judged: long enough for twenty prints of a small portal, short enough for a change of habit."""


def note_copies(
    store: Store, stored: StoredArticle, mark: Signature, now: datetime, near: Iterable[int] = ()
) -> tuple[CopyPair, ...]:
    """Find the prints of an article's text, keep the pairs in place of its older ones, and return them, likest first.

    ``mark`` is the signature of its present text. ``near`` are numbers of articles to be compared besides those that
    the index finds: a spun copy of a brief that names hardly a fact is found only where it happened. Within the
    transaction of the assessment; pairs of which it is the earlier print are noted too, so that the order of arrival is
    all one.
    """
    pairs = []
    ours = None
    for other, theirs in _candidates(store, stored, mark, near):
        ours = ours or print_of(stored.article.title, stored.article.text, mark)
        own = other.article.source_id == stored.article.source_id
        verdict = compare(ours, print_of(other.article.title, other.article.text, theirs), one_outlet=own)
        if not verdict.is_copy:
            continue
        later, earlier, delay = ordered(_printing(stored), _printing(other))
        pairs.append(
            CopyPair(
                later.article_id,
                later.source_id,
                earlier.article_id,
                earlier.source_id,
                verdict.kind,
                verdict.likeness,
                delay,
            )
        )
    pairs.sort(key=lambda pair: (-pair.likeness, pair.article_id, pair.of_article_id))
    store.copies.replace(stored.id, pairs, now)
    return tuple(pairs)


def graph(store: Store, sources: Mapping[str, Source], since: datetime | None = None) -> Syndication:
    """Return who copies whom among the articles first seen since ``since`` (None: all that are kept)."""
    outlets = {name: _outlet(source) for name, source in sources.items()}
    return syndication(store.copies.since(since), store.copies.printed(since), outlets)


def witnesses(store: Store, sources: Mapping[str, Source], now: datetime) -> dict[str, Source]:
    """Return the sources with the tier that each counts as for a witness: 4 for a clone or spinner of the last PERIOD.

    Asked once per pass, not per article. Nothing is written to the catalogue.
    """
    lowered = {
        one.source_id: one.effective_tier
        for one in graph(store, sources, now - PERIOD).standings
        if one.effective_tier != one.tier
    }
    for name, tier in lowered.items():
        log.info("source_counts_as", source=name, tier=tier)
    return {
        name: replace(source, tier=lowered[name]) if name in lowered else source for name, source in sources.items()
    }


def _candidates(
    store: Store, stored: StoredArticle, mark: Signature, near: Iterable[int]
) -> list[tuple[StoredArticle, Signature | None]]:
    """Return the articles to compare with, the likest by signature first, and the signature where it can be read."""
    marks: dict[int, Signature | None] = {}
    for article_id, digest in store.signatures.sharing(mark.bands, exclude=stored.id):
        theirs = _signature(digest)
        if theirs is None or worth_a_look(mark, theirs):
            marks[article_id] = theirs
    promising = sorted(marks, key=lambda number: (-_promise(mark, marks[number]), -number))[:MOST_COMPARED]
    named = [number for number in dict.fromkeys(near) if number != stored.id and number not in marks]
    found = store.articles.many([*promising, *named[:MOST_COMPARED]])
    return [(other, marks.get(other.id)) for other in found if abs(_moment(other) - _moment(stored)) <= COPY_WITHIN]


def _signature(digest: bytes) -> Signature | None:
    """Return a stored signature; None where it is of another version and must be made anew from the text."""
    try:
        return Signature.from_bytes(digest)
    except InputError:
        return None


def _promise(mark: Signature, theirs: Signature | None) -> float:
    return 1.0 if theirs is None else max(likeness(mark, theirs), fact_likeness(mark, theirs))


def _moment(stored: StoredArticle) -> datetime:
    return stored.article.published or stored.first_seen


def _printing(stored: StoredArticle) -> Printing:
    article = stored.article
    return Printing(stored.id, article.source_id, article.published, article.tz_assumed, stored.first_seen)


def _outlet(source: Source) -> Outlet:
    host = parse_url(source.home).host.removeprefix("www.")
    return Outlet(source.id, network_of(source), host, source.tier, source.tier_fixed)
