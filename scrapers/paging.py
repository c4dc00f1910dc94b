"""Articles that a site cuts into pages: where the further pages are, and joining what they say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urljoin, urlsplit

from scrapers.cleaning import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from selectolax.lexbor import LexborHTMLParser

    from scrapers.profiles import Profile

MAX_PAGES = 20
"""Further pages of one article that are taken note of; longer ones are galleries."""

_PATH_PAGE = re.compile(r"^(?P<stem>.*?)/(?:(?:halaman|hal|page|laman)/)?(?P<number>[2-9]|1\d|20)/?$")
_NAMED_PAGE = re.compile(r"/(?:halaman|hal|page|laman)/(?:[2-9]|1\d|20)/?$")
_QUERY_PAGE = frozenset({"page", "halaman", "hal", "p", "pg"})
_WHOLE = re.compile(r"(?:^|[?&])(?:page=all|single=1|halaman=all)(?:&|$)")
_GENERAL_PAGERS = (
    '[class*="paging"] a',
    '[class*="pagination"] a',
    '[class*="page-link"] a, a[class*="page-link"]',
    '[class*="pagelink"] a',
    '[class*="halaman"] a',
    '[class*="page-num"] a, a[class*="page-num"]',
)


def more_pages(tree: LexborHTMLParser, url: str, profile: Profile) -> tuple[str, ...]:
    """Return the absolute URLs of an article's further pages, in their order; empty where it is whole.

    Only links to a later page of this very article count: the same path with ``/2/``, ``/halaman/2`` or ``?page=2``.
    A link to the whole article (``?page=all``, ``?single=1``) is given where no numbered page is linked.
    """
    if _WHOLE.search(urlsplit(url).query):
        return ()
    stem, here = _taken_apart(url)
    found: dict[int, str] = {}
    whole: str | None = None
    hrefs = [*_hrefs(tree, (*profile.pages, *_GENERAL_PAGERS)), *_hrefs(tree, ('link[rel="next"]',))]
    for href in hrefs:
        target = _absolute(url, href)
        if target is None:
            continue
        other, number = _taken_apart(target)
        if other != stem:
            continue
        if _WHOLE.search(urlsplit(target).query):
            whole = target
        elif number > here and len(found) < MAX_PAGES:
            found.setdefault(number, target)
    if found:
        return tuple(found[number] for number in sorted(found))
    return (whole,) if whole is not None else ()


def is_further_page(url: str) -> bool:
    """Return whether an address is that of an article's second or later page, and no page of a listing."""
    (_, path, _), number = _taken_apart(url)
    return number > 1 and path.rsplit("/", 1)[-1].count("-") >= 2


def first_page(url: str) -> str:
    """Return the address of the page on which an article begins: ``url`` itself where that is no further page of it.

    Feeds and lists sometimes link to a later part; read by itself, it would be taken for an article without a lead.
    """
    parts = urlsplit(url)
    path = _NAMED_PAGE.sub("", parts.path)  # a bare /7 may be the article's own number
    if not is_further_page(url):
        return url
    kept = [
        item
        for item in parts.query.split("&")
        if not (item.partition("=")[0].lower() in _QUERY_PAGE and item.partition("=")[2].isdigit())
    ]
    return parts._replace(path=path, query="&".join(kept)).geturl()


def _hrefs(tree: LexborHTMLParser, selectors: Sequence[str]) -> list[str]:
    return [
        href
        for selector in selectors
        for node in tree.css(selector)[:60]
        if (href := (node.attributes.get("href") or "").strip())
    ]


def _absolute(url: str, href: str) -> str | None:
    try:
        target = urljoin(url, href).split("#", 1)[0]
        parts = urlsplit(target)
    except ValueError:  # "http://[", as broken templates print it
        return None
    return target if parts.scheme in {"http", "https"} and parts.hostname else None


def _taken_apart(url: str) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], int]:
    """Return what names the article in a URL, and the page of it that the URL shows (1 where it names none)."""
    parts = urlsplit(url)
    number, rest = 1, []
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name.lower() in _QUERY_PAGE and (value.isdigit() or value == "all") and not (name == "p" and len(value) > 2):
            number = int(value) if value.isdigit() else number
        elif name != "single" and not name.lower().startswith("utm_"):
            rest.append((name, value))
    path = parts.path
    if (match := _PATH_PAGE.match(path)) and match["stem"].count("-") >= 2:
        path, number = match["stem"], int(match["number"])
    host = (parts.hostname or "").lower().removeprefix("www.")
    return (host, path.rstrip("/"), tuple(sorted(rest))), number


def joined_text(first: str, parts: Iterable[str]) -> str:
    """Return the paragraphs of an article's pages in order, each once: pages repeat their lead and their notes.

    A part that holds all of what came before (the whole article, ``?page=all``) takes its place.
    """
    lines = first.split("\n")
    for part in parts:
        new = part.split("\n")
        keys, had = {key(line) for line in new}, [key(line) for line in lines]
        if sum(name in keys for name in had) >= 0.8 * len(had) and len(new) >= len(lines):
            lines = new
            continue
        seen = set(had)
        lines += [line for line in new if key(line) not in seen]
    return "\n".join(lines)
