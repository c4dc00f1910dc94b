"""News sitemaps (Google's ``news:`` tags): the articles of the last two days, with title and publication time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrapers.finders.markup import NotReadableError
from scrapers.finders.offers import Offer, looks_like_article
from scrapers.finders.sitemap import in_order, read_sitemap

if TYPE_CHECKING:
    from data.records import Finder
    from scrapers.finders.visit import Visit

MOST_FILES = 5
"""Files of a news index that are asked for: one per section is usual, and all sections are new."""


async def look(visit: Visit, finder: Finder) -> list[Offer]:
    """Return what the news sitemap lists, or each file of an index of them.

    Raises NotReadableError where the first file cannot be read, or none of an index's files.
    """
    page = await visit.ask(finder.url, "xml")
    if page is None or page.body is None:
        return []
    first = await asyncio.to_thread(read_sitemap, page.body, page.final_url, page.content_type)
    offers, failures = list(first.offers), []
    files = [file.url for file in in_order(first.files) if file.url != finder.url][:MOST_FILES]
    for url in dict.fromkeys(files):
        try:
            further = await visit.ask(url, "xml")
            if further is not None and further.body is not None:
                offers += (await asyncio.to_thread(read_sitemap, further.body, url, further.content_type)).offers
        except NotReadableError as error:
            failures.append(f"{url}: {error}")
    if files and len(failures) == len(set(files)):
        raise NotReadableError(f"none of its files can be read; {failures[0]}")
    return [offer for offer in offers if offer.title or looks_like_article(offer.url)]
