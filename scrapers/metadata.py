"""What a page says of itself to machines (meta tags, Open Graph, JSON-LD), gathered without believing it yet."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scrapers.markup import clean, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from selectolax.lexbor import LexborHTMLParser

MAX_LD_CHARS = 2_000_000
"""A JSON-LD block longer than this is left alone; the longest honest ones (article bodies inside) carry 60 kB."""

MAX_LD_NODES = 5_000

ARTICLE_TYPES = frozenset(
    {
        "article",
        "newsarticle",
        "blogposting",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "backgroundnewsarticle",
        "opinionnewsarticle",
        "reviewnewsarticle",
        "liveblogposting",
        "socialmediaposting",
        "report",
    }
)
MEDIA_TYPES = frozenset({"videoobject", "imagegallery", "audioobject", "podcastepisode"})
LIST_TYPES = frozenset({"collectionpage", "searchresultspage", "profilepage", "itemlist", "newsmediaorganization"})

_LD_WRAPPING = re.compile(
    r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?://\s*)?(?:-->|\]\]>|/\*\s*\]\]>\s*\*/)\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_LD_STRING = r'"{}"\s*:\s*"((?:[^"\\]|\\.)*+)"'


@dataclass(frozen=True, slots=True)
class Metadata:
    """Everything a head and its JSON-LD claim, cleaned of entities; empty strings and tuples where nothing is claimed.

    ``meta`` maps lower-case names and properties to their first content. ``published`` and ``modified`` hold candidate
    strings, the most trustworthy first. ``types`` are the lower-case JSON-LD types at any depth of the graph.
    ``free`` is schema.org's isAccessibleForFree (None: not said).
    """

    meta: Mapping[str, str] = field(default_factory=dict)
    page_title: str = ""
    headlines: tuple[str, ...] = ()
    site_name: str = ""
    published: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    canonical: str = ""
    og_url: str = ""
    og_type: str = ""
    types: frozenset[str] = frozenset()
    has_ld_article: bool = False
    article_body: str = ""
    free: bool | None = None
    publishers: tuple[str, ...] = ()


def read_metadata(tree: LexborHTMLParser) -> Metadata:
    """Return what the page's head and JSON-LD claim."""
    meta = _meta(tree)
    nodes = list(_ld_nodes(tree))
    named = {str(node["@id"]): node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    article = next((node for node in nodes if _types(node) & ARTICLE_TYPES), None)
    media = next((node for node in nodes if _types(node) & MEDIA_TYPES), None)
    page = next((node for node in nodes if "webpage" in _types(node)), None)
    ld = article or media or {}
    title = tree.css_first("title")
    canonical = tree.css_first('link[rel~="canonical"]')
    return Metadata(
        meta=meta,
        page_title=one_line(title.text()) if title else "",
        headlines=_some(_text(ld.get("headline")), _text(ld.get("name")) if ld is not media else ""),
        site_name=meta.get("og:site_name", ""),
        published=_some(
            _text(ld.get("datePublished") or ld.get("uploadDate")),
            *(meta.get(name, "") for name in PUBLISHED_META),
            _text((page or {}).get("datePublished")),
            _text(ld.get("dateCreated")),
        ),
        modified=_some(_text(ld.get("dateModified")), *(meta.get(name, "") for name in MODIFIED_META)),
        authors=_some(*_names(ld.get("author"), named), *(meta.get(name, "") for name in AUTHOR_META)),
        sections=_some(*_list(ld.get("articleSection")), meta.get("article:section", ""), *_breadcrumb(nodes)),
        tags=_tags(tree, ld, meta),
        canonical=(canonical.attributes.get("href") or "").strip() if canonical else "",
        og_url=meta.get("og:url", ""),
        og_type=meta.get("og:type", "").lower(),
        types=frozenset().union(*(_types(node) for node in nodes)),
        has_ld_article=article is not None,
        article_body=clean(html.unescape(str(ld.get("articleBody") or ""))).strip() if article else "",
        free=_free(article or page or {}),
        publishers=_some(*_names(ld.get("publisher"), named)),
    )


PUBLISHED_META = (
    "article:published_time",
    "article:published",
    "og:published_time",
    "datepublished",
    "content_publisheddate",
    "content_published_date",
    "publishdate",
    "publish-date",
    "published_at",
    "pubdate",
    "publication_date",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "dc.date.issued",
    "dc.date",
    "date",
    "sailthru.date",
    "dable:published_time",
)
MODIFIED_META = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "content_modifieddate",
    "dc.date.modified",
)
AUTHOR_META = (
    "article:author",
    "author",
    "dc.creator",
    "parsely-author",
    "dable:author",
    "content_author",
    "sailthru.author",
    "twitter:data1",
)


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        said = node.attributes
        value = one_line(html.unescape(said.get("content") or ""))
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = (said.get(key) or "").strip().lower()
            if name and value:
                found.setdefault(name, value)
    # Written by Slack's preview convention: data1 is the author only where label1 says so.
    if not re.search(r"penulis|ditulis|written|author|oleh", found.get("twitter:label1", ""), re.IGNORECASE):
        found.pop("twitter:data1", None)
    return found


def _ld_nodes(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    count = 0
    for script in tree.css('script[type*="ld+json"]'):
        # Some sites print the block as an HTML comment or in CDATA; Varient leaves raw newlines in strings.
        raw = script.text() or script.html or ""
        stack = [_loads(_LD_WRAPPING.sub("", raw.strip()))]
        while stack and count < MAX_LD_NODES:
            item = stack.pop()
            if isinstance(item, dict):
                count += 1
                yield item
                stack.extend(
                    value
                    for key, value in reversed(item.items())
                    if isinstance(value, dict | list) and key != "comment"
                )
            elif isinstance(item, list):
                stack.extend(reversed(item))


def _loads(raw: str) -> Any:
    if not raw or len(raw) > MAX_LD_CHARS:
        return None
    for text in (raw, _TRAILING_COMMA.sub(r"\1", raw)):
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    # Broken beyond that (bare quotes in a description): the few strings that matter can still be picked out.
    if not re.search(r'"(?:News)?Article"|"BlogPosting"', raw):
        return None
    picked: dict[str, Any] = {"@type": "NewsArticle"}
    for key in ("headline", "datePublished", "dateModified", "articleSection"):
        if match := re.search(_LD_STRING.format(key), raw):
            picked[key] = match[1].replace('\\"', '"').replace("\\/", "/")
    author = re.search(r'"author"\s*:\s*[\[{\s]{1,6}[^{}]{0,200}?"name"\s*:\s*"((?:[^"\\]|\\.)*+)"', raw)
    if author:
        picked["author"] = author[1]
    return picked


def _types(node: Mapping[str, Any]) -> set[str]:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return {name.rsplit("/", 1)[-1].lower() for name in names if isinstance(name, str)}


def _text(value: Any) -> str:
    """Return a JSON-LD value as one clean line; sites escape strings for HTML once or twice."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    return one_line(html.unescape(html.unescape(value))) if isinstance(value, str) else ""


def _list(value: Any) -> list[str]:
    return [_text(item) for item in value] if isinstance(value, list) else [_text(value)]


def _names(value: Any, named: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            whole = item if item.get("name") else named.get(str(item.get("@id")), item)
            for name in whole["name"] if isinstance(whole.get("name"), list) else [whole.get("name")]:
                yield _text(name)
        else:
            yield _text(item)


def _breadcrumb(nodes: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the innermost breadcrumb that is not the article itself."""
    for node in nodes:
        if "breadcrumblist" not in _types(node):
            continue
        items = [item for item in node.get("itemListElement") or () if isinstance(item, dict)]
        names = [
            _text(item.get("name") or (item.get("item") if isinstance(item.get("item"), dict) else ""))
            for item in items
        ]
        inner = [name for name in names[1:] if name and len(name.split()) <= 3]
        if inner:
            yield inner[-1]


def _tags(tree: LexborHTMLParser, ld: Mapping[str, Any], meta: Mapping[str, str]) -> tuple[str, ...]:
    listed = [node.attributes.get("content") or "" for node in tree.css('meta[property="article:tag"]')]
    words = [one_line(html.unescape(tag)) for tag in listed]
    if not words:
        keywords = ld.get("keywords") or meta.get("news_keywords") or meta.get("keywords") or ""
        words = _list(keywords) if isinstance(keywords, list) else _text(keywords).split(",")
    return _some(*(tag for word in words for tag in (part.strip(" #") for part in word.split(",")) if len(tag) <= 80))


def _free(node: Mapping[str, Any]) -> bool | None:
    value = node.get("isAccessibleForFree")
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _some(*values: str) -> tuple[str, ...]:
    """Return the non-empty values, each once, in order."""
    return tuple(dict.fromkeys(value for value in values if value))
