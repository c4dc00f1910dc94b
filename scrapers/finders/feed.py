"""News feeds: RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed; broken ones too.

Read with lxml, which keeps the times as they are written; what lxml finds nothing in goes to feedparser, which mends
more and costs fifty times as much.
"""

from __future__ import annotations

import asyncio
import io
import json
from typing import TYPE_CHECKING, Any

from scrapers.finders.markup import (
    NotReadableError,
    inner_text,
    is_html,
    local_name,
    read_xml,
    text_of_bytes,
    unpacked,
    xml_text,
)
from scrapers.finders.moments import read_moment
from scrapers.finders.offers import Offer, absolute, offered, tidy_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from data.records import Finder
    from scrapers.finders.visit import Visit

MOST_ENTRIES = 10_000
"""Entries of one feed that are read. Varient's author feeds have 500, an archive as a feed a few thousand; what is
beyond is no feed any more and does not count as offered."""

MOST_MENDING_BYTES = 2_000_000
"""Size up to which a broken feed is handed to feedparser: it needs 0.3 s per 100 kB of the worst it was given."""

ENTRIES = frozenset({"item", "entry"})
PUBLISHED = ("pubdate", "published", "issued", "date", "created", "updated", "modified")
"""Names of an entry's time, the best first: when it was published, then Dublin Core's, then when it was touched."""

PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


async def look(visit: Visit, finder: Finder) -> list[Offer]:
    """Return what the feed lists; raises NotReadableError, saying why, where there is no feed."""
    page = await visit.ask(finder.url, "feed")
    if page is None or page.body is None:
        return []
    return await asyncio.to_thread(read_feed, page.body, page.final_url, page.content_type)


def read_feed(body: bytes, url: str, content_type: str | None = None) -> list[Offer]:
    """Return the entries of a feed with their links made absolute against ``url``; an empty feed has none.

    Raises NotReadableError for what is no feed (a web page, an error message, an entity bomb).
    """
    plain = unpacked(body)
    text = text_of_bytes(plain, content_type).lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return _json_feed(text, url)
    if is_html(text):
        raise NotReadableError("a web page, not a feed")
    try:
        root = read_xml(plain, content_type)
    except NotReadableError as error:
        if str(error).startswith("refused"):
            raise
        return _mended(plain, url, content_type, str(error))
    offers = list(_entries(root, url))
    if offers or (local_name(root) in {"rss", "feed", "rdf", "channel"} and not _has_entries(plain)):
        return offers
    return _mended(plain, url, content_type, f"no feed: its root is <{local_name(root)}>")


def _has_entries(body: bytes) -> bool:
    return b"<item" in body or b"<entry" in body


def _entries(root: _Element, url: str) -> Iterator[Offer]:
    taken = 0
    for element in root.iter():
        if local_name(element) not in ENTRIES:
            continue
        offer = _entry(element, url)
        if offer is not None:
            yield offer
        taken += 1
        if taken >= MOST_ENTRIES:
            return


def _entry(element: _Element, url: str) -> Offer | None:
    base = _base(element, url)
    parts: dict[str, list[_Element]] = {}
    for child in element:
        if name := local_name(child):
            parts.setdefault(name, []).append(child)
    if "link" not in parts and "guid" not in parts:
        # An end tag was forgotten, and the link lies inside the title.
        parts["link"] = [inner for inner in element.iter() if local_name(inner) == "link"]
    link = offered(base, _link(parts, element))
    if link is None:
        return None
    title = next((text for child in parts.get("title", ()) if (text := tidy_title(inner_text(child)))), None)
    times = (read_moment(inner_text(child)) for name in PUBLISHED for child in parts.get(name, ()))
    return Offer(link, title, next((moment for moment in times if moment is not None), None))


def _link(parts: dict[str, list[_Element]], element: _Element) -> str | None:
    """Return where an entry leads: FeedBurner's original, RSS's text, Atom's alternate, a permanent guid, rdf:about."""
    for child in parts.get("origlink", ()):
        if _http(text := inner_text(child).strip()):
            return text
    fallback = None
    for child in parts.get("link", ()):
        href = child.get("href")
        target = (href if href is not None else inner_text(child)).strip()
        if target and child.get("rel", "alternate") == "alternate":
            if child.get("type", "text/html") in PAGE_TYPES:
                return target
            fallback = fallback or target
    if fallback:
        return fallback
    for child in parts.get("guid", ()):
        text = inner_text(child).strip()
        # Unless it says otherwise a guid is a link; many that do not say so hold "12345" or a tag: URI.
        if child.get("ispermalink", child.get("isPermaLink", "true")).lower() != "false" and text.startswith("http"):
            return text
    return element.get(RDF_ABOUT) or next(
        (text for child in parts.get("id", ()) if (text := inner_text(child).strip()).startswith("http")), None
    )


def _base(element: _Element, url: str) -> str:
    """Return what links in an entry are relative to: the nearest xml:base, else the feed's URL."""
    bases = []
    at: _Element | None = element
    while at is not None:
        if value := at.get(XML_BASE):
            bases.append(value)
        at = at.getparent()
    base = url
    for value in reversed(bases):
        base = absolute(base, value) or base
    return base


def _json_feed(text: str, url: str) -> list[Offer]:
    try:
        document: Any = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise NotReadableError(f"broken JSON: {error}") from error
    items = document.get("items")
    if not isinstance(items, list):
        raise NotReadableError('no JSON Feed: it has no list "items"')
    offers = []
    for item in items[:MOST_ENTRIES]:
        if not isinstance(item, dict):
            continue
        link = offered(url, _text(item, "url") or _text(item, "external_url") or _http(_text(item, "id")))
        if link is not None:
            moment = read_moment(_text(item, "date_published") or _text(item, "date_modified"))
            offers.append(Offer(link, tidy_title(_text(item, "title")), moment))
    return offers


def _text(item: dict[str, Any], key: str) -> str | None:
    value = item.get(key)
    return value if isinstance(value, str) else None


def _http(value: str | None) -> str | None:
    return value if value and value.startswith(("http://", "https://")) else None


def _mended(body: bytes, url: str, content_type: str | None, reason: str) -> list[Offer]:
    """Return what feedparser makes of a feed that lxml made nothing of."""
    if len(body) > MOST_MENDING_BYTES or b"<!ENTITY" in body.replace(b"\0", b""):
        raise NotReadableError(reason)
    import feedparser

    text = xml_text(body, content_type)
    # As a stream: a string might be taken for a URL or a file name.
    parsed = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")), sanitize_html=False, resolve_relative_uris=False
    )
    offers = []
    for entry in parsed.entries[:MOST_ENTRIES]:
        link = offered(url, entry.get("feedburner_origlink") or entry.get("link"))
        if link is not None:
            moment = read_moment(entry.get("published") or entry.get("updated"))
            offers.append(Offer(link, tidy_title(entry.get("title")), moment))
    if not offers and not parsed.version:
        raise NotReadableError(reason)
    return offers
