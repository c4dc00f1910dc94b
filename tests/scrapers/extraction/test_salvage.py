"""An article behind markup that would hold a parser is still read; what is no article stays aside for a person."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from data.outcomes import Outcome
from data.records import Page, Source
from scrapers.extract import read_page
from scrapers.salvage import salvaged

NOW = datetime(2024, 11, 27, 5, 0, tzinfo=UTC)
SOURCE = Source("kabar", "Kabar", "https://kabar.example/", "Asia/Jakarta", "auto", ())
PARAGRAPHS = [
    "PADANG – Sebuah posko pemenangan di Kecamatan Kuranji dibakar orang tak dikenal pada Selasa dini hari menjelang subuh.",
    "Api menghanguskan dinding depan dan beberapa spanduk, sedangkan dua relawan yang tidur di dalam selamat lewat pintu belakang.",
    "Polisi memeriksa rekaman kamera di warung seberang jalan dan meminta keterangan tiga orang saksi yang tinggal di dekat posko.",
]


def page(body: str) -> Page:
    html = (
        "<html lang=id><head><title>Posko Dibakar di Kuranji - Kabar</title>"
        '<meta property="og:title" content="Posko Dibakar di Kuranji">'
        '<meta property="article:published_time" content="2024-11-26T06:30:00+07:00"></head>'
        f"<body><h1>Posko Dibakar di Kuranji</h1>{body}</body></html>"
    )
    url = "https://kabar.example/posko-dibakar-di-kuranji"
    return Page(url, url, "kabar", NOW, Outcome.FETCHED, 200, html.encode(), "text/html; charset=utf-8")


TEXT = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
BOMBS = {
    "one tag with 50,000 attributes": "<div " + " ".join(f"a{n}=1" for n in range(50_000)) + ">" + TEXT + "</div>",
    "20,000 elements inside one another": "<div>" * 20_000 + TEXT + "</div>" * 20_000,
    "a tag of 200 kB": f'<span data-x="{"x" * 200_000}"></span>{TEXT}',
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_the_article_is_read_in_spite_of_the_bomb(body: str) -> None:
    found = read_page(page(body), SOURCE, NOW)
    assert found.outcome is Outcome.FETCHED, found.reason
    assert found.article is not None
    assert found.article.title == "Posko Dibakar di Kuranji"
    assert found.article.text.splitlines() == PARAGRAPHS
    assert found.article.published == datetime(2024, 11, 25, 23, 30, tzinfo=UTC)
    assert found.article.method.endswith("+salvage")


def test_a_bomb_without_an_article_is_kept_aside() -> None:
    found = read_page(page("<div " + " ".join(f"a{n}" for n in range(5_000)) + "></div>"), SOURCE, NOW)
    assert (found.article, found.outcome) == (None, Outcome.QUARANTINED)
    assert "attributes" in found.reason


def test_nothing_is_salvaged_of_a_page_beyond_all_measure() -> None:
    assert salvaged("<p>x</p>" * 300_000) is None


def test_markup_in_what_is_kept_stays_text() -> None:
    rest = salvaged("<title>a &lt;b&gt;</title><p>satu &lt;script&gt; dua</p>")
    assert rest is not None
    assert "<script>" not in rest
