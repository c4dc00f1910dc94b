"""Blogger's feed of posts as JSON, paged with ``start-index`` until known posts come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scrapers.finders.feed import read_feed
from scrapers.finders.markup import NotReadableError, is_html, text_of_bytes, unpacked
from scrapers.finders.moments import read_moment
from scrapers.finders.offers import Offer, offered, tidy_title
from scrapers.finders.refs import reaches_known

if TYPE_CHECKING:
    from data.records import Finder
    from scrapers.finders.visit import Visit

PER_PAGE = 50
"""Posts per request. The feed carries whole posts: 150 (Blogger's most) can be several megabytes."""

MAX_PAGES = 4
"""Requests in one visit, as long as nothing known is met."""


async def look(visit: Visit, finder: Finder) -> list[Offer]:
    """Return the newest posts, page by page until a known one is met.

    Raises NotReadableError where the first page is no feed.
    """
    per_page = int(finder.options.get("per_page", PER_PAGE))
    offers: list[Offer] = []
    for number in range(int(finder.options.get("max_pages", MAX_PAGES))):
        try:
            page = await visit.ask(page_url(finder.url, number, per_page), "any", changed_since=number == 0)
            if page is None or page.body is None:
                break
            found = read_posts(page.body, page.final_url, page.content_type)
        except NotReadableError:
            if number == 0:
                raise
            break
        offers += found
        # Blogger gives fewer than asked for where posts are long: only an empty page is the end.
        if not found or reaches_known(visit, finder, found):
            break
    return offers


def page_url(url: str, number: int, per_page: int) -> str:
    """Return the URL of page ``number``, counted from 0."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | {"alt": "json", "max-results": str(per_page)}
    query["start-index"] = str(number * per_page + 1)
    return urlunsplit(parts._replace(query=urlencode(query)))


def read_posts(body: bytes, url: str, content_type: str | None = None) -> list[Offer]:
    """Return the posts of one answer; one that comes as Atom all the same is read too.

    Raises NotReadableError where it is neither.
    """
    text = text_of_bytes(unpacked(body), content_type).lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        if is_html(text):
            raise NotReadableError("a web page, not a feed")
        return read_feed(body, url, content_type)
    try:
        document: Any = json.loads(text, strict=False)
        feed = document["feed"]
        entries = feed.get("entry", [])
        return [offer for entry in entries if (offer := _offer(entry, url)) is not None]
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise NotReadableError(f"no Blogger feed: {error!r}"[:200]) from error


def _offer(entry: dict[str, Any], url: str) -> Offer | None:
    links = entry.get("link", [])
    target = next((link.get("href") for link in links if link.get("rel") == "alternate"), None)
    link = offered(url, target)
    if link is None:
        return None
    moment = read_moment(_value(entry, "published") or _value(entry, "updated"))
    return Offer(link, tidy_title(_value(entry, "title")), moment)


def _value(entry: dict[str, Any], key: str) -> str | None:
    value = entry.get(key, {}).get("$t")
    return value if isinstance(value, str) else None
