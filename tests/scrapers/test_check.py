"""Whether a site answers as declared: what counts as it, and what is said where it does not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from data.errors import UnknownItemError
from data.outcomes import Outcome
from data.records import Article, Finder, Page, Source, Validators
from scrapers.check import check_source
from scrapers.extract import Extraction

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
BASE = "http://kabar.example"
FEED, MAP = f"{BASE}/feed/", f"{BASE}/sitemap.xml"
SOURCE = Source("kabar", "Kabar", f"{BASE}/", "Asia/Jakarta", "auto", (Finder("feed", FEED), Finder("sitemap", MAP)))


def feed(*paths: str) -> bytes:
    items = "".join(
        f"<item><link>{BASE}{path}</link><pubDate>Tue, 24 Nov 2026 22:13:00 +0700</pubDate></item>" for path in paths
    )
    return f"<rss><channel>{items}</channel></rss>".encode()


URLSET = f"<urlset><url><loc>{BASE}/berita-lama-dari-arsip</loc></url></urlset>".encode()


class Web:
    """Answers from a dictionary; pages whose body begins with "berita" are articles."""

    def __init__(self, answers: Mapping[str, bytes]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def fetch(
        self, url: str, source: Source, *, validators: Validators | None = None, accept: str = "html"
    ) -> Page:
        self.asked.append(url)
        body = self.answers.get(url)
        outcome = Outcome.GONE if body is None else Outcome.FETCHED
        return Page(url, url, source.id, NOW, outcome, 404 if body is None else 200, body)

    async def read(self, page: Page, source: Source, now: datetime) -> Extraction:
        if page.body is None or not page.body.startswith(b"berita"):
            return Extraction(None, Outcome.TOO_SHORT)
        return Extraction(Article(source.id, page.url, page.url, "Judul", "isi", "0" * 64), Outcome.BARU)


async def test_all_finders_and_an_article_make_it_as_declared() -> None:
    web = Web({FEED: feed("/satu"), MAP: URLSET, f"{BASE}/satu": b"berita"})
    seen = await check_source(SOURCE, fetch=web.fetch, read=web.read, now=NOW)
    assert (seen.verdict, seen.refs, seen.reasons) == ("ok", 2, ())
    assert seen.newest == datetime(2026, 11, 24, 15, 13, tzinfo=UTC)
    assert seen.article is not None
    assert seen.answered == SOURCE.finders


async def test_a_finder_that_fails_makes_it_partly_so() -> None:
    web = Web({FEED: feed("/satu"), f"{BASE}/satu": b"berita"})
    seen = await check_source(SOURCE, fetch=web.fetch, read=web.read, now=NOW)
    assert (seen.verdict, seen.answered) == ("partly", (SOURCE.finders[0],))
    assert seen.reasons == (f"sitemap {MAP}: gone, HTTP 404",)


async def test_the_newest_may_be_a_film_but_not_all_of_them() -> None:
    films = {f"{BASE}/film-{n}": b"film" for n in range(5)}
    web = Web({FEED: feed("/film-1", "/hilang", "/satu"), MAP: URLSET, f"{BASE}/satu": b"berita", **films})
    seen = await check_source(SOURCE, fetch=web.fetch, read=web.read, now=NOW)
    assert seen.verdict == "ok"
    assert seen.reasons == (f"{BASE}/film-1: too_short", f"{BASE}/hilang: gone")

    web = Web({FEED: feed(*(f"/film-{n}" for n in range(5))), MAP: URLSET, **films})
    seen = await check_source(SOURCE, fetch=web.fetch, read=web.read, now=NOW)
    assert seen.verdict == "failed"
    assert len(seen.reasons) == 3, "three are tried"


async def test_a_site_that_lists_nothing_fails() -> None:
    web = Web({FEED: b"<rss><channel/></rss>", MAP: b"<urlset/>"})
    seen = await check_source(SOURCE, fetch=web.fetch, read=web.read, now=NOW)
    assert (seen.verdict, seen.reasons) == ("failed", ("no finder lists an article",))


async def test_a_profile_that_there_is_not_is_told_and_ends_nothing_else() -> None:
    async def read(page: Page, source: Source, now: datetime) -> Extraction:
        raise UnknownItemError("site profile", "joomla")

    web = Web({FEED: feed("/satu"), MAP: URLSET, f"{BASE}/satu": b"berita"})
    seen = await check_source(SOURCE, fetch=web.fetch, read=read, now=NOW)
    assert (seen.verdict, seen.reasons) == ("failed", ('no such site profile "joomla"',))


@pytest.mark.parametrize("finder", SOURCE.finders)
async def test_each_finder_is_asked_exactly_once(finder: Finder) -> None:
    web = Web({FEED: feed("/satu"), MAP: URLSET, f"{BASE}/satu": b"berita"})
    await check_source(SOURCE, fetch=web.fetch, read=web.read, now=NOW)
    assert web.asked.count(finder.url) == 1
