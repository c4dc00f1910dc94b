"""What the page shows a reader around its headline: the title itself, and the byline and date beside it.

The h1 is never believed blindly: themes put the section or the logo there. A heading is the title when it agrees with
what the head of the page claims.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from scrapers.cleaning import key
from scrapers.dates import find_date, parse_date
from scrapers.markup import SILENT, one_line, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, tzinfo

    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from scrapers.dates import Moment
    from scrapers.metadata import Metadata
    from scrapers.profiles import Profile

MAX_TITLE_CHARS = 500
"""Longer titles are cut; the longest headline seen has 190 characters, the rest is attack or broken markup."""

SAME_TITLE = 0.6
"""Word overlap (Dice) from which a heading and a claimed title are the same headline in other words."""

AFTER, BEFORE = 30, 8
"""Text fragments after and before the headline in which byline and date are looked for."""

BODY_WORDS = 25
"""A fragment of so many words is the article's first sentence: what follows is no longer the byline."""

_SEPARATORS = re.compile(r"\s+(?:[-–—|»«•·]|::|~)\s+|\s*\|\s*|\s+::\s*|\s*»\s*")
_DOMAIN = re.compile(
    r"\b[\w-]+\.(?:com|co|net|org|id|info|news|tv|web|media|today|xyz|online|site|test|my)\b(?:\.\w{2})?", re.IGNORECASE
)
_PAGE_PART = re.compile(
    r"\s*[-–|(]?\s*(?:halaman|hal\.?|laman|page)\s*(?:all|\d+)(?:\s*(?:dari|of)\s*\d+)?\)?\s*$", re.IGNORECASE
)
_CUT = re.compile(r"\s*(?:\.{3}|…)\s*$")
_HEADINGS = 'h1, h2, h3, h4, [class*="title"], [class*="judul"], [class*="headline"], [itemprop="headline"]'
_ELSEWHERE = frozenset({"nav", "aside", "footer", "li", "a", "figure"})
_GENERAL_DATES = (
    '[itemprop="datePublished"]',
    "time[datetime]",
    "time",
    '[class*="date"], [class*="tanggal"], [class*="tgl"], [class*="waktu"], [class*="publish"], [class*="posted"]',
    '[class*="time"], [class*="meta"], [class*="info"]',
)
_GENERAL_AUTHORS = (
    '[itemprop="author"] [itemprop="name"], [itemprop="author"]',
    'a[rel~="author"]',
    '[class*="author"], [class*="penulis"], [class*="byline"]',
    '[class*="reporter"], [class*="wartawan"], [class*="pewarta"]',
)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text in reading order, with the element it stands in."""

    text: str
    node: LexborNode
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """A page's title: how it was had, where it stands among the fragments (None: it is not shown), how sure it is.

    ``others`` are further places where the same words stand, where no heading said which is the headline.
    """

    title: str
    method: str
    position: int | None = None
    agreed: bool = False
    others: tuple[int, ...] = ()


def fragments_of(tree: LexborHTMLParser, limit: int = 20_000) -> list[Fragment]:
    """Return the texts of a page in reading order; a ``<time datetime>`` carries its stamp."""
    found: list[Fragment] = []
    body = tree.body
    if body is None:
        return found
    stack: list[LexborNode] = [body]
    while stack and len(found) < limit:
        node = stack.pop()
        if node.is_text_node:
            if (parent := node.parent) is not None and (text := one_line(node.text_content or "")):
                found.append(Fragment(text, parent))
        elif node.is_element_node and node.tag not in SILENT:
            if node.tag == "time" and (stamp := node.attributes.get("datetime")):
                found.append(Fragment("", node, stamp.strip()))
            children = []
            child = node.child
            while child is not None:
                children.append(child)
                child = child.next
            stack.extend(reversed(children))
    return found


def headline_of(
    tree: LexborHTMLParser,
    metadata: Metadata,
    profile: Profile,
    site_names: Sequence[str],
    fragments: Sequence[Fragment],
) -> Headline:
    """Return the article's title; an empty one where the page has none."""
    raw = [
        metadata.meta.get("og:title", ""),
        *metadata.headlines,
        metadata.meta.get("twitter:title", ""),
        metadata.page_title,
    ]
    raw = [_PAGE_PART.sub("", claim) for claim in raw if claim]
    claims = [claim for each in raw if (claim := _PAGE_PART.sub("", without_site(each, site_names)))]
    best, best_score = None, 0.0
    own = [node for selector in profile.title for node in tree.css(selector)]
    for rank, node in enumerate([*own, *tree.css(_HEADINGS)[:400]]):
        text = text_of(node)
        if not 3 <= len(text) <= MAX_TITLE_CHARS or _is_elsewhere(node):
            continue
        score = max((_likeness(text, claim, full) for claim, full in _pairs(claims, raw)), default=0.0)
        # Level decides between equals: the profile's own, then h1 … h4, then things that only look like headings.
        score += 0.02 if rank < len(own) else {"h1": 0.015, "h2": 0.01, "h3": 0.005}.get(node.tag or "", 0.0)
        if score > best_score:
            best, best_score = (text, node, "profile" if rank < len(own) else "visible"), score
    if best is not None and best_score >= SAME_TITLE and not _CUT.search(best[0]):
        title = _PAGE_PART.sub("", without_site(best[0], site_names) or best[0])
        return Headline(cut(title), best[2], _position(fragments, best[1], best[0]), agreed=True)
    if claims:
        title = cut(_whole(claims))
        method = "jsonld" if not metadata.meta.get("og:title") and metadata.headlines else "opengraph"
        wanted = key(title)
        places = [number for number, fragment in enumerate(fragments) if key(fragment.text) == wanted]
        return Headline(title, method, places[0] if places else None, bool(places), tuple(places[1:4]))
    for node in [*own, *tree.css("h1, h2")[:20]]:
        text = text_of(node)
        if len(text.split()) >= 3 and not _is_elsewhere(node):
            return Headline(cut(text), "visible", _position(fragments, node, text), agreed=True)
    return Headline("", "")


def _pairs(claims: Sequence[str], raw: Sequence[str]) -> Iterable[tuple[str, str]]:
    return [(claim, full) for claim in claims for full in raw]


def _whole(claims: Sequence[str]) -> str:
    """Return the first claim, or the longer form of it where it was cut short."""
    first = claims[0]
    if _CUT.search(first):
        start = key(_CUT.sub("", first))
        return next((claim for claim in claims[1:] if key(claim).startswith(start) and not _CUT.search(claim)), first)
    return first


def _likeness(heading: str, claim: str, full: str) -> float:
    """Return how much a heading looks like a claimed title, 0 to 1; ``full`` is the claim with its site's name."""
    mine, theirs = key(heading), key(claim)
    if not mine or not theirs:
        return 0.0
    if mine == theirs:
        return 1.0
    if mine in key(full) and len(mine) >= 0.5 * len(theirs) and len(heading.split()) >= 3:
        return 0.95
    start = key(_CUT.sub("", claim))
    if _CUT.search(claim) and len(start) >= 20 and mine.startswith(start):
        return 0.97
    ours, claimed = _words_of(heading), _words_of(claim)
    return 0.9 * 2 * len(ours & claimed) / (len(ours) + len(claimed)) if ours and claimed else 0.0


@lru_cache(maxsize=1024)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _is_elsewhere(node: LexborNode) -> bool:
    parent = node.parent
    for _ in range(6):
        if parent is None:
            return False
        if parent.tag in _ELSEWHERE:
            return True
        parent = parent.parent
    return False


def _position(fragments: Sequence[Fragment], node: LexborNode, text: str) -> int | None:
    """Return the index of the headline's last fragment."""
    inside = {node.mem_id, *(child.mem_id for child in node.css("*"))}
    places = [number for number, fragment in enumerate(fragments) if fragment.node.mem_id in inside and fragment.text]
    if places:
        return places[-1]
    return next((number for number, fragment in enumerate(fragments) if fragment.text == text), None)


def without_site(title: str, site_names: Sequence[str]) -> str:
    """Return a title without the site's name before or after it ("… - Kompas.com Regional", "KapanLagi.com: …")."""
    names = {key(name) for name in site_names if len(key(name)) >= 4}
    colon = re.match(r"([^:]{3,40}):\s+(?=\S)", title)
    if colon and _DOMAIN.search(colon[1]):
        title = title[colon.end() :]
    pieces, marks, last = [], [], 0
    for mark in _SEPARATORS.finditer(title):
        pieces.append(title[last : mark.start()])
        marks.append(mark[0])
        last = mark.end()
    pieces.append(title[last:])

    def is_site(piece: str) -> bool:
        said = key(piece)
        if not said:
            return True
        if len(piece.split()) > 6:
            return False
        return bool(_DOMAIN.search(piece)) or any(
            said == name or (name in said and len(said) <= 3 * len(name)) for name in names
        )

    while len(pieces) > 1 and is_site(pieces[-1]):
        pieces.pop()
        marks.pop()
    while len(pieces) > 1 and is_site(pieces[0]):
        pieces.pop(0)
        marks.pop(0)
    kept = pieces[0] + "".join(mark + piece for mark, piece in zip(marks, pieces[1:], strict=True))
    return "" if len(pieces) == 1 and key(kept) in names else kept.strip()


def cut(title: str) -> str:
    """Return a title of at most 500 characters; a cut one ends in "…"."""
    title = one_line(title)
    return title if len(title) <= MAX_TITLE_CHARS else title[: MAX_TITLE_CHARS - 1].rstrip() + "…"


def _near(fragments: Sequence[Fragment], position: int) -> tuple[list[Fragment], list[Fragment]]:
    """Return the fragments after the headline up to the article's first sentence, and those just before it."""
    after: list[Fragment] = []
    for fragment in fragments[position + 1 : position + 1 + AFTER]:
        if len(fragment.text.split()) >= BODY_WORDS:
            break
        after.append(fragment)
    return after, list(fragments[max(0, position - BEFORE) : position])


def shown_date(
    tree: LexborHTMLParser,
    profile: Profile,
    headline: Headline,
    fragments: Sequence[Fragment],
    zone: tzinfo,
    now: datetime,
) -> Moment | None:
    """Return the date that readers are shown: by the profile's selectors, beside the headline, or by class."""
    for selector in profile.published:
        for node in tree.css(selector)[:4]:
            if moment := _printed(node, zone, now):
                return moment
    for position in (headline.position, *headline.others):
        if position is None:
            continue
        after, before = _near(fragments, position)
        if moment := _date_in(after, zone, now):
            return moment
        moment = _date_in(before, zone, now)
        # A site's header prints today's date; without a time of day it is that.
        if moment and (moment.has_time or moment.wall.date() != now.astimezone(zone).date()):
            return moment
    for selector in _GENERAL_DATES:
        for node in tree.css(selector)[:6]:
            text = text_of(node)
            if len(text) <= 120 and not _is_elsewhere(node) and (moment := _printed(node, zone, now)):
                return moment
    return None


def _printed(node: LexborNode, zone: tzinfo, now: datetime) -> Moment | None:
    text = text_of(node)
    said = find_date(text, zone, now) or parse_date(text, zone, now)
    stamp = node.attributes.get("datetime") or node.attributes.get("content") or node.attributes.get("title") or ""
    stamped = parse_date(stamp, zone, now) if stamp else None
    if said and stamped and not said.has_time and said.wall.date() == stamped.wall.date():
        return stamped
    if said and stamped and stamped.claims_indonesian_zone and abs(said.wall - stamped.wall) < timedelta(minutes=2):
        return stamped
    # "3 jam lalu" is coarser than its stamp.
    return stamped if stamped and (said is None or re.search(r"lalu|ago", text)) else said


def _date_in(window: Sequence[Fragment], zone: tzinfo, now: datetime) -> Moment | None:
    first: Moment | None = None
    for number, fragment in enumerate(window):
        moment = parse_date(fragment.stamp, zone, now) if fragment.stamp else None
        if moment is None and fragment.text:
            moment = find_date(" ".join(each.text for each in window[number : number + 5])[:160], zone, now)
        if moment and moment.has_time and (first is None or moment.wall.date() == first.wall.date()):
            return moment
        first = first or moment
    return first


def shown_authors(
    tree: LexborHTMLParser, profile: Profile, headline: Headline, fragments: Sequence[Fragment]
) -> tuple[list[str], list[str]]:
    """Return bylines as printed: those that a profile or the headline's neighbourhood vouches for, then the rest."""
    sure = [
        text
        for selector in profile.author
        for node in tree.css(selector)[:2]
        if (text := text_of(node)) and len(text) <= 160
    ]
    near: list[str] = []
    if headline.position is not None:
        after, before = _near(fragments, headline.position)
        nodes = {fragment.node.mem_id for fragment in after}
        for selector in _GENERAL_AUTHORS:
            for node in tree.css(selector)[:8]:
                inside = {node.mem_id, *(child.mem_id for child in node.css("*"))}
                if inside & nodes and len(text := text_of(node)) <= 120:
                    near.append(text)
        window = " ¦ ".join(fragment.text for fragment in [*before[-3:], *after])
        near += byline_names(window)
    classed = [
        text
        for selector in _GENERAL_AUTHORS[:2]
        for node in tree.css(selector)[:3]
        if not _is_elsewhere(node) and (text := text_of(node)) and len(text) <= 120
    ]
    return [*sure, *near], classed


_NAME = r"[A-Z][\w.'’]*(?:[ ,]+(?:[A-Z][\w.'’]*|bin|binti|al|el|van|de)){0,5}"
_LABELLED = re.compile(r"(?:penulis|pewarta|reporter|kontributor)\s*:", re.IGNORECASE)
_BYLINE = re.compile(
    rf"(?:^|¦ )(?:(?i:oleh|by)\b\s*:?[\s¦]*|(?i:penulis|pewarta|reporter|laporan|kontributor|wartawan)\s*[:¦][\s¦]*)"
    rf"(?P<name>{_NAME})"
    rf"|(?:^|¦ )(?P<first>{_NAME})(?=\s*[-–|][\s¦]*[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]{{2,}})+(?:\s|$))"
)


def labelled_authors(fragments: Sequence[Fragment], headline: Headline) -> list[str]:
    """Return the names that stand behind "Reporter:", "Penulis:" and the like anywhere below the headline."""
    below = fragments[headline.position or 0 :][:2000]
    return [
        name
        for number, fragment in enumerate(below)
        if _LABELLED.match(fragment.text)
        for name in byline_names(" ¦ ".join(each.text for each in below[number : number + 3]))[:1]
    ]


def byline_names(window: str) -> list[str]:
    """Return the names that bylines in a joined window of fragments carry."""
    return [match["name"] or match["first"] for match in _BYLINE.finditer(window)]
