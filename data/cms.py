"""What sites of a CMS usually have: where they list their articles, and what a finder of each kind can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args
from urllib.parse import urljoin

from data.records import Finder, FinderKind

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: tuple[str, ...] = get_args(FinderKind)

WORDPRESS: tuple[tuple[FinderKind, str, Mapping[str, str]], ...] = (
    ("feed", "/feed/", {}),
    ("wp_rest", "/wp-json/wp/v2/posts", {}),
    # WordPress, Yoast and Rank Math all send this on to their own index.
    ("sitemap", "/sitemap.xml", {}),
)

IMPLIED: Mapping[str, tuple[tuple[FinderKind, str, Mapping[str, str]], ...]] = {
    # profile: (kind, path on the site, options) of the finders that a site of this CMS has unless it says otherwise.
    "varient": (
        ("feed", "/rss/latest-posts", {}),
        ("listing", "/posts", {"pages": "?page={page}"}),
        ("sitemap", "/sitemap.xml", {}),
    ),
    **dict.fromkeys(("wordpress", "jnews", "idtheme", "newspaper"), WORDPRESS),
    "tribun": (
        ("feed", "/rss", {}),
        ("news_sitemap", "/sitemap-news.xml", {}),
        ("listing", "/", {}),
    ),
    "antara": (
        ("feed", "/rss/terkini.xml", {}),
        ("listing", "/terkini", {"pages": "?page={page}"}),
    ),
    "detik": (("listing", "indeks", {"pages": "?page={page}"}),),
    "kompas": (("listing", "/", {}),),
    "promedia": (("listing", "/", {}), ("sitemap", "/sitemap.xml", {})),
    "blogspot": (
        ("blogspot", "/feeds/posts/default", {}),
        ("sitemap", "/sitemap.xml", {}),
    ),
    "auto": (
        ("feed", "/feed/", {}),
        ("listing", "/", {}),
        ("sitemap", "/sitemap.xml", {}),
    ),
}

OPTIONS: Mapping[str, frozenset[str]] = {
    # kind: what a finder of this kind can be told, besides COMMON_OPTIONS
    "feed": frozenset(),
    "news_sitemap": frozenset(),
    "sitemap": frozenset({"max_age_days"}),
    "listing": frozenset({"links", "pages", "first_page", "max_pages"}),
    "wp_rest": frozenset({"per_page", "max_pages", "after_days", "query"}),
    "blogspot": frozenset({"per_page", "max_pages"}),
}
COMMON_OPTIONS = frozenset({"hosts", "include", "exclude"})
"""``hosts``: other hosts whose articles count as the source's; ``include`` and ``exclude``: patterns on the URL."""


def implied_finders(profile: str, home: str) -> tuple[Finder, ...]:
    """Return the finders that a site of this CMS has unless its entry names its own; empty for an unknown profile."""
    base = home if home.endswith("/") else f"{home}/"
    return tuple(Finder(kind, urljoin(base, path), dict(options)) for kind, path, options in IMPLIED.get(profile, ()))
