"""Listing pages: which links are articles, and where the list ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from data.records import Finder, Validators
from scrapers.finders import listing
from scrapers.finders.listing import read_listing
from scrapers.finders.markup import NotReadableError
from scrapers.finders.offers import looks_like_article, may_be_article
from scrapers.finders.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from data.records import Source

BASE = "http://kabar.example"

ARTICLES = [
    "/banjir-bandang-terjang-tiga-nagari",
    "/2024/11/longsor.html",
    "/2024/11/05/longsor-lagi",
    "/read/123456/jembatan-putus",
    "/sumut/berita/d-7625000/rapat-pleno",
    "/berita/m-12345/rapat-pleno",
    "/read/2024/11/05/123456789/rapat",
    "/pr-0123456789/pawai-obor",
    "/hukum/tiga-tersangka-ditahan-polisi/",
    "/index.php/berita/4512/pemilih-ganda",
    "/?p=1234",
    "/baca/98765/polisi-tangkap-pelaku",
    "/kabupaten-agam-siagakan-seluruh-alat-berat",
    "/2024/11/banjir.html?m=1",
    "/profil/mengenal-lebih-dekat-calon-bupati-agam",
]
OTHERS = [
    "/",
    "/index.php",
    "/desa",
    "/hukum-dan-kriminal",
    "/tag/pilkada-serentak-di-sumatera-barat",
    "/category/daerah/padang-pariaman/kota-pariaman",
    "/author/linda-sari-dewi-anggraini",
    "/profile/linda-sari",
    "/page/2/",
    "/?page=2",
    "/?p=2",
    "/?s=banjir",
    "/search/label/Padang?max-results=20",
    "/cari?q=banjir+di+padang",
    "/foto/pawai-obor-di-kota-padang-panjang",
    "/wp-content/uploads/2024/11/gambar-banjir-di-padang.jpg",
    "/dokumen/laporan-tahunan-dinas-kominfo.pdf",
    "/feed/",
    "/pedoman-media-siber",
    "/kontak",
    "/terpopuler",
    "/berita/terkini",
    "/2024/11/",
    "/arsip-berita/2024/11/05/",
    "/2024",
    "/kabupaten-lima-puluh-kota",
    "/p/tentang-kami.html",
    "/banjir-bandang-di-lembah/2/",
    "/a/b/a/b/a/b/banjir-bandang-terjang-nagari",
]


@pytest.mark.parametrize("path", ARTICLES)
def test_an_articles_url_looks_like_one(path: str) -> None:
    assert looks_like_article(BASE + path)


@pytest.mark.parametrize("path", OTHERS)
def test_another_pages_url_does_not(path: str) -> None:
    assert not looks_like_article(BASE + path)


def test_a_feed_may_offer_short_slugs_but_no_files_and_lists() -> None:
    assert may_be_article(f"{BASE}/banjir")
    assert may_be_article(f"{BASE}/foto-camat-pose-dua-jari-beredar")
    assert not may_be_article(f"{BASE}/gambar.jpg")
    assert not may_be_article(f"{BASE}/tag/banjir")
    assert not may_be_article("https://20.kabar.example/video/siaran-ulang-banjir")


def test_a_short_slug_is_an_article_where_the_link_says_the_same_headline() -> None:
    assert looks_like_article(f"{BASE}/kapal-karam", text="Kapal Karam di Selat Mentawai, Dua Hilang")
    assert not looks_like_article(f"{BASE}/kapal-karam", text="Kapal Karam")
    assert not looks_like_article(f"{BASE}/kota-padang", text="Semua berita dari ibu kota provinsi")


def test_a_numbered_slug_is_an_article_in_an_articles_folder_or_under_a_headline() -> None:
    assert looks_like_article(f"{BASE}/berita/kebakaran-7")
    assert looks_like_article(f"{BASE}/hukum/sidang-3", text="Hakim Tunda Sidang Pungli di Lembah")
    assert looks_like_article(f"{BASE}/berita/12", text="Hakim Tunda Sidang Pungli di Lembah")
    assert looks_like_article(f"{BASE}/detail.php?id=7&kategori=2", text="Hakim Tunda Sidang Pungli di Lembah")
    assert not looks_like_article(f"{BASE}/detail.php?id=7&kategori=2", text="Hukum")
    assert not looks_like_article(f"{BASE}/berita/2", text="2")
    assert not looks_like_article(f"{BASE}/berita/pilkada-2024", text="Semua Berita Pilkada dari Daerah")
    assert not looks_like_article(f"{BASE}/hukum/sidang-3")
    assert not looks_like_article(f"{BASE}/berita/kebakaran-7", in_furniture=True)


PAGE = """<html><head><base href="http://kabar.example/"></head><body>
<nav><a href="/daerah">Daerah</a><a href="/tentang-redaksi-kabar-kita">Tentang</a></nav>
<div class="list">
 <article><a href="/banjir-bandang-terjang-tiga-nagari"><img src="x.jpg"></a>
  <header><h2><a href="/banjir-bandang-terjang-tiga-nagari?utm_source=depan#isi">Banjir Bandang Terjang Tiga Nagari</a></h2></header>
  <time datetime="2024-11-05T22:13:00+07:00">5 Nov</time></article>
 <article><a href="longsor-tutup-jalan-lintas-provinsi" title="Longsor Tutup Jalan Lintas Provinsi">Longsor tutup…</a></article>
 <article><a href="https://lain.example/berita-dari-situs-lain-lagi">Berita dari Situs Lain</a></article>
 <a href="mailto:redaksi@kabar.example">Surat</a><a href="javascript:void(0)">Muat lagi</a><a>tanpa alamat</a>
</div>
<aside class="sidebar"><a href="/warga-tolak-tambang-pasir-di-sungai">Warga Tolak Tambang Pasir</a>
 <a href="/pedoman-pemberitaan-isu-keberagaman-agama">Pedoman</a></aside>
<footer><a href="/syarat-dan-ketentuan-penggunaan-situs-ini">Syarat</a></footer></body></html>"""


def make(source_with: Callable[..., Source], **options: str) -> tuple[Source, Finder]:
    source = source_with(("listing", f"{BASE}/", options))
    return source, source.finders[0]


def test_links_are_chosen_by_shape_and_place_and_joined_by_article(source_with: Callable[..., Source]) -> None:
    source, finder = make(source_with)
    offers = read_listing(PAGE.encode(), f"{BASE}/", source, finder)
    assert [(offer.url, offer.title, str(offer.moment.wall) if offer.moment else None) for offer in offers] == [
        (
            f"{BASE}/banjir-bandang-terjang-tiga-nagari",
            "Banjir Bandang Terjang Tiga Nagari",
            "2024-11-05 22:13:00",
        ),
        (f"{BASE}/longsor-tutup-jalan-lintas-provinsi", "Longsor Tutup Jalan Lintas Provinsi", None),
        (f"{BASE}/warga-tolak-tambang-pasir-di-sungai", "Warga Tolak Tambang Pasir", None),
    ]


def test_a_selector_of_the_entry_decides_alone(source_with: Callable[..., Source]) -> None:
    source, finder = make(source_with, links="aside a")
    offers = read_listing(PAGE.encode(), f"{BASE}/", source, finder)
    assert [offer.url.removeprefix(BASE) for offer in offers] == [
        "/warga-tolak-tambang-pasir-di-sungai",
        "/pedoman-pemberitaan-isu-keberagaman-agama",
    ]


def test_a_selector_that_is_no_css_is_told(source_with: Callable[..., Source]) -> None:
    source, finder = make(source_with, links="a[[")
    with pytest.raises(NotReadableError, match="is no CSS; mend the option links"):
        read_listing(PAGE.encode(), f"{BASE}/", source, finder)


def page_of(*paths: str, more: str = "") -> str:
    return "<html><body>" + "".join(f'<h3><a href="{path}">{path}</a></h3>' for path in paths) + more + "</body></html>"


def articles(first: int, last: int) -> list[str]:
    return [f"/berita-penting-nomor-{number}-hari-ini" for number in range(first, last)]


async def visited(
    pages: dict[str, str], source: Source, site: Any, now: datetime, known: Sequence[str] = ()
) -> tuple[list[str], list[str]]:
    web = site({BASE + path: body for path, body in pages.items()})
    visit = Visit(source, web.fetch, lambda url: url.removeprefix(BASE) in known, lambda _: Validators(), now)
    offers = await listing.look(visit, source.finders[0])
    found = dict.fromkeys(offer.url.removeprefix(BASE) for offer in offers)
    return [url.removeprefix(BASE) for url in web.asked], list(found)


async def test_pages_are_read_until_one_brings_only_known_articles(source_with: Any, site: Any, now: datetime) -> None:
    source, _ = make(source_with, pages="?page={page}")
    pages = {
        "/": page_of(*articles(0, 5)),
        "/?page=2": page_of(*articles(4, 9)),
        "/?page=3": page_of(*articles(9, 14)),
        "/?page=4": page_of(*articles(14, 19)),
    }
    asked, found = await visited(pages, source, site, now, known=articles(9, 19))
    assert asked == ["/", "/?page=2", "/?page=3"]
    assert found == articles(0, 14)


async def test_a_site_that_answers_every_page_alike_is_left(source_with: Any, site: Any, now: datetime) -> None:
    source, _ = make(source_with, pages="?page={page}")
    pages = {f"/?page={number}": page_of(*articles(0, 5)) for number in range(2, 40)} | {"/": page_of(*articles(0, 5))}
    assert (await visited(pages, source, site, now))[0] == ["/", "/?page=2"]


async def test_a_page_past_the_end_is_the_end(source_with: Any, site: Any, now: datetime) -> None:
    source, _ = make(source_with, pages="?page={page}")
    empty = {"/": page_of(*articles(0, 5)), "/?page=2": page_of()}
    assert await visited(empty, source, site, now) == (["/", "/?page=2"], articles(0, 5))
    gone = {"/": page_of(*articles(0, 5))}
    assert await visited(gone, source, site, now) == (["/", "/?page=2"], articles(0, 5))


async def test_a_box_at_the_side_does_not_keep_the_list_going(source_with: Any, site: Any, now: datetime) -> None:
    source, _ = make(source_with, pages="?page={page}")
    box = '<aside><a href="/berita-lama-yang-selalu-paling-banyak-dibaca">x</a></aside>'
    pages = {f"/?page={n}": page_of(*articles(5 * n, 5 * n + 5), more=box) for n in range(2, 9)}
    pages["/"] = page_of(*articles(5, 10), more=box)
    asked, _ = await visited(pages, source, site, now, known=articles(10, 100))
    assert asked == ["/", "/?page=2"]


async def test_the_number_of_pages_is_bounded(source_with: Any, site: Any, now: datetime) -> None:
    source, _ = make(source_with, pages="?page={page}", max_pages="3")
    pages = {f"/?page={n}": page_of(*articles(5 * n, 5 * n + 5)) for n in range(2, 9)}
    pages["/"] = page_of(*articles(5, 10))
    assert (await visited(pages, source, site, now))[0] == ["/", "/?page=2", "/?page=3"]


async def test_a_list_that_counts_from_nought_and_one_that_pages_by_path(
    source_with: Any, site: Any, now: datetime
) -> None:
    source, _ = make(source_with, pages="?page={page}", first_page="0", max_pages="2")
    assert (await visited({"/": page_of(*articles(0, 5))}, source, site, now))[0] == ["/", "/?page=1"]
    source, _ = make(source_with, pages="/page/{page}/", max_pages="2")
    assert (await visited({"/": page_of(*articles(0, 5))}, source, site, now))[0] == ["/", "/page/2/"]


async def test_the_pager_on_the_page_is_followed_where_none_is_declared(
    source_with: Any, site: Any, now: datetime
) -> None:
    source, _ = make(source_with)
    pages = {
        "/": page_of(*articles(0, 5), more='<a class="next" href="/berita/page/2/">Berikutnya</a>'),
        "/berita/page/2/": page_of(
            *articles(5, 9), more='<a href="/berita/page/3/">3</a><a href="/berita/page/9/">9</a>'
        ),
        "/berita/page/3/": page_of(*articles(9, 12), more='<a rel="next" href="https://lain.example/page/4/">4</a>'),
    }
    asked, found = await visited(pages, source, site, now)
    assert asked == ["/", "/berita/page/2/", "/berita/page/3/"]
    assert found == articles(0, 12)


async def test_a_first_page_without_articles_is_a_failure(source_with: Any, site: Any, now: datetime) -> None:
    source, _ = make(source_with)
    with pytest.raises(NotReadableError, match="no link to an article"):
        await visited({"/": "<html><body><a href='/kontak'>Kontak</a></body></html>"}, source, site, now)


VARIENT = """<body><div class="col-sm-12"><h1 class="page-title">Desa</h1>
<div class="post-item"><div class="image ratio"><a href="/satu-dua"><img data-src="a.jpg"></a></div>
<h3 class="title"><a href="/satu-dua">Satu Dua...</a></h3><p class="post-meta"><a href="/profile/admin">Admin</a></p></div>
</div><div class="widget"><a href="/cara-memasang-iklan-di-situs-kami">Iklan</a></div></body>"""


def test_the_cms_selectors_find_what_shape_alone_does_not(source_with: Any) -> None:
    source = source_with(("listing", f"{BASE}/posts"), profile="varient")
    offers = read_listing(VARIENT.encode(), f"{BASE}/posts", source, source.finders[0])
    assert [offer.url for offer in offers] == [f"{BASE}/satu-dua"]
