"""Layouts of sites without a profile: the article is found by what it is, not by a class name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from data.outcomes import Outcome
from scrapers.extract import join_pages, read_page

TITLE = "Ratusan Warga Demo Kantor Bupati Tuntut Jalan Diperbaiki"
TEXT = [
    (
        "Ratusan warga dari tiga desa menggelar aksi unjuk rasa di depan kantor bupati, Senin (4/11/2024). Mereka menuntut "
        "perbaikan jalan yang rusak parah sejak tiga tahun lalu."
    ),
    (
        "Koordinator aksi, Samsul, mengatakan warga sudah berulang kali mengadu tetapi tidak pernah mendapat jawaban yang "
        "jelas dari dinas terkait."
    ),
    '"Kami minta tahun ini juga diperbaiki. Kalau tidak, kami akan menutup jalan," kata Samsul di hadapan peserta aksi.',
    "Bupati menemui massa dan berjanji menganggarkan perbaikan jalan itu dalam perubahan anggaran. Aksi berakhir damai.",
]
PARAGRAPHS = "".join(f"<p>{line}</p>" for line in TEXT)
NAV = (
    "<header><nav>"
    + "".join(f'<a href="/{word}">{word}</a> ' for word in ("Home", "Daerah", "Indeks"))
    + "</nav></header>"
)
CARDS = "".join(
    f'<div class="item"><a href="/s{n}"><h4>Berita Populer Nomor {n} Tentang Hal Lain Sekali</h4></a><span>0{n} Nov 2024 10:1{n}</span></div>'
    for n in range(1, 8)
)
SIDE = f'<aside class="terpopuler"><h3>Terpopuler</h3>{CARDS}</aside>'
RELATED = (
    '<div class="terkait"><h3>Berita Terkait</h3>'
    + "".join(f'<li><a href="/r{n}">Pembunuhan Sadis Nomor {n} Gegerkan Warga</a></li>' for n in range(5))
    + "</div>"
)
OG = f'<meta property="og:title" content="{TITLE}"><meta property="og:type" content="article">'
LD = (
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"'
    + TITLE
    + '","datePublished":"2024-11-04T15:10:00+07:00",'
    '"author":[{"@type":"Person","name":"Bangun S"},{"@type":"Person","name":"Faqih F"}]}</script>'
)
LAYOUTS = {
    # name: (head, body, lines if not TEXT, hour and minute WIB, author)
    "dateline in a block of its own": (
        OG,
        (
            f'<h1 class="title">{TITLE}</h1><div class="date">Senin, 04 Nov 2024 20:15 WIB</div><div class="detail-image"><img></div>'
            f'<div class="detail-text">{PARAGRAPHS}<div class="paradetail">ADVERTISEMENT</div><div>(antara/rds)</div></div>{RELATED}{SIDE}'
        ),
        None,
        (20, 15),
        None,
    ),
    "paragraphs in spans": (
        OG,
        f"<span><h1>{TITLE}</h1></span><div><span>4 November 2024 13:15 WIB</span><span>&middot;</span><span>waktu baca 2 menit</span></div>"
        + "".join(f"<div><span><span>{line}</span></span></div>" for line in TEXT)
        + SIDE,
        None,
        (13, 15),
        None,
    ),
    "text between breaks, dateline in bold": (
        OG,
        (
            f'<div><h1>{TITLE}</h1></div><div><a>Ahmad Antoni</a></div><div class="date-artikel">Senin, 04 November 2024 - 15:30 WIB</div>'
            f'<div id="detail-desc"><b>SEMARANG</b> - {"<br><br>".join(TEXT)}<div class="baca-inline">Baca Juga: <a>Judul Lain</a></div></div>{RELATED}'
        ),
        [f"SEMARANG - {TEXT[0]}", *TEXT[1:]],
        (15, 30),
        None,
    ),
    "role after the name": (
        OG,
        (
            f'<h1>{TITLE}</h1><div class="reporter"><a>Rus Akbar</a>, <span>Jurnalis</span> <b>Senin 04 November 2024 19:02 WIB</b></div>'
            f'<div class="read">{PARAGRAPHS}<p>(Angkasa Yudhistira)</p></div>{SIDE}'
        ),
        None,
        (19, 2),
        "Rus Akbar",
    ),
    "reporter named below": (
        OG,
        (
            f'<h1>{TITLE}</h1><h6>Senin, 04 November 2024 – 16:40 WIB</h6><div itemprop="articleBody">{PARAGRAPHS}</div>'
            f"<p>Redaktur : Mufthia</p><p>Reporter : Elfany Kurnia</p>{SIDE}"
        ),
        None,
        (16, 40),
        "Elfany Kurnia",
    ),
    "two authors in JSON-LD": (
        OG + LD,
        f"<h1>{TITLE}</h1><article>{PARAGRAPHS}</article>",
        None,
        (15, 10),
        "Bangun S, Faqih F",
    ),
    "tables and fonts": (
        f"<title>{TITLE}</title>",
        (
            f"<table><tr><td><font size=5><b>{TITLE}</b></font><br><font>Senin, 04-11-2024 | 10:10 WIB</font><br><br>"
            f"<font>{'<br><br>'.join(TEXT)}</font></td><td>{SIDE}</td></tr></table>"
        ),
        None,
        (10, 10),
        None,
    ),
    "divs with empty lines between": (
        OG,
        f"<h1>{TITLE}</h1><div>Radar Kota | Senin, 4 November 2024 | 20:11 WIB</div><div class=isi>"
        + "".join(f"<div>{line}</div><div>&nbsp;</div>" for line in TEXT)
        + f"</div>{SIDE}",
        None,
        (20, 11),
        None,
    ),
    "role and name in fragments of their own": (
        OG,
        f"<h1>{TITLE}</h1><div><p>Reporter</p><a>Andi Adam</a></div><div><p>4 November 2024 | 17.30 WIB</p></div><div>{PARAGRAPHS}</div>",
        None,
        (17, 30),
        "Andi Adam",
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_an_article_is_read_in_any_layout(name, page_of, source, now):
    head, body, lines, (hour, minute), author = LAYOUTS[name]
    html = f'<html><head><meta charset="utf-8">{head}</head><body>{NAV}{body}</body></html>'

    found = read_page(page_of(html), source, now)

    assert found.article is not None, found.reason
    assert found.article.title == TITLE
    assert found.article.text.split("\n") == (lines or TEXT)
    assert found.article.published == datetime(2024, 11, 4, hour - 7, minute, tzinfo=UTC)
    assert found.article.author == author


def test_text_that_is_only_in_json_ld_is_read_from_there(page_of, source, now):
    body = "\\n".join(line.replace('"', "") for line in TEXT)
    head = f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{TITLE}","datePublished":"2024-11-04T15:10:00+07:00","articleBody":"{body}"}}</script>'

    article = read_page(
        page_of(f'<html><head>{head}</head><body><div id="app"></div></body></html>'), source, now
    ).article

    assert article is not None
    assert article.text.split("\n") == [line.replace('"', "") for line in TEXT]


def test_a_short_last_page_is_a_part_and_not_a_stub(page_of, source, now):
    url = "https://suara.example/ratusan-warga-demo-kantor-bupati"
    shell = f"<html><head>{OG}</head><body><h1>{TITLE}</h1><div>4 November 2024 20:15 WIB</div><article>{{}}</article></body></html>"
    first = read_page(page_of(shell.format(PARAGRAPHS), url), source, now)
    last = read_page(
        page_of(shell.format("<p>Polisi berjaga sampai malam di sekitar kantor bupati.</p>"), f"{url}/halaman/2/"),
        source,
        now,
    )

    assert last.outcome is Outcome.FETCHED
    assert first.article is not None
    assert last.article is not None
    assert join_pages(first.article, [last.article]).text.split("\n") == [
        *TEXT,
        "Polisi berjaga sampai malam di sekitar kantor bupati.",
    ]


def test_a_listing_whose_pages_are_numbered_is_still_one(page_of, source, now):
    html = f"<html><body><h1>Daerah</h1>{CARDS}</body></html>"

    assert read_page(page_of(html, "https://suara.example/daerah/page/2/"), source, now).outcome is Outcome.NOT_ARTICLE
