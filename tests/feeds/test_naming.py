"""Names are hidden in whichever way the news tells them; who speaks in an office, and places, stay as they were."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from feeds.masking import masked, names_in

if TYPE_CHECKING:
    from feeds.items import AlertItem


def leaves(text: str) -> str:
    """Return a text as an alert says it whose article it is all of."""
    return masked(text, text, names_in(text))


@pytest.mark.parametrize(
    ("printed", "left"),
    [
        ("Bunga, bocah 9 tahun, dipukul di TPS 4.", "B., bocah 9 tahun, dipukul di TPS 4."),
        ("Bocah berusia 7 tahun, Kirana, hilang.", "Bocah berusia 7 tahun, K., hilang."),
        ("Kirana yang masih berusia 7 tahun hilang.", "K. yang masih berusia 7 tahun hilang."),
        ("Kemudian Kirana, 7, hilang terseret arus.", "Kemudian K., 7, hilang terseret arus."),
        ("Di sana Lukman (53 thn) dan Edi (L/40) selamat.", "Di sana L. (53 thn) dan E. (L/40) selamat."),
        ("Identitas korban diketahui bernama Teguh Wibowo.", "Identitas korban diketahui bernama T.W."),
        ("Perempuan bernama Lestari itu disekap.", "Perempuan bernama L. itu disekap."),
        ("Pelaku penusukan, Anton, menyerahkan diri.", "Pelaku penusukan, A., menyerahkan diri."),
        ("Pelaku pembakaran TPS Anton Wijaya ditahan.", "Pelaku pembakaran TPS A.W. ditahan."),
        ("Seorang siswi SMP, Putri Ayu, menjadi korban.", "Seorang siswi SMP, P.A., menjadi korban."),
        ("Tiga korban yakni Andi Saputra, Budi Santoso dan Cici.", "Tiga korban yakni A.S., B.S. dan C."),
        ("Para tersangka: 1. Agus Salim, 2. Bambang, 3. Candra.", "Para tersangka: 1. A.S., 2. B., 3. C."),
        ("Polisi menangkap Jefri Nasution, tersangka penipuan.", "Polisi menangkap J.N., tersangka penipuan."),
        ("Jefri Nasution ditetapkan sebagai tersangka kemarin.", "J.N. ditetapkan sebagai tersangka kemarin."),
        ("Jefri Nasution dikeroyok massa di TPS 3.", "J.N. dikeroyok massa di TPS 3."),
        ("Pelaku, Rudi “Kobra” Hartono, lari ke hutan.", "Pelaku, R. “K.” H., lari ke hutan."),
        ("Saksi mata Hendra Gunawan melihat api.", "Saksi mata H.G. melihat api."),
        ("“Anak saya, Dimas, dipukul,” kata sang ayah.", "“Anak saya, D., dipukul,” kata sang ayah."),
        ("Jenazah Rosmani dibawa ke rumah duka.", "Jenazah R. dibawa ke rumah duka."),
        ("Seorang pria, Deni Siregar, ditemukan luka.", "Seorang pria, D.S., ditemukan luka."),
    ],
)
def test_a_name_is_hidden_however_it_is_told(printed: str, left: str) -> None:
    assert leaves(printed) == left


@pytest.mark.parametrize(
    "printed",
    [
        "Menurut Kapolres Pariaman, korban dirawat di RSUD Padang.",
        "Di Padang, pelaku pembakaran ditangkap, kata polisi.",
        "Warga Lubuk Basung jadi tersangka politik uang.",
        "Akibatnya, bocah 9 tahun luka.",
        "Mudah-mudahan, korban banjir segera tertolong, kata camat.",
        "Ketua KPU Agam menjadi saksi.",
        "Saksi paslon Mahyeldi-Vasko menolak tanda tangan.",
        "Pelajar di Kota Padang, Bukittinggi, dan Solok diliburkan.",
        "Atas nama Pemerintah Kabupaten Agam, bupati meminta maaf.",
        "Desa bernama Sukamaju terendam banjir.",
        "Siswa SMAN 1 Lubuk Alung dan pelajar SMK Negeri 1 Bukittinggi tawuran.",
        "Pelaku usaha, yakni Pasar Raya dan Toko Jaya, rugi.",
        "Korban tersebar di Agam, Pasaman, dan Solok.",
        "Pelaku berinisial RH dan BK (20) ditahan.",
    ],
)
def test_offices_places_and_words_at_the_head_of_a_sentence_stay(printed: str) -> None:
    assert leaves(printed) == printed


@pytest.mark.parametrize(
    ("headline", "left"),
    [
        ("KORBAN SITI NURHALIZA (12) DIRAWAT DI RSUD", "KORBAN S.N. (12) DIRAWAT DI RSUD"),
        ("SITI NURHALIZA DIRAWAT DI RSUD", "S.N. DIRAWAT DI RSUD"),
        ("Polisi Tetapkan Budi Setiawan sebagai Tersangka", "Polisi Tetapkan B.S. sebagai Tersangka"),
        ("Tersangka Budi Setiawan Ditangkap", "Tersangka B.S. Ditangkap"),
        ("Balita Zahra Tewas Terseret Banjir", "Balita Z. Tewas Terseret Banjir"),
    ],
)
def test_headlines_hide_what_the_article_calls_a_name_in_capitals_too(headline: str, left: str) -> None:
    article = "Korban bernama Siti Nurhaliza (12) dirawat. Ia ditangkap tangan banjir, kata dokter di rumah sakit."
    assert masked(headline, article, names_in(article)) == left


def test_a_name_at_the_end_of_a_sentence_is_hidden_in_the_next() -> None:
    assert names_in("Polisi mengejar pelaku Ucok. Sampai kini Ucok kabur.") == ("Ucok",)


def test_what_cannot_be_seen_within_a_name_hides_it_from_nobody(item: AlertItem) -> None:
    title = "Posko dibakar, polisi menyebut korban De\u00adni\u200b Sire\u2060gar sudah pulang"
    found = replace(item, incident=replace(item.incident, title=title), article="", names=())
    assert found.title == "Posko dibakar, polisi menyebut korban D.S. sudah pulang"
