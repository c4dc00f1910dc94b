"""Markup that would hold a parser for seconds, cut down to what an article needs before any tree is built of it.

One tag with 100,000 attributes costs every tree builder seconds to minutes (it is quadratic in libxml2 and lexbor);
read as a stream of events by BeautifulSoup over lxml it costs a fraction of one. A site, or whoever writes in its
comments, must not be able to hide an event from the desk by such a tag.
"""

from __future__ import annotations

from html import escape

from bs4 import BeautifulSoup, SoupStrainer, Tag

WANTED = ("title", "meta", "link", "h1", "h2", "h3", "time", "p")
"""Elements that can carry title, date, author and text; everything between them is scaffolding."""

ATTRIBUTES = ("property", "name", "content", "rel", "href", "datetime", "class")
LONGEST_VALUE = 2_000
"""Characters of an attribute's value that are kept; a description has 160."""

MOST_CHARACTERS = 2_000_000
"""A page longer than this is not worth the while: the longest article has 200,000 characters of markup."""


def salvaged(html: str) -> str | None:
    """Return the page cut down to head, headings and paragraphs, in their order; None where nothing is left of it."""
    if len(html) > MOST_CHARACTERS:
        return None
    soup = BeautifulSoup(html, "lxml", parse_only=SoupStrainer(list(WANTED)))
    head: list[str] = []
    body: list[str] = []
    for element in soup.find_all(list(WANTED)):
        if not isinstance(element, Tag) or element.find_parent(list(WANTED)) is not None:
            continue
        (head if element.name in {"title", "meta", "link"} else body).append(_plain(element))
    if not any(line.startswith("<p") for line in body):
        return None
    return f"<!doctype html><html><head>{''.join(head)}</head><body><article>{''.join(body)}</article></body></html>"


def _plain(element: Tag) -> str:
    kept = []
    for name in ATTRIBUTES:
        value = element.get(name)
        if value is not None:
            words = " ".join(value) if isinstance(value, list) else str(value)
            kept.append(f' {name}="{escape(words[:LONGEST_VALUE])}"')
    start = f"<{element.name}{''.join(kept)}>"
    if element.name in {"meta", "link"}:
        return start
    return f"{start}{escape(element.get_text(' ', strip=True))}</{element.name}>\n"
