"""What head, headline and byline give: title, author, time, further pages, kind of page, language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.errors import UnknownItemError
from data.outcomes import Outcome
from scrapers.bylines import author_of
from scrapers.dates import find_date
from scrapers.extract import join_pages, read_page
from scrapers.headline import MAX_TITLE_CHARS, without_site
from scrapers.language import language_of
from scrapers.markup import parse
from scrapers.metadata import read_metadata
from scrapers.paging import joined_text, more_pages
from scrapers.profiles import GENERAL, profile_named, profile_names
from scrapers.publication import publication_of

NOW = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
WIB = ZoneInfo("Asia/Jakarta")
SENTENCES = (
    "<p>PADANG - Ratusan warga mendatangi kantor wali nagari untuk menolak rencana tambang di hulu sungai mereka.</p>"
    "<p>Juru bicara warga mengatakan surat keberatan sudah tiga kali dikirim tetapi tidak pernah dijawab sampai hari ini.</p>"
    "<p>Wali nagari berjanji membawa keberatan itu ke rapat kecamatan pekan depan dan meminta warga tetap tenang.</p>"
)


def article_page(title: str, head: str = "", before: str = "", body: str = SENTENCES) -> str:
    return (
        f'<html><head><meta charset="utf-8">{head}</head><body>{before}<h1>{title}</h1>'
        f"<div>5 November 2024 10:00 WIB</div><article>{body}</article></body></html>"
    )


@pytest.mark.parametrize(
    ("claimed", "title"),
    [
        ("Banjir Rendam Tiku - Kompas.com Regional", "Banjir Rendam Tiku"),
        ("Banjir Rendam Tiku | Republika Online", "Banjir Rendam Tiku"),
        ("KapanLagi.com: Banjir Rendam Tiku", "Banjir Rendam Tiku"),
        ("Banjir Rendam Tiku :: Kabar Makassar", "Banjir Rendam Tiku"),
        ("Padang - Pariaman Lumpuh Total", "Padang - Pariaman Lumpuh Total"),
        ("Kapolda: Tiga Tersangka Ditahan", "Kapolda: Tiga Tersangka Ditahan"),
    ],
)
def test_the_sites_name_is_no_part_of_a_title(claimed, title):
    assert without_site(claimed, ("Republika Online", "Kabar Makassar", "Kompas.com")) == title


def test_a_section_in_the_h1_is_not_the_title(page_of, source, now):
    html = article_page(
        "PERISTIWA", head='<meta property="og:title" content="Warga Tolak Tambang di Hulu Sungai">'
    ).replace("</h1>", "</h1><h2>Warga Tolak Tambang di Hulu Sungai</h2>")

    article = read_page(page_of(html), source, now).article

    assert article is not None
    assert (article.title, article.section) == ("Warga Tolak Tambang di Hulu Sungai", "PERISTIWA")


def test_entities_in_titles_are_characters(page_of, source, now):
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Warga &amp;quot;Tolak&amp;quot; Tambang &amp; Galian"}</script>'

    article = read_page(page_of(article_page('Warga "Tolak" Tambang &amp; Galian', head)), source, now).article

    assert article is not None
    assert article.title == 'Warga "Tolak" Tambang & Galian'


def test_a_title_of_a_megabyte_is_cut(page_of, source, now):
    title = "Warga Tolak Tambang " * 50_000

    article = read_page(
        page_of(
            article_page(
                "x",
                head=f'<meta property="og:type" content="article"><meta property="og:title" content="{title[:60_000]}">',
            )
        ),
        source,
        now,
    ).article

    assert article is not None
    assert len(article.title) == MAX_TITLE_CHARS
    assert article.title.endswith("…")


@pytest.mark.parametrize(
    ("groups", "author"),
    [
        ([["Linda Maharani - BUKITTINGGI.SUARANAGARI.EXAMPLE"]], "Linda Maharani"),
        ([["Penulis: Rahmat Hidayat | Editor: Nina"]], "Rahmat Hidayat"),
        ([["Fino Kristo - detikinet"]], "Fino Kristo"),
        ([["Kompas Cyber Media"], ["Dewi"]], "Dewi"),
        ([["https://www.facebook.com/kabar"], ["Suara Nagari"]], None),
        ([["Admin"], ["Dewi Anggraini"]], "Dewi Anggraini"),
        ([["Redaksi"]], "Redaksi"),
        ([["Tim Suara Nagari"]], "Tim Suara Nagari"),
        ([("Dewi Anggraini", "Andi Wijaya")], "Dewi Anggraini, Andi Wijaya"),
        ([["by Rizal Fahmi"]], "Rizal Fahmi"),
        ([["Rizal Fahmi, Selasa 5 November 2024"]], "Rizal Fahmi"),
        ([["RIZAL FAHMI"]], "Rizal Fahmi"),
    ],
)
def test_the_author_is_a_person_and_never_the_site(groups, author):
    assert author_of(groups, ("Suara Nagari", "suaranagari.example")) == author


def shown(text: str):
    return find_date(text, WIB, NOW)


@pytest.mark.parametrize(
    ("claim", "printed", "at", "assumed"),
    [
        # Varient at its default zone signs the local clock with -0500.
        ("2024-11-05T22:13:07-0500", "Nov 5, 2024 - 22:13", datetime(2024, 11, 5, 15, 13, 7, tzinfo=UTC), True),
        ("2024-11-05T22:13:00Z", "5 November 2024 22:13 WITA", datetime(2024, 11, 5, 14, 13, tzinfo=UTC), False),
        ("2024-11-05T15:13:00Z", "5 November 2024 22:13", datetime(2024, 11, 5, 15, 13, tzinfo=UTC), False),
        ("2024-11-05T22:13:00+07:00", "6 November 2024 08:00", datetime(2024, 11, 5, 15, 13, tzinfo=UTC), False),
        ("2024-11-05 22:13:00", "5 November 2024 22:13 WIB", datetime(2024, 11, 5, 15, 13, tzinfo=UTC), False),
        ("2024-11-05 15:13:00", "5 November 2024 22:13 WIB", datetime(2024, 11, 5, 15, 13, tzinfo=UTC), False),
        ("2024-11-05 22:13:00", "", datetime(2024, 11, 5, 15, 13, tzinfo=UTC), True),
        ("1970-01-01T00:00:00Z", "5 November 2024 22:13 WIB", datetime(2024, 11, 5, 15, 13, tzinfo=UTC), False),
        ("2027-05-05T00:00:00Z", "5 November 2024 22:13 WIB", datetime(2024, 11, 5, 15, 13, tzinfo=UTC), False),
        ("2024-11-05", "5 November 2024 22:13 WIB", datetime(2024, 11, 5, 15, 13, tzinfo=UTC), False),
        ("", "", None, False),
    ],
)
def test_what_machines_are_told_is_checked_against_what_readers_see(claim, printed, at, assumed):
    found = publication_of([(claim, "opengraph")], shown(printed), WIB, NOW)

    assert (found.at, found.tz_assumed) == (at, assumed)


def test_a_foreign_zone_that_lies_ahead_of_the_clock_is_not_believed():
    local = (NOW - timedelta(minutes=10)).astimezone(WIB)

    found = publication_of([(f"{local:%Y-%m-%dT%H:%M:%S}-0500", "jsonld")], None, WIB, NOW)

    assert (found.at, found.tz_assumed) == (NOW - timedelta(minutes=10), True)


def test_json_ld_survives_raw_newlines_graphs_comments_and_broken_commas():
    whole = '{"@graph":[{"@type":"WebPage"},{"@type":["Article","NewsArticle"],"headline":"A\nB &quot;C&quot;","author":{"@id":"#p"}},{"@id":"#p","@type":"Person","name":"Dewi"}]}'
    broken = '{"@type":"NewsArticle","headline":"A "B" C","datePublished":"2024-11-05T10:00:00+07:00","author":{"@type":"Person","name":"Dewi"}}'

    good = read_metadata(parse(f'<script type="application/ld+json"><!-- {whole} --></script>'))
    bad = read_metadata(parse(f'<script type="application/ld+json">{broken}</script>'))

    assert (good.headlines, good.authors, good.has_ld_article) == (('A B "C"',), ("Dewi",), True)
    assert (bad.published, bad.authors) == (("2024-11-05T10:00:00+07:00",), ("Dewi",))


PAGED = "https://suara.example/warga-tolak-tambang-di-hulu"


@pytest.mark.parametrize(
    ("links", "pages"),
    [
        (
            f'<div class="page-links"><a href="{PAGED}/2/">2</a><a href="{PAGED}/3/">3</a></div>',
            [f"{PAGED}/2/", f"{PAGED}/3/"],
        ),
        (f'<div class="pagination"><a href="{PAGED}/halaman/2">2</a></div>', [f"{PAGED}/halaman/2"]),
        ('<div class="paging"><a href="?page=2">2</a><a href="?page=all">Semua</a></div>', [f"{PAGED}?page=2"]),
        ('<div class="paging"><a href="?page=all">Semua</a></div>', [f"{PAGED}?page=all"]),
        (f'<link rel="next" href="{PAGED}/2/">', [f"{PAGED}/2/"]),
        ('<link rel="next" href="https://suara.example/artikel-lain-yang-baru">', []),
        ('<div class="pagination"><a href="/berita?page=2">2</a></div>', []),
        ("", []),
    ],
)
def test_further_pages_are_those_of_this_very_article(links, pages):
    assert list(more_pages(parse(f"<html><body>{links}</body></html>"), PAGED, GENERAL)) == pages


def test_joined_pages_repeat_nothing():
    assert joined_text("Satu dua tiga.\nEmpat lima.", ["Satu dua tiga.\nEnam tujuh.", "Delapan."]) == (
        "Satu dua tiga.\nEmpat lima.\nEnam tujuh.\nDelapan."
    )


def test_the_whole_article_takes_the_place_of_its_first_page(page_of, source, now):
    first = read_page(page_of(article_page("Warga Tolak Tambang di Hulu")), source, now).article
    assert first is not None
    whole = replace(first, text=first.text + "\nTambahan di halaman dua.")

    joined = join_pages(first, [whole])

    assert joined.text == whole.text
    assert joined.content_hash != first.content_hash


@pytest.mark.parametrize(
    ("final", "outcome"),
    [
        ("https://suara.example/", Outcome.SOFT_404),
        ("https://suara.example/register", Outcome.LOGIN),
        ("https://suara.example/?p=12", Outcome.FETCHED),
    ],
)
def test_where_redirects_end_tells_what_became_of_the_page(final, outcome, page_of, source, now):
    page = page_of(article_page("Warga Tolak Tambang di Hulu"), final_url=final)

    assert read_page(page, source, now).outcome is outcome


def test_an_article_about_something_not_found_is_an_article(page_of, source, now):
    found = read_page(page_of(article_page("Jasad Korban Banjir Tidak Ditemukan")), source, now)

    assert found.outcome is Outcome.FETCHED


def test_slugs_that_begin_like_static_pages_are_articles(page_of, source, now):
    for slug in (
        "daftar-pemilih-tetap-bertambah",
        "tentang-pilkada-damai-di-agam",
        "syarat-calon-bupati-berubah",
        "masuk-masa-tenang",
    ):
        found = read_page(
            page_of(article_page("Warga Tolak Tambang di Hulu"), f"https://suara.example/{slug}"), source, now
        )
        assert found.outcome is Outcome.FETCHED, slug


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"%PDF-1.7 ...", "text/html"),
        (b'{"berita": []}', "application/json"),
        (b'<?xml version="1.0"?><rss version="2.0"></rss>', "text/xml"),
        (b"\x89PNG\r\n", "image/png"),
        (b"hanya teks tanpa markup", "text/html"),
        (b"", "text/html"),
    ],
)
def test_what_is_no_web_page_is_said_to_be_none(body, content_type, page_of, source, now):
    assert read_page(page_of(body, content_type=content_type), source, now).outcome is Outcome.NOT_HTML


def test_a_bot_wall_is_a_challenge(page_of, source, now):
    page = page_of("<html><title>Just a moment...</title><script>_cf_chl_opt={}</script></html>")

    assert read_page(page, source, now).outcome is Outcome.CHALLENGE


def test_the_canonical_address_is_believed_only_on_its_own_site(page_of, source, now):
    own = article_page(
        "Warga Tolak Tambang di Hulu", '<link rel="canonical" href="https://www.suara.example/asli?utm_source=x">'
    )
    foreign = article_page("Warga Tolak Tambang di Hulu", '<link rel="canonical" href="https://lain.example/asli">')
    home = article_page("Warga Tolak Tambang di Hulu", '<link rel="canonical" href="https://suara.example/">')

    urls = [read_page(page_of(html), source, now).article for html in (own, foreign)]

    assert [article.canonical_url.split("/", 3)[3] for article in urls if article] == [
        "asli",
        "berita/kabar-dari-daerah-kita",
    ]
    assert read_page(page_of(home), source, now).outcome is Outcome.NOT_ARTICLE


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Polisi menangkap tiga pelaku politik uang di kota itu pada Selasa malam setelah warga melapor.", "id"),
        (
            "Kerajaan mengumumkan keputusan itu selepas mesyuarat Kabinet pada hari Jumaat bagi memastikan rakyat mendapat faedah.",
            "ms",
        ),
        (
            "Urang nan mambuek rusuah di pasa tu alah ditangkok dek polisi. Inyo indak bisa lari lai, sabab urang kampuang basamo.",
            "min",
        ),
        (
            "Para warga padha nglumpuk ing alun-alun saperlu mirsani pagelaran wayang kulit kang digelar dening pamarintah kutha.",
            "jv",
        ),
        (
            "Warga di lembur eta keur ngarumpul di balé désa pikeun nungkulan rapat ngeunaan pamilihan kapala désa anu hareup.",
            "su",
        ),
        ("The police arrested three people on Tuesday night for buying votes in the city before the election.", "en"),
        ("Singkat.", "und"),
    ],
)
def test_the_language_is_told(text, language):
    assert language_of(text) == language


def test_every_profile_is_found_by_its_name_and_an_unknown_one_is_said_to_be():
    assert all(profile_named(name).name == name for name in profile_names())
    with pytest.raises(UnknownItemError, match="varient"):
        profile_named("varien")


def test_a_cross_reference_inside_a_paragraph_takes_no_sentence_with_it(page_of, source, now):
    inline = (
        "<p>Massa bubar menjelang magrib. Baca juga: <a href='/x'>Tawuran Pecah di Pasar</a> Polisi berjaga di lokasi.</p>"
        "<p>Baca juga: <a href='/y'>Kapal Karam</a><br>Camat membenarkan undangan rapat itu kepada wartawan.</p>"
        "<p>Rapat digelar pekan depan di aula kecamatan. <strong>Simak juga: <a href='/z'>Gempa</a></strong></p>"
    )
    body = f'<div class="entry-content">{SENTENCES}{inline}</div>'

    article = read_page(
        page_of(
            article_page("Warga Tolak Tambang di Hulu", "<meta name='generator' content='WordPress 6'>", body=body)
        ),
        source,
        now,
    ).article

    assert article is not None
    assert article.text.split("\n")[3:] == [
        "Massa bubar menjelang magrib. Polisi berjaga di lokasi.",
        "Camat membenarkan undangan rapat itu kepada wartawan.",
        "Rapat digelar pekan depan di aula kecamatan.",
    ]


def test_a_page_inside_one_form_is_read(page_of, source, now):
    html = article_page("Warga Tolak Tambang di Hulu", body=SENTENCES * 3).replace("<body>", "<body><form id=aspnet>")

    article = read_page(page_of(html), source, now).article

    assert article is not None
    assert article.title == "Warga Tolak Tambang di Hulu"


def test_the_day_in_the_address_is_the_last_resort(page_of, source, now):
    html = article_page("Warga Tolak Tambang di Hulu").replace("5 November 2024 10:00 WIB", "")

    article = read_page(page_of(html, "https://suara.example/2024/11/05/warga-tolak"), source, now).article

    assert article is not None
    assert (article.published, article.tz_assumed) == (datetime(2024, 11, 4, 17, tzinfo=UTC), True)


def test_an_article_that_calls_the_home_page_its_canonical_address_is_read(page_of, source, now):
    title = "Warga Tolak Tambang di Hulu"
    html = article_page(title, '<link rel="canonical" href="https://suara.example/">', body=SENTENCES * 3)

    article = read_page(page_of(html), source, now).article

    assert article is not None
    assert article.canonical_url == "http://suara.example/berita/kabar-dari-daerah-kita"


def test_the_home_page_under_another_address_is_no_article(page_of, source, now):
    cards = "".join(f'<h3><a href="/b{n}">Warga Nagari {n} Tolak Tambang di Hulu</a></h3>' for n in range(15))
    head = '<title>Suara</title><link rel="canonical" href="https://suara.example/">'

    reading = read_page(page_of(article_page("Suara Daerah", head, body=cards)), source, now)

    assert (reading.article, reading.outcome) == (None, Outcome.NOT_ARTICLE)
