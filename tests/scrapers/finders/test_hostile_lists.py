"""Lists that are made to exhaust the reader: refused, or read within bounds that grow with their length."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scrapers.finders import feed, listing, sitemap
from scrapers.finders.feed import read_feed
from scrapers.finders.listing import read_listing
from scrapers.finders.markup import NotReadableError
from scrapers.finders.sitemap import newest, read_sitemap

BASE = "http://kabar.example"


def test_a_list_without_end_is_cut(source_with: Any) -> None:
    source = source_with(("listing", f"{BASE}/"))
    links = "".join(f"<a href='/berita-penting-nomor-{n}'>x</a>" for n in range(10_000))
    page = f"<div><time datetime='2024-11-05'></time>{links}</div>"
    offers = read_listing(page.encode(), f"{BASE}/", source, source.finders[0])
    assert len(offers) == listing.MOST_LINKS
    assert offers[0].moment is None, "a time beside many links is nobody's"


def test_markup_that_breaks_parsers_is_refused_before_it_is_parsed(source_with: Any) -> None:
    source = source_with(("listing", f"{BASE}/"))
    with pytest.raises(NotReadableError, match="elements inside one another"):
        read_listing(b"<div>" * 50_000, f"{BASE}/", source, source.finders[0])


def test_a_feed_without_end_is_cut() -> None:
    items = "<item><link>/a</link></item>" * 12_000
    assert len(read_feed(f"<rss><channel>{items}</channel></rss>".encode(), BASE)) == feed.MOST_ENTRIES


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel>" + b"<item>" * 5000,
        b"<rss>" + b"<" * 100_000,
        b"<rss " + b"a='b' " * 20_000 + b"><channel/></rss>",
        b"<rss>" + b"<![CDATA[" * 20_000,
        b"<rss>" + b"&a" * 100_000,
        b'{"items":' + b"[" * 100_000,
        b"<!--" + b"-" * 100_000,
        b"<?xml " + b"x" * 100_000,
        b"<!DOCTYPE rss [" + b"<!ELEMENT a (b)>" * 5000 + b"]><rss/>",
        b"\x00" * 100_000,
        b"\xff\xfe" + b"<\x00" * 1000,
    ],
)
def test_a_feed_made_to_break_is_empty_or_refused(body: bytes) -> None:
    try:
        offers = read_feed(body, BASE)
    except NotReadableError:
        offers = []
    assert offers == []


def test_a_sitemap_without_end_offers_no_more_than_a_visit_may_bring() -> None:
    days = [f"2024-11-{1 + n % 28:02}" for n in range(5000)]
    urls = "".join(
        f"<url><loc>{BASE}/berita-penting-nomor-{n}</loc><lastmod>{day}</lastmod></url>" for n, day in enumerate(days)
    )
    read = read_sitemap(f"<urlset>{urls}</urlset>".encode(), BASE)
    offers = newest(read.offers, timedelta(days=30))
    assert len(offers) == sitemap.MOST_URLS
    assert offers[0].moment is not None
    assert offers[0].moment.wall.day == 28
