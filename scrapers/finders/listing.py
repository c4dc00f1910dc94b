"""Listing pages: the links that lead to articles, page by page until nothing new comes.

The CMS profile's selectors choose the links, or the entry's own (option ``links``); where they find nothing any more
(a new theme) or there are none, the shape of the URLs does; in menus, footers and boxes at the side it must be a
clearer one.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from scrapers.finders.markup import NotReadableError, text_of_bytes
from scrapers.finders.moments import read_moment
from scrapers.finders.offers import Offer, absolute, looks_like_article, may_be_article, on_site, own_hosts, tidy_title
from scrapers.finders.refs import canonical_or_none, refs_of
from scrapers.markup import hostile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from selectolax.lexbor import LexborNode

    from data.records import Finder, Source
    from scrapers.finders.visit import Visit

MAX_PAGES = 20
"""Pages of a list read in one visit, as long as unknown articles come. Option ``max_pages``."""

LINKS: Mapping[str, str] = {
    "varient": ".post-item h3.title a, .post-item .title a, .post-list h3 a, article h3.title a",
    "wordpress": (
        "h2.entry-title a, h3.entry-title a, .jeg_post_title a, .td-module-title a, .post-title a, "
        "article h2 a, article h3 a, .wp-block-post-title a"
    ),
    "tribun": "#latestul li h3 a, #latestul li.art-list a, li.p1520 h3 a, .lsi li h3 a",
    "detik": "article .media__title a, article h2 a, article h3 a, .list-content__item a",
    "antara": ".card__post__title a, article h2 a, article h3 a, .simple-post h3 a, .post-title a",
    "kompas": ".articleItem a, .article__link, .articleList a, .article__title a, .terkini__link",
    "promedia": ".latest__item .latest__title a, .latest__link, .hl__link, .latest__item a",
    "blogspot": "h3.post-title a, h2.post-title a, .entry-title a",
}
"""Selectors of the links to articles on a CMS's lists."""

THEMES = frozenset({"jnews", "idtheme", "newspaper"})
"""Profiles that are themes of WordPress."""

FURNITURE = frozenset({"nav", "footer", "header", "aside", "form"})
"""Elements that hold a page's own furniture."""

_BOXES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|submenu|footer|sidebar|breadcrumbs?|pagination|pager|tag-?list|tagcloud|tags|share|"
    r"social|topbar|off-?canvas|login|modal|cookie)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Class and id words of furniture that is built of <div>s."""

LEAST_LINK_TEXT = 20
"""Characters of the text of a link that speaks for an article: a headline of four words; "Selengkapnya" has 12."""

MOST_LINKS = 3000
"""Links of one page that are looked at; the fullest homepage that was seen has 700."""

CARD_LEVELS = 5
"""Ancestors of a link or time that may be its card: <article><header><h2><a>, <article><div><span><time>."""

DEEPEST_LOOK = 25
"""Ancestors of a link that are looked at for furniture."""


async def look(visit: Visit, finder: Finder) -> list[Offer]:
    """Return the articles linked from the list and its further pages.

    It ends with a page that brings nothing but known articles, nothing that an earlier page did not bring (the end of
    the list, or a site that answers every number alike), or the page limit. Raises NotReadableError where the first
    page cannot be had or links to no article.
    """
    offers: list[Offer] = []
    seen: set[str] = set()
    asked: set[str] = set()
    url: str | None = finder.url
    number = int(finder.options.get("first_page", 1))
    for _ in range(int(finder.options.get("max_pages", MAX_PAGES))):
        if url is None or url in asked:
            break
        asked.add(url)
        try:
            page = await visit.ask(url, "html")
            if page is None or page.body is None:
                break
            body, final_url, content_type = page.body, page.final_url, page.content_type
            tree = await asyncio.to_thread(parse_page, body, content_type)
            found = await asyncio.to_thread(article_links, tree, final_url, visit.source, finder)
        except NotReadableError:
            if not offers:
                raise
            break
        ids = {ref.canonical_url for ref in refs_of(visit.source, finder, found, visit.now)}
        if not ids and not offers:
            raise NotReadableError("no link to an article on the page")
        offers += found
        # Boxes at the side show the same articles on every page: only what this page adds says where we are.
        if all(visit.known(identity) for identity in ids - seen):
            break
        seen |= ids
        url = next_page(tree, final_url, finder, number)
        number += 1
    return offers


def parse_page(body: bytes, content_type: str | None) -> LexborHTMLParser:
    """Return the tree of a web page; raises NotReadableError for markup that is made to break parsers."""
    text = text_of_bytes(body, content_type)
    if not text.strip():
        raise NotReadableError("empty answer")
    if reason := hostile(text):
        raise NotReadableError(f"refused: {reason}")
    return LexborHTMLParser(text)


def read_listing(body: bytes, url: str, source: Source, finder: Finder, content_type: str | None = None) -> list[Offer]:
    """Return the articles that one list page links to, in its order, each once."""
    return article_links(parse_page(body, content_type), url, source, finder)


def article_links(tree: LexborHTMLParser, url: str, source: Source, finder: Finder) -> list[Offer]:
    """Return the articles that a parsed list page links to: by the entry's selector, the CMS's, or by their shape."""
    base, times = _base(tree, url), _times(tree)
    hosts = own_hosts(source, finder.options)
    if selector := finder.options.get("links"):
        return _offers(_select(tree, selector), base, hosts, times, strict=False)
    if selector := LINKS.get("wordpress" if source.profile in THEMES else source.profile):
        chosen = _offers(_select(tree, selector), base, hosts, times, strict=False)
        if chosen:
            return chosen
    return _offers(tree.css("a[href]"), base, hosts, times, strict=True)


def _select(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        nodes = tree.css(selector)
    except (SelectolaxError, ValueError) as error:
        raise NotReadableError(f"the selector {selector!r} is no CSS; mend the option links") from error
    return [link for node in nodes if (link := node if node.tag == "a" else node.css_first("a[href]")) is not None]


def _base(tree: LexborHTMLParser, url: str) -> str:
    base = tree.css_first("base[href]")
    return (absolute(url, base.attributes.get("href")) or url) if base is not None else url


def _offers(
    nodes: list[LexborNode], base: str, hosts: frozenset[str], times: Mapping[int, list[str]], *, strict: bool
) -> list[Offer]:
    """Return the links as offers, those to one article joined: the longest text is the title.

    With ``strict`` a link must look like an article's, or carry a headline that its URL repeats. ``times`` are those
    of `_times`.
    """
    looked = list(_looked_at(nodes, base, hosts, strict=strict))
    cards: dict[int, set[str]] = {}
    for node, identity, _, _ in looked:
        for ancestor in _near(node):
            cards.setdefault(ancestor.mem_id, set()).add(identity)
    found: dict[str, Offer] = {}
    for node, identity, link, text in looked:
        title = text if len(text) >= LEAST_LINK_TEXT else None
        earlier = found.get(identity)
        moment = earlier.moment if earlier is not None else None
        if moment is None:
            moment = read_moment(_time_near(node, times, cards))
        if earlier is not None and len(title or "") <= len(earlier.title or ""):
            title = earlier.title
        found[identity] = Offer(earlier.url if earlier is not None else link, title, moment)
    return list(found.values())


def _looked_at(
    nodes: list[LexborNode], base: str, hosts: frozenset[str], *, strict: bool
) -> Iterator[tuple[LexborNode, str, str, str]]:
    """Yield the links that pass: node, canonical URL, URL, headline."""
    for node in nodes[:MOST_LINKS]:
        link = absolute(base, node.attributes.get("href"))
        if link is None or not on_site(link, hosts) or not may_be_article(link):
            continue
        text = _headline(node)
        if strict and not looks_like_article(link, text=text, in_furniture=_is_furniture(node)):
            continue
        identity = canonical_or_none(link)
        if identity is not None:
            yield node, identity, link, text


def _headline(node: LexborNode) -> str:
    """Return the headline that a link shows: the heading inside it, its title attribute, or its whole text."""
    inside = node.css_first("h1, h2, h3, h4, h5, [class*=title]")
    shown = inside.text(deep=True, separator=" ") if inside is not None else node.attributes.get("title")
    return tidy_title(shown) or tidy_title(node.text(deep=True, separator=" ")) or ""


def _near(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the ancestors of a node that may be the card it stands in, the innermost first."""
    at = node.parent
    for _ in range(CARD_LEVELS):
        if at is None or at.tag in {"body", "html"}:
            return
        yield at
        if at.tag in {"article", "li", "tr"}:
            return
        at = at.parent


def _times(tree: LexborHTMLParser) -> dict[int, list[str]]:
    """Return the machine-readable times of a page by the (possible) cards that they stand in."""
    found: dict[int, list[str]] = {}
    for node in tree.css("time[datetime]")[:MOST_LINKS]:
        for ancestor in _near(node):
            found.setdefault(ancestor.mem_id, []).append(node.attributes.get("datetime") or "")
    return found


def _time_near(node: LexborNode, times: Mapping[int, list[str]], cards: Mapping[int, set[str]]) -> str | None:
    """Return the time of the card that a link stands in; None where the card has several, or is about more than one."""
    for ancestor in _near(node):
        if own := times.get(ancestor.mem_id):
            return own[0] if len(own) == 1 and len(cards[ancestor.mem_id]) == 1 else None
    return None


def _is_furniture(node: LexborNode) -> bool:
    at: LexborNode | None = node.parent
    for _ in range(DEEPEST_LOOK):
        if at is None or at.tag in {"body", "html"}:
            return False
        # A card's own <header> is no furniture: WordPress puts the headline into it.
        if at.tag in FURNITURE and not (at.tag == "header" and _inside(at, "article")):
            return True
        if at.tag in {"div", "ul", "section", "ol"}:
            names = f"{at.attributes.get('class') or ''} {at.attributes.get('id') or ''}"
            if _BOXES.search(names):
                return True
        at = at.parent
    return False


def _inside(node: LexborNode, tag: str) -> bool:
    at = node.parent
    while at is not None:
        if at.tag == tag:
            return True
        at = at.parent
    return False


def next_page(tree: LexborHTMLParser, url: str, finder: Finder, number: int) -> str | None:
    """Return the URL of the list's next page: by the entry's template, ``rel=next``, or the pager's link to N + 1."""
    if template := finder.options.get("pages"):
        return _laid_over(finder.url, template.replace("{page}", str(number + 1)))
    base = _base(tree, url)
    here = urlsplit(url).hostname
    wanted = str(number + 1)
    links = tree.css("link[rel~=next], a[rel~=next], a.next")
    links += [node for node in tree.css("a[href]") if node.text(deep=True, strip=True) == wanted]
    for candidate in (node.attributes.get("href") for node in links):
        target = absolute(base, candidate)
        if target is not None and urlsplit(target).hostname == here and re.search(rf"\b0*{wanted}\b", target):
            return target
    return None


def _laid_over(url: str, filled: str) -> str:
    """Return the URL that a filled template means: ``?page=2`` is laid over ``url``'s own query, else it is a link."""
    target = urlsplit(urljoin(url, filled))
    if not filled.startswith("?"):
        return target.geturl()
    query = dict(parse_qsl(urlsplit(url).query)) | dict(parse_qsl(target.query))
    return target._replace(query=urlencode(query)).geturl()
