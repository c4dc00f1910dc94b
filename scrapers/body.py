"""Finding an article's text in a page: by a profile's selectors, by trafilatura, or by where the sentences lie.

Each way gives lines (one paragraph each); ``article_lines`` decides between them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scrapers.cleaning import is_cross_reference, key, word_count
from scrapers.markup import BLOCKS, clean, drop, lines_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from selectolax.lexbor import LexborHTMLParser, LexborNode

ENOUGH_WORDS = 40
"""A way that yields fewer words has not found an article."""

FEW_CHARS = 400
"""Where trafilatura's fast mode yields less than this, its slower default is tried (181 pages: 0.002 F1 gained)."""

MENU_SHARE = 0.35
"""Share of lines of at most three words from which a text is a page's menus and not an article. Articles on 181 + 13
saved pages: up to 0.30; whole-page dumps: from 0.45."""

SENTENCE_WORDS = 8
"""Words outside links that make a block a part of running text."""

SAME_ARTICLE = 0.5
"""Share of trafilatura's words that the densest element must have too, for the two to be of one article."""

DATELINE_CHARS = 60
"""Letters that a lost dateline may have: "TRIBUNPADANG.COM, PADANG PARIAMAN" has 31."""

LAYOUT_WORDS = 60
"""Words in one table row from which the table holds the page, not data."""

FORM_WORDS = 150
"""A form with so much text is a page in a form: those for search, comments and log-in have up to 60 words."""

LINKED = 0.35
"""Share of words in links from which an element is no article's own."""

PARAGRAPH_WORDS = 25
"""Words of a line that can only be a paragraph: teasers beside articles have 9 to 24, paragraphs mostly more."""

_ALWAYS = (
    "script, style, noscript, template, iframe, button, nav, aside, ins, select, input, textarea, svg",
    "video, audio, object, figure, figcaption, footer, dialog",
    '[hidden], [style*="display:none"], [style*="display: none"], [aria-hidden="true"]',
    ".wp-caption-text, .img-description, .caption, .photo-caption, .img-caption, .image-caption, .wp-caption",
)
_NOISE = re.compile(
    r"(?:^|[\s_-])(?:related|terkait|baca-?juga|bacajuga|lihat-?juga|simak-?juga|inject\w*|share|sharing|sharer|socials?|sosmed|medsos|"
    r"tags?|tagcloud|tag-?list|post-?tags|comments?|komentar|newsletter|subscribe|banners?|iklan|adverts?\w*|ads?|adsense|adsbygoogle|"
    r"ad-?\w{0,8}|promo|sidebar|widgets?|breadcrumbs?|pagination|paging|pager|page-links|author-box|about-author|authorbox|rekomendasi|"
    r"recommend\w*|popular|populer|terpopuler|trending|next-prev|post-navigation|prevnext|copyright|jp-relatedposts|sharedaddy|yarpp\w*|"
    r"outbrain|taboola|mgid|gnews|google-?news|wa-?channel|whatsapp|telegram|linksisip\w*|sisip\w*|parallax|flying-?carpet|"
    r"reactions?|post-files|container-bn|bn-\w+|code-block|toolbar|skip|read-?also|also-?read|most-?read|credit\w*|editor-?picks?)(?=$|[\s_-])",
    re.IGNORECASE,
)
_NOT_NOISE = re.compile(
    r"(?:^|[\s_-])(?:article|artikel|content|konten|body|detail|entry|post-text|text)(?=$|[\s_-])", re.IGNORECASE
)
_REFERENCE_LABEL = re.compile(r"\(?(?:baca|simak|lihat)\s+(?:juga|pula)\s*:?\s*$", re.IGNORECASE)
_SMALL = ("p", "div", "span", "strong", "em", "b", "i", "a", "li", "blockquote", "h2", "h3", "h4", "h5", "ul", "table")
_SECTIONS = frozenset({"body", "main", "section", "article", "html"})


@dataclass(frozen=True, slots=True)
class Body:
    """Lines that may be an article, how they were had, and what share of their words stands in links."""

    lines: tuple[str, ...] = ()
    method: str = ""
    link_share: float = 0.0

    @property
    def words(self) -> int:
        """Number of words in all lines."""
        return sum(map(word_count, self.lines))

    @property
    def is_menu(self) -> bool:
        """Whether most of it is menu entries and labels, as when a whole page was taken for the article."""
        # A page laid out in tables, which trafilatura takes for data; a row of data is short.
        if any(line.startswith("|") and word_count(line) >= LAYOUT_WORDS for line in self.lines):
            return True
        if len(self.lines) < 8:
            return False
        short = sum(1 for line in self.lines if word_count(line) <= 3)
        return short / len(self.lines) > MENU_SHARE


def selected_body(tree: LexborHTMLParser, selectors: Sequence[str], drops: Sequence[str], method: str) -> Body:
    """Return the text of the first of ``selectors`` that holds an article; several hits of one are joined in order.

    Takes noise out of the tree for good.
    """
    best = Body()
    for selector in selectors:
        nodes = _outermost(tree.css(selector))
        if not nodes:
            continue
        for node in nodes:
            prune(node, drops)
        lines = tuple(line for node in nodes for line in lines_of(node))
        total = sum(len(line.split()) for line in lines)
        linked = sum(_linked_words(node) for node in nodes)
        body = Body(lines, method, linked / total if total else 0.0)
        if body.words >= ENOUGH_WORDS:
            return body
        best = body if body.words > best.words else best
    return best


def _outermost(nodes: Sequence[LexborNode]) -> list[LexborNode]:
    kept: list[LexborNode] = []
    ids: set[int] = set()
    for node in nodes:
        parent, inside = node.parent, False
        while parent is not None and not inside:
            inside = parent.mem_id in ids
            parent = parent.parent
        if not inside:
            kept.append(node)
            ids.add(node.mem_id)
    return kept


def prune(node: LexborNode, drops: Sequence[str] = ()) -> None:
    """Take out of an element what is not its article: ads, share bars, related links, "Baca juga", captions."""
    drop(node, drops)
    drop(node, _ALWAYS)
    whole = len(text_of(node))
    _drop_forms(node)
    for child in list(node.css("[class], [id]")):
        if child.mem_id == node.mem_id:
            continue
        said = child.attributes
        names = f"{said.get('class') or ''} {said.get('id') or ''}"
        if (
            _NOISE.search(names)
            and not (_NOT_NOISE.search(names) and len(text_of(child)) * 4 > whole)
            and len(text_of(child)) * 2 < whole
        ):
            child.decompose()
    _drop_cross_references(node)


def _drop_cross_references(node: LexborNode) -> None:
    """Take "Baca juga: …" out: its own element, or a link with those words before it."""
    for child in list(node.css(", ".join(_SMALL))):
        if child.mem_id == node.mem_id or child.parent is None:
            continue
        text = text_of(child)
        # With a break in it an element may hold a sentence, too; that is told line by line later on.
        if text and is_cross_reference(text) and child.css_first("br") is None:
            child.decompose()
        elif child.tag == "a" and (before := child.prev) is not None and before.is_text_node:
            said = before.text_content or ""
            if label := _REFERENCE_LABEL.search(said):
                before.replace_with(said[: label.start()] or " ")
                child.decompose()


def _drop_forms(node: LexborNode) -> None:
    """Take forms out, but not the one that some server frameworks put around the whole page."""
    for form in node.css("form"):
        if word_count(text_of(form)) < FORM_WORDS:
            form.decompose()


def densest_body(tree: LexborHTMLParser, method: str = "density") -> Body:
    """Return the text of the element under which the most running text lies close together. Prunes the tree."""
    body = tree.body
    if body is None:
        return Body()
    drop(body, _ALWAYS)
    _drop_forms(body)
    drop(body, ("header", "#comments, #sidebar, .sidebar, .comments, .comment-list"))
    scores: dict[int, float] = defaultdict(float)
    nodes: dict[int, LexborNode] = {}
    for block, words in _running_text(body):
        holder = block.parent if block.tag in {"p", "blockquote", "h2", "h3", "h4", "li", "pre", "td"} else block
        share = float(words)
        for _ in range(3):
            if holder is None or holder.tag in {"html", "-document"}:
                break
            nodes[holder.mem_id] = holder
            scores[holder.mem_id] += share
            # A layout's outer boxes hold every text of the page; they should win only where the article is scattered.
            share *= 0.5 if holder.tag not in _SECTIONS else 0.3
            holder = holder.parent
    if not scores:
        return Body()
    best = nodes[max(scores, key=lambda name: scores[name])]
    prune(best)
    lines = tuple(lines_of(best))
    total = sum(len(line.split()) for line in lines)
    return Body(lines, method, _linked_words(best) / total if total else 0.0)


def _running_text(body: LexborNode) -> Iterator[tuple[LexborNode, int]]:
    """Yield blocks with the number of words of running text directly in them."""
    counts: dict[int, int] = defaultdict(int)
    blocks: dict[int, LexborNode] = {}
    for node in body.traverse(include_text=True):
        if not node.is_text_node:
            continue
        words = word_count(node.text_content or "")
        if not words:
            continue
        parent, linked = node.parent, False
        while parent is not None and parent.tag not in BLOCKS:
            linked = linked or parent.tag in {"a", "button", "label", "option"}
            parent = parent.parent
        if parent is None or linked:
            continue
        counts[parent.mem_id] += words
        blocks[parent.mem_id] = parent
    for name, words in counts.items():
        if words >= SENTENCE_WORDS:
            yield blocks[name], words


def _linked_words(node: LexborNode) -> int:
    return sum(len(text_of(link).split()) for link in node.css("a"))


def trafilatura_body(html: str, url: str, *, fast: bool) -> Body:
    """Return what trafilatura takes for the article; it reads markup that ``markup.hostile`` has passed."""
    from trafilatura import bare_extraction  # 0.5 s to import: once per worker, and never for --help

    found: Any = bare_extraction(
        html, url=url, fast=fast, include_comments=False, include_tables=True, with_metadata=False
    )
    text = getattr(found, "text", None) or ""
    lines = tuple(line for raw in clean(text).split("\n") if (line := raw.strip()))
    return Body(lines, "trafilatura-fast" if fast else "trafilatura")


def general_body(html: str, url: str, tree: LexborHTMLParser, title: str) -> Body:
    """Return the text of a page of no known shape.

    trafilatura's fast mode first; its default where that yields little or a page's menus; our own search where both
    fail. Where both agree on an article, each mends the other. Prunes the tree.
    """
    body = trafilatura_body(html, url, fast=True)
    if body.is_menu or sum(map(len, body.lines)) < FEW_CHARS:
        slower = trafilatura_body(html, url, fast=False)
        if not slower.is_menu and (body.is_menu or slower.words > body.words):
            body = slower
    densest = densest_body(tree)
    if body.is_menu or body.words < ENOUGH_WORDS:
        if densest.words >= ENOUGH_WORDS or densest.words > body.words or body.is_menu:
            body = densest
    else:
        body = replace(body, lines=mended(body.lines, densest.lines) if densest.link_share < LINKED else body.lines)
    return replace(body, lines=tuple(_after_title(body.lines, title)))


def mended(lines: Sequence[str], dense: Sequence[str]) -> tuple[str, ...]:
    """Return trafilatura's lines corrected by those of the densest element, where the two are of one article.

    Teasers before and after what both have are dropped; what only the element has between two lines that are
    neighbours in ``lines`` (text that trafilatura lost at a ``<br>`` or a subheading) is filled in, and so is a whole
    paragraph before the first. Measured on 181 + 13 saved pages: see ``scripts/evaluate_extraction.py``.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(dense):
        places[key(line)].append(number)
    places.pop("", None)
    lines = _with_lost_beginnings(lines, dense)
    shared = [number for number, line in enumerate(lines) if key(line) in places]
    words = sum(map(word_count, lines))
    if not shared or sum(word_count(lines[number]) for number in shared) < SAME_ARTICLE * words:
        return tuple(lines)
    first, last = shared[0], shared[-1]
    had = {key(line) for line in lines}
    kept = _from_paragraph(lines[:first])
    if not kept:
        start = places[key(lines[first])][0]
        kept = [line for line in dense[:start] if word_count(line) >= PARAGRAPH_WORDS and key(line) not in had]
    previous: int | None = None
    for line in lines[first : last + 1]:
        place = next((each for each in places.get(key(line), ()) if previous is None or each > previous), None)
        if place is not None and previous is not None:
            kept += [each for each in dense[previous + 1 : place] if key(each) not in had]
        kept.append(line)
        # A line of which the element knows nothing: what stands around it there cannot be placed.
        previous = place
    tail = _from_paragraph(lines[:last:-1])
    return (*kept, *reversed(tail))


def _with_lost_beginnings(lines: Sequence[str], dense: Sequence[str]) -> list[str]:
    """Return lines with the dateline that trafilatura loses at a ``<b>`` ("SEMARANG - Ratusan …") put back."""
    known = {key(line) for line in dense}
    whole = [(key(line), line) for line in dense if word_count(line) >= SENTENCE_WORDS]
    mended_lines = []
    for line in lines:
        mine = key(line)
        if mine not in known and word_count(line) >= SENTENCE_WORDS:
            fits = (each for its, each in whole if its.endswith(mine) and len(its) - len(mine) <= DATELINE_CHARS)
            line = next(fits, line)  # noqa: PLW2901 - the same line, whole
        mended_lines.append(line)
    return mended_lines


def _from_paragraph(lines: Sequence[str]) -> list[str]:
    """Return the lines from the first that can only be a paragraph; before it are cards of other articles and labels.

    Where most words stand in shorter lines all of them are: a card's teaser may be long, too.
    """
    words = [word_count(line) for line in lines]
    if sum(count for count in words if count >= PARAGRAPH_WORDS) < 0.4 * sum(words):
        return []
    for number, line in enumerate(lines):
        if word_count(line) >= PARAGRAPH_WORDS:
            return list(lines[number:])
    return []


def _after_title(lines: Sequence[str], title: str) -> Sequence[str]:
    """Return the lines below the title, where the title stands among the first of them: above it are menus."""
    wanted = key(title)
    for number, line in enumerate(lines[:6]):
        if wanted and key(line) == wanted:
            return lines[number + 1 :]
    return lines
