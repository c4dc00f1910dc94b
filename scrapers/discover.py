"""From a homepage to a proposed source: which CMS it is, where it lists its articles, and what says so.

What it looks at is the page's own markup; only the paths that it names, or that are usual for the CMS, are tried, each
with one polite request. The proposal is for a person to look at: ``evidence`` says what was seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from data.catalogue import zones
from data.cms import IMPLIED
from data.records import Finder, Source, Validators
from scrapers.finders import blogspot as blogger
from scrapers.finders import sitemap, wp_rest
from scrapers.finders.feed import read_feed
from scrapers.finders.listing import parse_page, read_listing
from scrapers.finders.markup import NotReadableError, text_of_bytes
from scrapers.finders.offers import absolute, bare_host, tidy_title
from scrapers.finders.refs import refs_of
from scrapers.finders.visit import Visit
from scrapers.urls import registrable_domain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from selectolax.lexbor import LexborHTMLParser

    from data.records import FinderKind, Page
    from scrapers.fetch import Accept
    from scrapers.finders.offers import Offer
    from scrapers.finders.visit import Fetch

MOST_FEEDS = 3
"""Feeds that a homepage names which are tried: its own, its comments' (never kept), a section's."""

USUAL_FEEDS = ("/feed/", "/rss/latest-posts", "/rss", "/rss.xml", "/rss/terkini.xml", "/atom.xml")
"""Tried in turn where the homepage names no feed and its CMS is not known, until one answers."""

USUAL_SITEMAPS = ("/sitemap-news.xml", "/news-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml")
"""Tried in turn after those that robots.txt names, until there is a plain one."""

MOST_ROBOTS_SITEMAPS = 4
"""Sitemaps named in robots.txt that are tried."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A source as it was found: ``evidence`` in the order it was seen, ``failed`` what was tried in vain."""

    source: Source
    evidence: tuple[str, ...]
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sign:
    profile: str
    what: str
    pattern: re.Pattern[str]


SIGNS = (
    # What a CMS leaves in a homepage, the surest first: the host, then folders and generators, then markup.
    _Sign("tribun", "a host of the Tribun network", re.compile(r"\Ahost:(?:[^.\n]+\.)*tribunnews\.com\n")),
    _Sign("antara", "a host of ANTARA", re.compile(r"\Ahost:(?:[^.\n]+\.)*antaranews\.com\n")),
    _Sign("detik", "a host of detik", re.compile(r"\Ahost:(?:[^.\n]+\.)*detik\.com\n")),
    _Sign("kompas", "a host of Kompas.com", re.compile(r"\Ahost:(?:[^.\n]+\.)*kompas\.com\n")),
    _Sign(
        "promedia",
        "Promedia's asset host or list markup",
        re.compile(r"promediateknologi|\blatest__item\b", re.IGNORECASE),
    ),
    _Sign(
        "blogspot",
        "Blogger's generator or feeds",
        re.compile(r"content=['\"]blogger['\"]|/feeds/posts/default|blogblog\.com", re.IGNORECASE),
    ),
    _Sign(
        "wordpress",
        "WordPress's folders or generator",
        re.compile(r"/wp-(?:content|includes|json)/|content=['\"]WordPress|api\.w\.org", re.IGNORECASE),
    ),
    _Sign(
        "varient",
        "Varient's folders, script or feed page",
        re.compile(
            r"assets/themes/(?:magazine|classic)/|assets/img/user\.png|\bVrConfig\b|/rss-feeds['\"/]", re.IGNORECASE
        ),
    ),
)


def recognise_cms(text: str, url: str) -> tuple[str, str] | None:
    """Return the profile that a homepage's HTML shows, and what shows it; None where nothing does."""
    host = (urlsplit(url).hostname or "").lower()
    marked = f"host:{host}\n{text[:500_000]}"
    return next(((sign.profile, sign.what) for sign in SIGNS if sign.pattern.search(marked)), None)


def declared_feeds(tree: LexborHTMLParser, url: str) -> list[str]:
    """Return the feeds that a page names in its head, without those of comments."""
    found = []
    for node in tree.css("link[rel~=alternate]"):
        kind = (node.attributes.get("type") or "").lower()
        link = absolute(url, node.attributes.get("href"))
        if link and re.search(r"rss|atom|feed\+json", kind) and not re.search(r"comments?(?:/|$|_)|oembed", link):
            found.append(link)
    return list(dict.fromkeys(found))


FRONT_PAGES = frozenset({"", "beranda", "home", "homepage", "halaman utama", "halaman depan"})


def site_name(tree: LexborHTMLParser, url: str) -> str:
    """Return what a site calls itself: og:site_name, the title before its slogan, or its host."""
    meta = tree.css_first("meta[property='og:site_name'], meta[name='application-name']")
    if meta is not None and (name := tidy_title(meta.attributes.get("content"))):
        return name[:80]
    host = bare_host(urlsplit(url).hostname)
    title = tree.css_first("title")
    name = tidy_title(title.text()) if title is not None else None
    parts = [part for part in re.split(r"\s+[-|–—:»]\s+", name or "") if part.lower() not in FRONT_PAGES]
    # "Beranda - Warta Desa", "Langgam | Kabar Sumatera Barat": the part that the host is made of.
    own = next((part for part in parts if _letters(part) in _letters(host)), None)
    return (own or (parts[0] if parts else host))[:80]


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def source_id(url: str) -> str:
    """Return an id for a site from its host: ``padang.tribunnews.com`` -> ``padang-tribunnews``."""
    host = bare_host(urlsplit(url).hostname)
    domain = registrable_domain(host)
    words = [*host.removesuffix(domain).strip(".").split("."), domain.partition(".")[0]]
    section = [part for part in urlsplit(url).path.split("/") if part][:1]
    name = "-".join(word for word in (*words, *section) if word)
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "situs"


def robots_sitemaps(body: bytes) -> list[str]:
    """Return the sitemaps that a robots.txt names."""
    lines = text_of_bytes(body[:512_000]).splitlines()
    named = (line.split(":", 1)[1].strip() for line in lines if line.lower().lstrip().startswith("sitemap:"))
    return list(dict.fromkeys(named))


async def discover(
    home: Page,
    *,
    fetch: Fetch,
    now: datetime,
    provinces: Sequence[str] = (),
    regencies: Sequence[str] = (),
    identity: str | None = None,
) -> Proposal:
    """Return the source that a fetched homepage belongs to, with the finders that answered.

    Raises NotReadableError where the page is no web page, or nothing on the site lists articles.
    """
    if home.body is None:
        raise NotReadableError(f"{home.outcome}: the homepage could not be had")
    text = text_of_bytes(home.body, home.content_type)
    tree = parse_page(home.body, home.content_type)
    url = urljoin(home.final_url, urlsplit(home.final_url).path or "/")
    seen: list[str] = []
    cms = recognise_cms(text, url)
    profile = cms[0] if cms else "auto"
    seen.append(f"profile {profile}: {cms[1]}" if cms else "profile auto: no CMS was recognised")
    codes = (*regencies, *provinces)
    source = Source(
        id=identity or source_id(url),
        name=site_name(tree, url),
        home=url,
        timezone=zones()[codes[0]] if codes else "Asia/Jakarta",
        profile=profile,
        finders=(),
        provinces=tuple(provinces),
        regencies=tuple(regencies),
    )
    search = _Search(source, fetch, now)
    finders = await search.feeds(declared_feeds(tree, url))
    complete = await search.own_kinds()
    # What lists every post needs no pages read for links beside it.
    finders += complete or await search.listings(home)
    finders += await search.sitemaps()
    if not finders:
        raise NotReadableError("nothing on this site lists articles: " + "; ".join(search.failed[:6]))
    return Proposal(replace(source, finders=tuple(finders)), (*seen, *search.evidence), tuple(search.failed))


Reads = Callable[[bytes, str, str | None], "list[Offer]"]


class _Search:
    """Tries addresses on one site and writes down what answered."""

    def __init__(self, source: Source, fetch: Fetch, now: datetime) -> None:
        self._source = source
        self._base = source.home if source.home.endswith("/") else f"{source.home}/"
        self._visit = Visit(source, fetch, lambda _: False, lambda _: Validators(), now, afresh=True)
        self.evidence: list[str] = []
        self.failed: list[str] = []

    async def _answers(self, finder: Finder, accept: Accept, read: Reads, asked: str | None = None) -> bool:
        """Ask a finder once; return whether it lists articles of the site, and write down what was seen."""
        try:
            page = await self._visit.ask(asked or finder.url, accept)
            if page is None or page.body is None:
                return False
            offers = read(page.body, page.final_url, page.content_type)
        except NotReadableError as error:
            self.failed.append(f"{finder.kind} {finder.url}: {error}")
            return False
        refs = refs_of(self._source, finder, offers, self._visit.now)
        if not refs:
            self.failed.append(f"{finder.kind} {finder.url}: lists no article of this site")
            return False
        newest = max((ref.published for ref in refs if ref.published), default=None)
        age = f", the newest of {newest:%Y-%m-%d %H:%M} UTC" if newest else ""
        self.evidence.append(f"{finder.kind} {finder.url}: {len(refs)} articles{age}")
        return True

    async def feeds(self, declared: Sequence[str]) -> list[Finder]:
        usual = [urljoin(self._base, path) for kind, path, _ in IMPLIED[self._source.profile] if kind == "feed"]
        usual += [urljoin(self._base, path) for path in USUAL_FEEDS] if self._source.profile == "auto" else []
        if self._source.profile == "blogspot":
            return []
        for url in [*declared[:MOST_FEEDS], *(url for url in usual if url not in declared)]:
            finder = Finder("feed", url)
            if await self._answers(finder, "feed", read_feed):
                return [finder]
        return []

    async def own_kinds(self) -> list[Finder]:
        """Try the list that WordPress or Blogger keeps for programs."""
        found = []
        for kind, path, _ in IMPLIED[self._source.profile]:
            finder = Finder(kind, urljoin(self._base, path))
            if kind == "wp_rest":
                asked = wp_rest.page_url(finder, 1, wp_rest.PER_PAGE, self._visit.now)
                if await self._answers(finder, "json", wp_rest.read_posts, asked):
                    found.append(finder)
            if kind == "blogspot":
                asked = blogger.page_url(finder.url, 0, blogger.PER_PAGE)
                if await self._answers(finder, "any", blogger.read_posts, asked):
                    found.append(finder)
        return found

    async def listings(self, home: Page) -> list[Finder]:
        """Take the CMS's list page, or the homepage where it links to articles."""
        for kind, path, options in IMPLIED[self._source.profile]:
            if kind != "listing" or urljoin(self._base, path) == self._base:
                continue
            finder = Finder("listing", urljoin(self._base, path), dict(options))
            if await self._answers(finder, "html", self._reader(finder)):
                return [finder]
        finder = Finder("listing", self._base)
        offers = read_listing(home.body or b"", home.final_url, self._source, finder, home.content_type)
        refs = refs_of(self._source, finder, offers, self._visit.now)
        if not refs:
            return []
        self.evidence.append(f"listing {finder.url}: {len(refs)} links to articles")
        return [finder]

    def _reader(self, finder: Finder) -> Reads:
        return lambda body, url, content_type: read_listing(body, url, self._source, finder, content_type)

    async def sitemaps(self) -> list[Finder]:
        """Try the sitemaps that robots.txt names, then the usual ones; keep a news sitemap and one plain one."""
        named: list[str] = []
        try:
            page = await self._visit.ask(urljoin(self._base, "/robots.txt"), "any")
            named = robots_sitemaps(page.body) if page is not None and page.body is not None else []
        except NotReadableError as error:
            self.failed.append(f"robots.txt: {error}")
        urls = [link for name in named if (link := absolute(self._base, name))][:MOST_ROBOTS_SITEMAPS]
        if urls:
            self.evidence.append(f"robots.txt names {len(named)} sitemaps")
        found: dict[FinderKind, Finder] = {}
        for url in [*urls, *(urljoin(self._base, path) for path in USUAL_SITEMAPS)]:
            if "sitemap" in found:
                break
            try:
                page = await self._visit.ask(url, "xml")
                if page is None or page.body is None:
                    continue
                read = sitemap.read_sitemap(page.body, page.final_url, page.content_type)
            except NotReadableError as error:
                self.failed.append(f"sitemap {url}: {error}")
                continue
            kind: FinderKind = "news_sitemap" if read.is_news or re.search(r"news", url) else "sitemap"
            if kind not in found and (read.files or read.offers):
                found[kind] = Finder(kind, url)
                what = f"index of {len(read.files)} files" if read.files else f"{len(read.offers)} URLs"
                self.evidence.append(f"{kind} {url}: {what}")
        return list(found.values())
