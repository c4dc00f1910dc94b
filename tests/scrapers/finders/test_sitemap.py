"""Sitemaps, indexes and news sitemaps; all made up."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from data.outcomes import Outcome
from data.records import Validators
from scrapers.finders import news_sitemap, sitemap
from scrapers.finders.markup import NotReadableError
from scrapers.finders.moments import read_moment
from scrapers.finders.offers import Offer
from scrapers.finders.sitemap import in_order, newest, read_sitemap
from scrapers.finders.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.records import Source

BASE = "http://kabar.example"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def urlset(*entries: tuple[str, str | None]) -> str:
    lines = "".join(
        f"<url><loc>{BASE}{path}</loc>{f'<lastmod>{time}</lastmod>' if time else ''}</url>" for path, time in entries
    )
    return f'<?xml version="1.0"?><urlset {NS}>{lines}</urlset>'


def index(*files: tuple[str, str | None]) -> str:
    lines = "".join(
        f"<sitemap><loc>{BASE}{path}</loc>{f'<lastmod>{time}</lastmod>' if time else ''}</sitemap>"
        for path, time in files
    )
    return f"<sitemapindex {NS}>{lines}</sitemapindex>"


@pytest.fixture
def visit(now: datetime, source_with: Callable[..., Source]) -> Callable[..., Visit]:
    def make(fetch: Any, *known: str) -> Visit:
        return Visit(source_with(), fetch, lambda url: url in known, lambda _: Validators(), now)

    return make


def urls(offers: list[Offer]) -> list[str]:
    return [offer.url.removeprefix(BASE) for offer in offers]


def test_a_news_sitemap_gives_titles_and_times_of_publication() -> None:
    body = f"""<urlset {NS} {NEWS}><url><loc>{BASE}/banjir-di-lembah</loc><lastmod>2024-11-06</lastmod>
    <news:news><news:publication><news:name>Kabar</news:name><news:language>id</news:language></news:publication>
    <news:publication_date>2024-11-05T22:13:00+07:00</news:publication_date><news:title>Banjir &amp; Longsor</news:title>
    </news:news></url></urlset>"""
    read = read_sitemap(body.encode(), f"{BASE}/news.xml")
    assert read.is_news
    assert read.offers == (
        Offer(f"{BASE}/banjir-di-lembah", "Banjir & Longsor", read_moment("2024-11-05T22:13:00+07:00")),
    )


def test_a_plain_text_list_of_urls_is_a_sitemap_too() -> None:
    read = read_sitemap(f"{BASE}/a-b-c-d\r\n{BASE}/e\r\n".encode(), f"{BASE}/sitemap.txt")
    assert urls(list(read.offers)) == ["/a-b-c-d", "/e"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!doctype html><html>Not found</html>", "a web page"),
        (b"<rss><channel/></rss>", "its root is <rss>"),
        (f'<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset {NS}>&x;</urlset>'.encode(), "entities"),
        (b"", "empty answer"),
    ],
)
def test_what_is_no_sitemap_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(NotReadableError, match=reason):
        read_sitemap(body, f"{BASE}/sitemap.xml")


def test_only_articles_of_the_last_month_count_from_the_newest_on() -> None:
    body = urlset(
        ("/berita-lama-sekali-dari-arsip", "2024-01-02"),
        ("/tag/pilkada", "2024-11-05"),
        ("/kontak", "2024-11-05"),
        ("/banjir-bandang-di-lembah-anai", "2024-11-05T10:00:00+07:00"),
        ("/hujan-lebat-sejak-malam-tadi", "2024-10-20"),
    )
    read = read_sitemap(body.encode(), f"{BASE}/sitemap.xml")
    assert urls(newest(read.offers, timedelta(days=30))) == [
        "/banjir-bandang-di-lembah-anai",
        "/hujan-lebat-sejak-malam-tadi",
    ]


def test_times_that_are_all_of_one_day_say_nothing_and_are_not_kept() -> None:
    body = urlset(("/desa", "2024-11-05"), *((f"/berita-nomor-urut-ke-{n}", "2024-11-05") for n in range(600)))
    offers = newest(read_sitemap(body.encode(), f"{BASE}/sitemap.xml").offers, timedelta(days=30))
    assert len(offers) == 500
    assert urls(offers)[0] == "/berita-nomor-urut-ke-0"
    assert urls(offers)[-1] == "/berita-nomor-urut-ke-599"
    assert all(offer.moment is None for offer in offers)


def test_an_index_is_read_newest_first_without_its_lists_of_tags_and_people() -> None:
    read = read_sitemap(
        index(
            ("/post-sitemap.xml", "2020-01-01"),
            ("/post-sitemap2.xml", "2024-11-05"),
            ("/category-sitemap.xml", "2024-11-05"),
            ("/author-sitemap.xml", "2024-11-05"),
            ("/page-sitemap.xml", "2024-11-05"),
        ).encode(),
        f"{BASE}/sitemap_index.xml",
    )
    assert urls(in_order(read.files)) == ["/post-sitemap2.xml", "/post-sitemap.xml"]


async def test_an_index_of_gzipped_files_is_followed(site: Callable[..., Any], visit: Any, source_with: Any) -> None:
    answers = {
        f"{BASE}/sitemap.xml": index(("/a.xml.gz", "2024-11-05"), ("/b.xml", "2024-11-04")),
        f"{BASE}/a.xml.gz": gzip.compress(urlset(("/banjir-bandang-di-lembah", "2024-11-05")).encode()),
        f"{BASE}/b.xml": urlset(("/longsor-tutup-jalan-provinsi", "2024-11-04")),
    }
    web, source = site(answers), source_with(("sitemap", f"{BASE}/sitemap.xml"))
    offers = await sitemap.look(visit(web.fetch), source.finders[0])
    assert urls(offers) == ["/banjir-bandang-di-lembah", "/longsor-tutup-jalan-provinsi"]


async def test_an_index_ends_where_all_is_known(site: Callable[..., Any], visit: Any, source_with: Any) -> None:
    answers = {
        f"{BASE}/sitemap.xml": index(("/new.xml", "2024-11-05"), ("/old.xml", "2024-10-05")),
        f"{BASE}/new.xml": urlset(("/banjir-bandang-di-lembah", "2024-11-05")),
    }
    web, source = site(answers), source_with(("sitemap", f"{BASE}/sitemap.xml"))
    await sitemap.look(visit(web.fetch, f"{BASE}/banjir-bandang-di-lembah"), source.finders[0])
    assert urls([Offer(url) for url in web.asked]) == ["/sitemap.xml", "/new.xml"]


async def test_a_loop_of_indexes_and_a_ladder_without_end_are_left(site: Any, visit: Any, source_with: Any) -> None:
    loop = {
        f"{BASE}/sitemap.xml": index(("/a.xml", None), ("/sitemap.xml", None)),
        f"{BASE}/a.xml": index(("/sitemap.xml", None), ("/a.xml", None), ("/b.xml", None)),
        f"{BASE}/b.xml": index(("/c.xml", None)),
        f"{BASE}/c.xml": index(("/d.xml", None)),
    }
    web, source = site(loop), source_with(("sitemap", f"{BASE}/sitemap.xml"))
    assert await sitemap.look(visit(web.fetch), source.finders[0]) == []
    assert urls([Offer(url) for url in web.asked]) == ["/sitemap.xml", "/a.xml", "/b.xml"]


async def test_the_number_of_files_in_one_visit_is_bounded(site: Any, visit: Any, source_with: Any) -> None:
    files = [(f"/post-{n}.xml", None) for n in range(100)]
    answers = {f"{BASE}{path}": urlset((f"/berita-penting-dari-berkas{path[5:-4]}", None)) for path, _ in files}
    web = site({**answers, f"{BASE}/sitemap.xml": index(*files)})
    await sitemap.look(visit(web.fetch), source_with(("sitemap", f"{BASE}/sitemap.xml")).finders[0])
    assert len(web.asked) == sitemap.MOST_FILES
    assert web.asked[1] == f"{BASE}/post-99.xml"


async def test_a_missing_file_of_an_index_is_passed_over(site: Any, visit: Any, source_with: Any) -> None:
    answers = {
        f"{BASE}/sitemap.xml": index(("/gone.xml", "2024-11-05"), ("/b.xml", "2024-11-04")),
        f"{BASE}/b.xml": urlset(("/longsor-tutup-jalan-provinsi", "2024-11-04")),
    }
    offers = await sitemap.look(visit(site(answers).fetch), source_with(("sitemap", f"{BASE}/sitemap.xml")).finders[0])
    assert urls(offers) == ["/longsor-tutup-jalan-provinsi"]


async def test_an_unchanged_sitemap_offers_nothing_and_is_no_failure(site: Any, visit: Any, source_with: Any) -> None:
    web = site({f"{BASE}/sitemap.xml": Outcome.NOT_MODIFIED})
    assert await sitemap.look(visit(web.fetch), source_with(("sitemap", f"{BASE}/sitemap.xml")).finders[0]) == []


async def test_a_news_index_none_of_whose_files_can_be_had_is_a_failure(
    site: Any, visit: Any, source_with: Any
) -> None:
    finder = source_with(("news_sitemap", f"{BASE}/news.xml")).finders[0]
    web = site({f"{BASE}/news.xml": index(("/n1.xml", None), ("/n2.xml", None))})
    with pytest.raises(NotReadableError, match=r"none of its files can be read; .*n[12]\.xml: gone, HTTP 404"):
        await news_sitemap.look(visit(web.fetch), finder)
