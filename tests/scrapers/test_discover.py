"""From a homepage to a proposed source, on made-up sites."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from selectolax.lexbor import LexborHTMLParser

from data.outcomes import Outcome
from data.records import Finder, Page, Validators
from scrapers.discover import declared_feeds, discover, recognise_cms, robots_sitemaps, site_name, source_id
from scrapers.finders.markup import NotReadableError

if TYPE_CHECKING:
    from data.records import Source

NOW = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
BASE = "http://kabarlembah.example"


class Web:
    """A site that answers from a dictionary."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def fetch(
        self, url: str, source: Source, *, validators: Validators | None = None, accept: str = "html"
    ) -> Page:
        self.asked.append(url)
        body = self.answers.get(url)
        if body is None:
            return Page(url, url, source.id, NOW, Outcome.GONE, 404)
        return Page(url, url, source.id, NOW, Outcome.FETCHED, 200, body.encode())


def home(html: str) -> Page:
    return Page(f"{BASE}/", f"{BASE}/", "x", NOW, Outcome.FETCHED, 200, html.encode())


FEED = f"<rss><channel><item><title>T</title><link>{BASE}/banjir-bandang-di-lembah</link></item></channel></rss>"
URLSET = f"<urlset><url><loc>{BASE}/banjir-bandang-di-lembah</loc></url></urlset>"

WORDPRESS = f"""<!doctype html><html><head><title>Beranda | Kabar Lembah</title>
<link rel="alternate" type="application/rss+xml" href="{BASE}/feed/"><link rel="alternate" type="application/rss+xml" href="/comments/feed/">
<link rel="stylesheet" href="{BASE}/wp-content/themes/x/style.css"></head>
<body><h2 class="entry-title"><a href="/banjir-bandang-di-lembah">Banjir Bandang di Lembah</a></h2></body></html>"""


async def test_a_wordpress_site_is_found_with_feed_rest_and_sitemap() -> None:
    rest = json.dumps([{"link": f"{BASE}/banjir-bandang-di-lembah", "date_gmt": "2026-11-24T15:13:00"}])
    web = Web(
        {
            f"{BASE}/feed/": FEED,
            f"{BASE}/wp-json/wp/v2/posts?per_page=50&_fields=link,date,date_gmt,title": rest,
            f"{BASE}/robots.txt": "User-agent: *\nDisallow:\nSitemap: http://kabarlembah.example/peta.xml\n",
            f"{BASE}/peta.xml": URLSET,
        }
    )
    proposal = await discover(home(WORDPRESS), fetch=web.fetch, now=NOW, provinces=["51"])
    source = proposal.source
    assert (source.id, source.name, source.profile) == ("kabarlembah", "Kabar Lembah", "wordpress")
    assert (source.home, source.timezone, source.provinces) == (f"{BASE}/", "Asia/Makassar", ("51",))
    assert source.finders == (
        Finder("feed", f"{BASE}/feed/"),
        Finder("wp_rest", f"{BASE}/wp-json/wp/v2/posts"),
        Finder("sitemap", f"{BASE}/peta.xml"),
    )
    assert source.verified is False
    assert proposal.evidence[0] == "profile wordpress: WordPress's folders or generator"
    assert f"wp_rest {BASE}/wp-json/wp/v2/posts: 1 articles, the newest of 2026-11-24 15:13 UTC" in proposal.evidence
    assert f"{BASE}/comments/feed/" not in web.asked


async def test_what_does_not_answer_is_not_proposed_and_is_told() -> None:
    web = Web({f"{BASE}/sitemap.xml": URLSET})
    proposal = await discover(home(WORDPRESS), fetch=web.fetch, now=NOW, identity="lembah")
    assert proposal.source.id == "lembah"
    assert [finder.kind for finder in proposal.source.finders] == ["listing", "sitemap"]
    assert f"feed {BASE}/feed/: gone, HTTP 404" in proposal.failed


async def test_an_unknown_cms_is_tried_at_the_usual_addresses() -> None:
    web = Web({f"{BASE}/rss.xml": FEED})
    page = home("<html><head><title>Suara</title></head><body>…</body></html>")
    proposal = await discover(page, fetch=web.fetch, now=NOW)
    assert proposal.source.profile == "auto"
    assert proposal.source.finders == (Finder("feed", f"{BASE}/rss.xml"),)


async def test_a_site_that_lists_no_articles_is_refused_with_what_was_tried() -> None:
    with pytest.raises(NotReadableError, match=r"nothing on this site lists articles: feed .*: gone, HTTP 404"):
        await discover(home("<html><body>Segera hadir</body></html>"), fetch=Web({}).fetch, now=NOW)


async def test_a_homepage_that_could_not_be_had_is_refused() -> None:
    page = Page(f"{BASE}/", f"{BASE}/", "x", NOW, Outcome.DNS_ERROR)
    with pytest.raises(NotReadableError, match="dns_error"):
        await discover(page, fetch=Web({}).fetch, now=NOW)


SHOWN = {
    "https://padang.tribunnews.com/": ("", "tribun"),
    "https://sumbar.antaranews.com/": ("", "antara"),
    "https://www.detik.com/sumut": ("", "detik"),
    "https://regional.kompas.com/": ("", "kompas"),
    "https://nottribunnews.com/": ("", None),
    "https://a.example/": ("<meta name='generator' content='blogger'/>", "blogspot"),
    "https://b.example/": ('<link href="/assets/themes/magazine/css/style-2.2.min.css">', "varient"),
    "https://c.example/": ('<div class="latest__item">', "promedia"),
    "https://d.example/": ('<meta name="generator" content="WordPress 6.5">', "wordpress"),
    "https://e.example/": ("<p>WordPress</p>", None),
}


@pytest.mark.parametrize("url", SHOWN)
def test_a_cms_is_known_by_what_it_leaves(url: str) -> None:
    html, profile = SHOWN[url]
    found = recognise_cms(html, url)
    assert (found[0] if found else None) == profile


def test_a_sites_id_comes_from_its_host() -> None:
    assert source_id("https://www.langgam.id/") == "langgam"
    assert source_id("https://padang.tribunnews.com/") == "padang-tribunnews"
    assert source_id("https://sumbar.bawaslu.go.id/berita") == "sumbar-bawaslu-berita"


def test_a_sites_name_is_what_it_calls_itself() -> None:
    def name(head: str) -> str:
        return site_name(LexborHTMLParser(f"<html><head>{head}</head></html>"), "https://kabarlembah.example/")

    assert name('<meta property="og:site_name" content="Kabar &amp; Lembah">') == "Kabar & Lembah"
    assert name("<title>Berita terkini hari ini - Kabar Lembah</title>") == "Kabar Lembah"
    assert name("<title>Home</title>") == "kabarlembah.example"
    assert name("") == "kabarlembah.example"


def test_feeds_and_sitemaps_that_are_named_are_read() -> None:
    tree = LexborHTMLParser(
        '<link rel="alternate" type="application/atom+xml" href="/atom"><link rel="alternate" hreflang="en" href="/en">'
    )
    assert declared_feeds(tree, BASE) == [f"{BASE}/atom"]
    assert robots_sitemaps(b"\xef\xbb\xbfsitemap: https://a.example/1.xml\r\nSITEMAP:/2.xml\nAllow: /") == [
        "https://a.example/1.xml",
        "/2.xml",
    ]
