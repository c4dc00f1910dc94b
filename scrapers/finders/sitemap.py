"""Sitemaps and sitemap indexes, plain or gzipped: the slow, complete list of a site.

A news watch wants its newest part. An index is followed newest first, to a depth of three, each file once, within a
budget of files and URLs. Of a file only the URLs of its last month count, measured from its newest; where its times
say nothing (Varient stamps all with the day of generation), its head and tail do, whichever end is the new one.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from scrapers.finders.markup import NotReadableError, inner_text, is_html, local_name, read_xml, text_of_bytes, unpacked
from scrapers.finders.moments import read_moment, says_nothing
from scrapers.finders.offers import Offer, absolute, looks_like_article, may_be_article, offered, tidy_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from data.records import Finder
    from scrapers.finders.moments import Moment
    from scrapers.finders.visit import Visit

DEEPEST = 3
"""Levels of sitemaps, the first included; the protocol knows two, WordPress plug-ins sometimes three."""

MOST_FILES = 12
"""Sitemap files asked for in one visit: at one request per 2 s half a minute."""

MOST_URLS = 1000
"""URLs one visit may bring: five runs' worth of pages (``max_new_per_run`` is 200)."""

MOST_UNORDERED = 500
"""URLs taken of a file whose times say nothing, half from each end."""

MAX_AGE_DAYS = 30
"""Age of what counts, from the newest entry on: older articles are archive, not news. Option ``max_age_days``."""

_NOT_NEWS_FILE = re.compile(
    r"(?:categor|kategori|tag|author|penulis|page[-_]|pages|image|gambar|video|web-stories|attachment|product|user|taxonom)",
    re.IGNORECASE,
)
"""Names of an index's files that hold no articles (``category-sitemap.xml``, ``wp-sitemap-users-1.xml``)."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """One sitemap file, read: ``files`` are other sitemaps (an index), ``offers`` pages; either may be empty."""

    files: tuple[Offer, ...]
    offers: tuple[Offer, ...]
    is_news: bool = False


async def look(visit: Visit, finder: Finder) -> list[Offer]:
    """Return the newest articles that the sitemap, or the index and its files, list.

    Raises NotReadableError where the first file cannot be read; a missing further file is passed over.
    """
    max_age = timedelta(days=int(finder.options.get("max_age_days", MAX_AGE_DAYS)))
    first = await _read(visit, finder.url)
    if first is None:
        return []
    offers = newest(first.offers, max_age)
    waiting = [(file, 2) for file in in_order(first.files)]
    seen, asked = {finder.url}, 1
    while waiting and asked < MOST_FILES and len(offers) < MOST_URLS:
        file, depth = waiting.pop(0)
        if file.url in seen:
            continue
        seen.add(file.url)
        asked += 1
        try:
            found = await _read(visit, file.url)
        except NotReadableError:
            continue  # its answer stands in the visit's pages; the other files may be there
        if found is None:
            continue
        fresh = newest(found.offers, max_age)
        offers += fresh
        if depth < DEEPEST:
            waiting = [(deeper, depth + 1) for deeper in in_order(found.files)] + waiting
        if fresh and _nothing_new(visit, fresh):
            break  # the files are in order: what follows is older
    return offers[:MOST_URLS]


def _nothing_new(visit: Visit, offers: Sequence[Offer]) -> bool:
    from scrapers.finders.refs import canonical_or_none

    urls = (canonical_or_none(offer.url) for offer in offers)
    return all(url is None or visit.known(url) for url in urls)


async def _read(visit: Visit, url: str) -> Sitemap | None:
    page = await visit.ask(url, "xml")
    if page is None or page.body is None:
        return None
    return await asyncio.to_thread(read_sitemap, page.body, page.final_url, page.content_type)


def read_sitemap(body: bytes, url: str, content_type: str | None = None) -> Sitemap:
    """Return what a sitemap file lists, in its order; a list of URLs as plain text is one too.

    Raises NotReadableError for what is no sitemap.
    """
    plain = unpacked(body)
    text = text_of_bytes(plain[:4096], content_type).lstrip("\ufeff \t\r\n")
    if text.startswith("http"):
        lines = text_of_bytes(plain, content_type).split()
        return Sitemap((), tuple(Offer(link) for line in lines if (link := absolute(url, line))))
    if is_html(text):
        raise NotReadableError("a web page, not a sitemap")
    root = read_xml(plain, content_type)
    if local_name(root) == "sitemapindex":
        return Sitemap(tuple(_listed(root, "sitemap", url)), ())
    if local_name(root) != "urlset":
        raise NotReadableError(f"no sitemap: its root is <{local_name(root)}>")
    offers, is_news = [], False
    for element in root:
        if local_name(element) != "url":
            continue
        values = {local_name(part): inner_text(part) for part in element if local_name(part) != "news"}
        link = offered(url, values.get("loc"))
        if link is None:
            continue
        news = next((part for part in element if local_name(part) == "news"), None)
        if news is None:
            offers.append(Offer(link, None, read_moment(values.get("lastmod"))))
            continue
        is_news = True
        told = {local_name(part): inner_text(part) for part in news}
        moment = read_moment(told.get("publication_date")) or read_moment(values.get("lastmod"))
        offers.append(Offer(link, tidy_title(told.get("title")), moment))
    return Sitemap((), tuple(offers), is_news)


def _listed(root: Iterable[object], name: str, url: str) -> Iterable[Offer]:
    for element in root:
        if local_name(element) != name:  # type: ignore[arg-type]  # children of an element are elements
            continue
        values = {local_name(part): inner_text(part) for part in element}  # type: ignore[attr-defined]
        if link := absolute(url, values.get("loc")):
            yield Offer(link, None, read_moment(values.get("lastmod")))


def in_order(files: Sequence[Offer]) -> list[Offer]:
    """Return the files of an index that can hold articles, the newest first.

    Without telling times the later ones come first: files are numbered upwards as a site grows. Yoast's first file
    (``post-sitemap.xml``) is its oldest.
    """
    wanted = [file for file in files if not _NOT_NEWS_FILE.search(file.url.rpartition("/")[2])]
    numbered = sorted(enumerate(wanted), key=lambda item: item[0], reverse=True)
    if not says_nothing([file.moment for file in wanted]):
        numbered.sort(key=lambda item: _order(item[1].moment), reverse=True)
    return [file for _, file in numbered]


def newest(offers: Sequence[Offer], max_age: timedelta) -> list[Offer]:
    """Return the articles of a file that are news: by its times where they tell, else from both its ends."""
    timed = [offer for offer in offers if offer.moment is not None]
    if timed and not says_nothing([offer.moment for offer in timed]):
        latest = max(offer.moment.wall for offer in timed if offer.moment)
        fresh = [offer for offer in timed if offer.moment and offer.moment.wall >= latest - max_age]
        fresh.sort(key=lambda offer: _order(offer.moment), reverse=True)
        return list(itertools.islice(filter(_is_article, fresh), MOST_URLS))
    # The time is when the file was made: it is kept from becoming an article's time of publication.
    half = MOST_UNORDERED // 2
    head = list(itertools.islice(((n, o) for n, o in enumerate(offers) if _is_article(o)), half))
    after = head[-1][0] + 1 if head else len(offers)
    tail = list(itertools.islice(filter(_is_article, reversed(offers[after:])), half))
    return [Offer(offer.url, offer.title) for offer in [*(offer for _, offer in head), *reversed(tail)]]


def _is_article(offer: Offer) -> bool:
    return may_be_article(offer.url) if offer.title else looks_like_article(offer.url)


def _order(moment: Moment | None) -> str:
    return moment.wall.isoformat() if moment else ""
