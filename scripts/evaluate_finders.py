"""How well finders read what they were not made for: foreign test suites of feeds, saved listing pages, feed dates.

    python scripts/evaluate_finders.py --shared ../shared [--misses]

The material is never copied into the project; without it there is nothing to measure.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import re
import sys
import tarfile
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import feedparser

from data.records import Finder, Source
from scrapers.finders.feed import read_feed
from scrapers.finders.listing import read_listing
from scrapers.finders.markup import NotReadableError
from scrapers.finders.moments import read_moment
from scrapers.finders.offers import absolute, may_be_article
from scrapers.finders.refs import canonical_or_none, refs_of

sys.path.insert(0, str(Path(__file__).parent))

from figures import Figure, table  # a script's neighbours are found only after this

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
WIB = ZoneInfo("Asia/Jakarta")
BASE = "http://feed.test/"
SUITES = {"feedparser": "feedparser/feedparser_tests.tar.xz", "feedvalidator": "feedvalidator/testcases.tar.xz"}
FEED_SUFFIXES = (".xml", ".json", ".rss", ".atom", ".rdf")
NOT_NEWS_FORMATS = ("/cdf/", "cdf_", "/kml/", "/opml/", "/opensearch/")
"""Parts of the suites that hold other formats than news feeds (Microsoft's CDF of 1997, maps, outlines, searches)."""

LISTINGS: dict[str, tuple[str, str, str]] = {
    # page: (its URL, what an article's URL on it looks like, what of that is a picture or a film). Found by looking at
    # every link of the page; sections, tags, people, pagers and pages about the house are what is left.
    "html_detik_lampung.html": ("https://www.detik.com/tag/lampung", r"/d-\d{7,}/", r"/foto-|//20\."),
    "kompas.html": ("http://www.kompas.com/", r"kompas\.com/read/xml/\d{4}/", r"(?!)"),
    "lampost_page.html": (
        "https://lampost.co/",
        r"^https?://lampost\.co/(?!kategori/|author/|microsite/)(?:[a-z-]+/){1,2}[a-z0-9]+(?:-[a-z0-9]+)+/?$",
        r"(?!)",
    ),
    "liputan6.html": ("http://www.liputan6.com/indeks", r"liputan6\.com/read/\d+/", r"//(?:photo|video)\."),
    "okezone.html": ("http://www.okezone.com/", r"okezone\.com/read/\d{4}/", r"//(?:foto|video)\."),
    "rmol_page_1.html": (
        "https://www.rmollampung.id/",
        r"rmollampung\.id/(?!pedoman|kode-etik|privacy|tentang)[a-z0-9]+(?:-[a-z0-9]+){3,}$",
        r"(?!)",
    ),
    "rmollampung_page1.html": (
        "https://www.rmollampung.id/",
        r"rmollampung\.id/(?!pedoman|kode-etik|privacy|tentang)[a-z0-9]+(?:-[a-z0-9]+){3,}$",
        r"(?!)",
    ),
    "tempo.html": ("http://www.tempo.co/indeks", r"tempo\.co/(?:inforial/)?read/", r"//(?:foto|video)\."),
    "viva.html": ("http://www.viva.co.id/indeks", r"viva\.co\.id/\w+/read/\d+", r"//(?:foto|video)\."),
    "viva_dump.html": ("https://lampung.viva.co.id/", r"lampung\.viva\.co\.id/[a-z-]+/\d+-", r"/foto/"),
}


def evaluate(shared: Path) -> list[Figure]:
    """Return the figures of all finders that foreign material measures."""
    return [*feed_figures(shared / "data" / "feeds"), *listing_figures(shared), *date_figures(shared)]


def feed_figures(folder: Path, *, misses: bool = False) -> list[Figure]:
    """Measure two foreign suites: files read without a crash, and links that feedparser finds in them too."""
    figures = []
    for suite, archive in SUITES.items():
        files = crashes = links = found = 0
        slowest = 0.0
        for name, body in _feeds(folder / archive):
            files += 1
            started = time.perf_counter()
            try:
                mine = {offer.url for offer in read_feed(body, BASE)}
            except NotReadableError:
                mine = set()
            except Exception as error:  # noqa: BLE001 - a crash is what is counted here
                crashes += 1
                print(f"{name}: {error!r}", file=sys.stderr)
                continue
            slowest = max(slowest, time.perf_counter() - started)
            theirs = _links_by_feedparser(body)
            links += len(theirs)
            found += len(theirs & mine)
            if misses and theirs - mine:
                print(f"{name}: {sorted(theirs - mine)}")
        figures += [
            Figure(f"finders.feeds.{suite}.read_without_crash", 1 - crashes / files, "share", files, least=1.0),
            Figure(f"finders.feeds.{suite}.links", found / links, "share", links, least=0.97),
            Figure(f"finders.feeds.{suite}.slowest", slowest * 1000, "ms", files),
        ]
    return figures


def _feeds(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as files:
        for member in files:
            news = not any(part in member.name for part in NOT_NEWS_FORMATS)
            if member.isfile() and member.name.endswith(FEED_SUFFIXES) and news:
                stream = files.extractfile(member)
                if stream is not None:
                    yield member.name, stream.read()


def _links_by_feedparser(body: bytes) -> set[str]:
    parsed: Any = feedparser.parse(io.BytesIO(body), response_headers={"content-location": BASE})
    links = (absolute(BASE, entry.get("link")) for entry in parsed.entries)
    return {link for link in links if link is not None}


def listing_figures(shared: Path, *, misses: bool = False) -> list[Figure]:
    """Measure saved listing pages: articles found of those on the page, and links taken that are none."""
    articles = found = taken = wrong = 0
    for name, (url, pattern, pictures) in LISTINGS.items():
        body = (shared / "data" / "listings" / name).read_bytes()
        finder = Finder("listing", url)
        source = Source(name, name, url, "Asia/Jakarta", "auto", (finder,))
        offers = read_listing(body, url, source, finder)
        mine = {ref.canonical_url for ref in refs_of(source, finder, offers, NOW)}
        links = _links(body, url)
        true = {link for link in links if re.search(pattern, link) and not re.search(pictures, link)}
        truth = {identity for link in true if (identity := canonical_or_none(link)) is not None}
        articles += len(truth)
        found += len(truth & mine)
        taken += len(mine)
        wrong += len(mine - truth)
        if misses:
            print(f"{name}: {len(truth & mine)} of {len(truth)}, {len(mine - truth)} wrong")
            for link in sorted(truth - mine):
                print(f"   not found  {link}")
            for link in sorted(mine - truth):
                print(f"   no article {link}")
    return [
        Figure("finders.listings.articles_found", found / articles, "share", articles, least=0.95),
        Figure("finders.listings.wrongly_taken", wrong / taken, "share", taken, most=0.05),
    ]


def _links(body: bytes, url: str) -> set[str]:
    hrefs = re.findall(rb"""<a\s[^>]*?href\s*=\s*["']([^"']+)["']""", body, re.IGNORECASE)
    links = (absolute(url, href.decode("utf-8", "replace").replace("&amp;", "&")) for href in hrefs)
    return {link for link in links if link is not None}


def date_figures(shared: Path, *, misses: bool = False) -> list[Figure]:
    """Measure the dates and links of real feed items: read at all, and as the standard library reads RFC 822."""
    items = json.loads(gzip.decompress((shared / "data" / "rss_items" / "items.json.gz").read_bytes()))
    dated = [item for item in items if item.get("Tanggal Terbit")]
    read = agree = standard = 0
    for item in dated:
        moment = read_moment(item["Tanggal Terbit"])
        read += moment is not None
        expected = _rfc822(item["Tanggal Terbit"])
        if expected is not None and expected.tzinfo is not None:
            standard += 1
            agree += moment is not None and moment.utc(WIB) == expected
        if misses and moment is None:
            print(f"no date: {item['Tanggal Terbit']!r}")
    links = [item["Link"] for item in items if item.get("Link")]
    kept = sum(may_be_article(link) for link in links)
    if misses:
        print("\n".join(f"dropped: {link}" for link in links if not may_be_article(link)))
    return [
        Figure("finders.rss_items.dates_read", read / len(dated), "share", len(dated), least=0.99),
        Figure("finders.rss_items.dates_agree", agree / standard, "share", standard, least=0.999),
        Figure("finders.rss_items.links_kept", kept / len(links), "share", len(links)),
    ]


def _rfc822(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def main() -> int:
    """Measure and print; return 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--misses", action="store_true", help="print what was not found or wrongly taken")
    given = parser.parse_args()
    figures = [
        *feed_figures(given.shared / "data" / "feeds", misses=given.misses),
        *listing_figures(given.shared, misses=given.misses),
        *date_figures(given.shared, misses=given.misses),
    ]
    print(table(figures))
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
