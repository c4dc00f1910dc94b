"""WordPress's REST list of posts: exact times in UTC, and pages until known posts come.

Only newest first and without ``after`` (unless the option ``after_days`` asks for it): a moving ``after`` makes every
request another URL, which no server can answer with "not modified".
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scrapers.finders.markup import NotReadableError, is_html, text_of_bytes, unpacked
from scrapers.finders.moments import Moment, read_moment
from scrapers.finders.offers import Offer, absolute, tidy_title
from scrapers.finders.refs import reaches_known

if TYPE_CHECKING:
    from datetime import datetime

    from data.records import Finder
    from scrapers.finders.visit import Visit

PER_PAGE = 50
"""Posts per request (the API allows 100): a day of a busy regional portal."""

MAX_PAGES = 4
"""Requests in one visit, as long as nothing known is met."""

FIELDS = "link,date,date_gmt,title"


async def look(visit: Visit, finder: Finder) -> list[Offer]:
    """Return the newest posts, page by page until a known one is met.

    Raises NotReadableError where the first page is refused (many sites close the REST API) or is no list of posts.
    """
    per_page = int(finder.options.get("per_page", PER_PAGE))
    offers: list[Offer] = []
    for number in range(1, int(finder.options.get("max_pages", MAX_PAGES)) + 1):
        try:
            page = await visit.ask(page_url(finder, number, per_page, visit.now), "json", changed_since=number == 1)
            if page is None or page.body is None:
                break
            found = read_posts(page.body, page.final_url, page.content_type)
        except NotReadableError:
            if number == 1:
                raise
            break  # past the last page WordPress answers 400
        offers += found
        if len(found) < per_page or reaches_known(visit, finder, found):
            break
    return offers


def page_url(finder: Finder, number: int, per_page: int, now: datetime) -> str:
    """Return the URL of one page of the list."""
    parts = urlsplit(finder.url)
    query = dict(parse_qsl(parts.query)) | dict(parse_qsl(finder.options.get("query", "")))
    query |= {"per_page": str(per_page), "_fields": FIELDS}
    if days := int(finder.options.get("after_days", 0)):
        query["after"] = f"{now - timedelta(days=days):%Y-%m-%dT00:00:00}"
    if number > 1:
        query["page"] = str(number)
    return urlunsplit(parts._replace(query=urlencode(query, safe=",:")))


def read_posts(body: bytes, url: str, content_type: str | None = None) -> list[Offer]:
    """Return the posts of one answer; raises NotReadableError where it is no list of posts."""
    text = text_of_bytes(unpacked(body), content_type).strip()
    if is_html(text):
        raise NotReadableError("a web page, not JSON")
    try:
        posts: Any = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise NotReadableError(f"broken JSON: {error}") from error
    if isinstance(posts, dict) and "code" in posts:
        raise NotReadableError(f"the site says {str(posts['code'])[:80]}")
    if not isinstance(posts, list):
        raise NotReadableError("no list of posts")
    offers = []
    for post in posts:
        link = post.get("link") if isinstance(post, dict) else None
        target = absolute(url, link) if isinstance(link, str) else None
        if target is not None:
            offers.append(Offer(target, _title(post), _moment(post)))
    return offers


def _title(post: dict[str, Any]) -> str | None:
    title = post.get("title")
    rendered = title.get("rendered") if isinstance(title, dict) else title
    return tidy_title(rendered) if isinstance(rendered, str) else None


def _moment(post: dict[str, Any]) -> Moment | None:
    """Return a post's time: ``date_gmt`` is UTC without saying so, ``date`` the site's own clock."""
    gmt = read_moment(post["date_gmt"]) if isinstance(post.get("date_gmt"), str) else None
    if gmt is not None:
        return Moment(gmt.wall, timedelta())
    return read_moment(post["date"]) if isinstance(post.get("date"), str) else None
