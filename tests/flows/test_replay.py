"""Reading the archive again gives what the crawl gave; what is older never overwrites what is newer."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from data.catalogue import source_for_url
from data.errors import InputError
from data.outcomes import Outcome
from data.records import Article, Page, PageRef, Source
from data.samples.truth import truth
from data.store import Store
from flows.reading import CrawlTools
from flows.replay import AHEAD, by_catalogue, replay
from flows.tools import crawl_tools, load_sources
from scrapers.extract import Extraction
from scrapers.warc import WarcArchive, WarcLocation, read_warc_located

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    # tests/flows/conftest.py has it; conftest modules cannot be imported.
    from typing import Any as Crawled

    from data.records import Tally
    from flows.settings import Settings

NOW = datetime(2024, 11, 26, 5, 0, tzinfo=UTC)


def contents(store: Store) -> dict[str, tuple[Any, ...]]:
    return {
        stored.article.canonical_url: (
            stored.article.url,
            stored.article.title,
            stored.article.text,
            stored.article.published,
            stored.article.author,
            stored.revision,
        )
        for stored in store.articles.recent(limit=10_000)
    }


def archived(folder: Path) -> Iterator[tuple[Page, WarcLocation]]:
    for path in sorted(folder.glob("*.warc.gz")):
        yield from read_warc_located(path)


class NoNetwork:
    """Whatever asks it for a page fails the test."""

    async def fetch(self, url: str, *_: object, **__: object) -> Page:
        raise AssertionError(f"a replay fetched {url}")


@asynccontextmanager
async def offline(settings: Settings) -> AsyncIterator[CrawlTools]:
    async with crawl_tools(replace(settings, workers=0)) as tools:
        yield replace(tools, fetcher=NoNetwork())


async def replayed(settings: Settings, pages: Sequence[tuple[Page, WarcLocation]]) -> Tally:
    sources = load_sources(settings)
    whose = by_catalogue({source.id: source for source in sources}, lambda url: source_for_url(sources, url))
    async with offline(settings) as tools:
        return await replay(pages, whose, tools)


def test_an_empty_store_gets_the_same_articles_from_the_archive_as_from_the_sites(
    crawled: Crawled, tmp_path: Path
) -> None:
    import asyncio

    settings = replace(crawled.settings, home=tmp_path, database_url=f"sqlite:///{tmp_path / 'again.sqlite3'}")
    pages = list(archived(crawled.settings.warc_dir))
    first = asyncio.run(replayed(settings, pages))
    with crawled.store as crawl, Store.open(settings.database_url) as again:
        assert contents(again) == contents(crawl)
        assert len(contents(again)) == len(truth())
        assert first.adds_up()
        assert first.offered == len(pages)
        assert first.counts[Outcome.BARU] == len(truth())
        assert first.counts[Outcome.DUPLICATE_URL] >= 1  # further pages count as other names of their article
        assert first.requests == {}
        assert not list(tmp_path.glob("warc/*"))  # nothing is archived a second time
        before = contents(again)

    second = asyncio.run(replayed(settings, pages))
    with Store.open(settings.database_url) as again:
        assert contents(again) == before
        assert again.integrity_check() == []
    assert second.adds_up()
    assert second.offered == len(pages)
    assert Outcome.BARU not in second.counts
    assert Outcome.REVISI not in second.counts


# A small archive by hand.

SITE = Source("kabar", "Kabar", "http://kabar.example/", "Asia/Jakarta", "wordpress", ())


class Reader:
    """Reads a page whose body is its text; ``further`` names the pages that follow one, by URL."""

    def __init__(self, further: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.further = further or {}

    async def read(self, page: Page, source: Source, now: datetime) -> Extraction:
        text = (page.body or b"").decode()
        title = "Posko dibakar massa"
        digest = hashlib.sha256(text.encode()).hexdigest()
        article = Article(source.id, page.url, page.url, title, text, digest, published=NOW)
        return Extraction(article, Outcome.FETCHED, self.further.get(page.url, ()))


def page(path: str, text: str, at: datetime, host: str = "kabar.example") -> tuple[Page, WarcLocation]:
    url = f"http://{host}/{path}"
    body = (text + " ").encode() * 20
    return Page(url, url, "", at, Outcome.FETCHED, 200, body=body), WarcLocation("a.warc.gz", 0)


@pytest.fixture
def tools(tmp_path: Path, new_store: Callable[[Path], str]) -> Iterator[CrawlTools]:
    with Store.open(new_store(tmp_path / "x.sqlite3")) as store:
        yield CrawlTools(store, NoNetwork(), Reader(), WarcArchive(tmp_path / "warc"), lambda: NOW + timedelta(days=9))


def whose(page: Page) -> Source | None:
    return SITE if "//kabar.example/" in page.url else None


def text_of(tools: CrawlTools, path: str) -> tuple[int, str]:
    stored = tools.store.articles.by_url(f"http://kabar.example/{path}")
    assert stored is not None
    return stored.revision, stored.article.text.split(".")[0]


async def test_a_page_that_was_read_again_is_a_revision(tools: CrawlTools) -> None:
    pages = [page("a", "Lama.", NOW), page("b", "Lain.", NOW), page("a", "Baru.", NOW + timedelta(hours=6))]
    tally = await replay(pages, whose, tools)
    assert (tally.offered, dict(tally.counts)) == (3, {Outcome.BARU: 2, Outcome.REVISI: 1})
    assert text_of(tools, "a") == (2, "Baru")


async def test_an_older_page_never_overwrites_a_later_one(tools: CrawlTools) -> None:
    await replay([page("a", "Baru.", NOW + timedelta(hours=6))], whose, tools)
    tally = await replay([page("a", "Lama.", NOW)], whose, tools)
    assert dict(tally.counts) == {Outcome.KNOWN: 1}
    assert text_of(tools, "a") == (1, "Baru")


async def test_files_in_the_wrong_order_end_in_the_newest_text(tools: CrawlTools) -> None:
    pages = [page("a", "Baru.", NOW + timedelta(hours=6)), page("a", "Lama.", NOW)]
    tally = await replay(pages, whose, tools)
    assert dict(tally.counts) == {Outcome.BARU: 1, Outcome.KNOWN: 1}
    assert text_of(tools, "a") == (1, "Baru")


async def test_what_was_withdrawn_later_does_not_come_back(tools: CrawlTools) -> None:
    await replay([page("a", "Ada.", NOW)], whose, tools)
    url, later = "http://kabar.example/a", NOW + timedelta(days=1)
    run = tools.store.runs.start("crawl", later)
    gone = Page(url, url, "kabar", later, Outcome.GONE, 404)
    tools.store.settle(run, PageRef(url, url, "kabar", "recheck"), gone, Outcome.GONE, None, later)
    tally = await replay([page("a", "Ada.", NOW)], whose, tools)
    assert dict(tally.counts) == {Outcome.KNOWN: 1}
    stored = tools.store.articles.by_url(url)
    assert stored is not None
    assert stored.withdrawn_at == later


async def test_a_mended_reader_makes_a_revision_of_what_was_read_badly(tools: CrawlTools) -> None:
    await replay([page("a", "Ada.", NOW)], whose, tools)

    class Mended(Reader):
        async def read(self, page: Page, source: Source, now: datetime) -> Extraction:
            read = await super().read(page, source, now)
            assert read.article is not None
            text = read.article.text.replace("Ada", "Mendingan")
            return replace(read, article=replace(read.article, text=text, content_hash="1" * 64))

    tally = await replay([page("a", "Ada.", NOW)], whose, replace(tools, reader=Mended()))
    assert dict(tally.counts) == {Outcome.REVISI: 1}
    assert text_of(tools, "a") == (2, "Mendingan")


async def test_further_pages_are_joined_each_with_the_first_page_of_its_time(tools: CrawlTools) -> None:
    first, part = "http://kabar.example/a", "http://kabar.example/a/2"
    reader = Reader({first: (part,)})
    later = NOW + timedelta(hours=6)
    pages = [
        page("a", "Satu lama.", NOW),
        page("a/2", "Dua lama.", NOW),
        page("a", "Satu baru.", later),
        page("a/2", "Dua baru.", later),
    ]
    tally = await replay(pages, whose, replace(tools, reader=reader))
    assert dict(tally.counts) == {Outcome.BARU: 1, Outcome.REVISI: 1, Outcome.DUPLICATE_URL: 2}
    stored = tools.store.articles.by_url(first)
    assert stored is not None
    versions = [version.article.text for version in tools.store.articles.revisions(stored.id)]
    assert [("lama" in text, "baru" in text) for text in versions] == [(True, False), (False, True)]
    assert all("Satu" in text and "Dua" in text for text in versions)
    assert tools.store.articles.by_url(part) is None or tools.store.articles.by_url(part) == stored


async def test_a_part_that_lies_too_far_off_is_left_out(tools: CrawlTools) -> None:
    reader = Reader({"http://kabar.example/a": ("http://kabar.example/a/2",)})
    between = [page(f"lain-{number}", f"Lain nomor {number}.", NOW) for number in range(AHEAD + 5)]
    pages = [page("a", "Satu.", NOW), *between, page("a/2", "Dua.", NOW)]
    tally = await replay(pages, whose, replace(tools, reader=reader))
    assert tally.adds_up()
    assert tally.offered == len(pages)
    assert text_of(tools, "a") == (1, "Satu")


async def test_a_page_of_an_unknown_host_is_counted_and_left(tools: CrawlTools) -> None:
    tally = await replay([page("a", "Ada.", NOW), page("x", "Asing.", NOW, host="asing.example")], whose, tools)
    assert dict(tally.counts) == {Outcome.BARU: 1, Outcome.OFF_SITE: 1}
    assert tools.store.articles.count() == 1


async def test_a_replay_that_breaks_off_is_a_failed_run_that_keeps_what_it_read(tools: CrawlTools) -> None:
    def broken() -> Iterator[tuple[Page, WarcLocation]]:
        for number in range(AHEAD + 1):
            yield page(f"a-{number}", f"Ada {number}.", NOW)
        raise InputError("cannot be opened", where="b.warc.gz")

    with pytest.raises(InputError, match=re.escape("b.warc.gz")):
        await replay(broken(), whose, tools)
    assert tools.store.runs.recent("replay", 1)[0].state == "failed"
    assert tools.store.articles.count() >= 1


def test_the_command_reads_what_is_whole_of_a_cut_off_file_and_says_where_it_ends(
    crawled: Crawled, tmp_path: Path
) -> None:
    whole = max(crawled.settings.warc_dir.glob("*.warc.gz"), key=lambda path: path.stat().st_size)
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    environment = {
        **os.environ,
        "KENTONGAN_HOME": str(tmp_path / "home"),
        "KENTONGAN_CATALOGUES": os.pathsep.join(map(str, crawled.settings.catalogues)),
        "KENTONGAN_WORKERS": "0",
    }
    command = [sys.executable, "-m", "kentongan", "--lang", "en", "replay", "--read-only", "--json", str(cut)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 65, done.stderr
    assert re.search(r"cut\.warc\.gz, offset \d+: a record is damaged", done.stderr)
    assert "All that is whole was read" in done.stderr
    assert "Traceback" not in done.stderr
    row = json.loads(done.stdout)[0]
    assert row["adds_up"]
    assert 20 < row["baru"] < len(truth())
    with Store.open(f"sqlite:///{tmp_path / 'home' / 'kentongan.sqlite3'}") as store:
        assert store.articles.count() == row["baru"]
