"""Lines that stand between and after an article's sentences, and what is left without them."""

from __future__ import annotations

import pytest

from scrapers.cleaning import clean_lines, is_cross_reference

FIRST = "Warga menolak tambang di hulu sungai."


@pytest.mark.parametrize(
    "line",
    [
        "Baca juga: Bentrok Pecah di Tambang Emas",
        "BACA JUGA : Dua Tewas Tertimbun",
        "Simak juga: Video Banjir",
        "Lihat Juga: Galeri Foto",
        "SCROLL TO CONTINUE WITH CONTENT",
        "Scroll untuk baca artikel",
        "ADVERTISEMENT",
        "[Gambas:Video 20detik]",
        "Sebarkan artikel ini",
        "Example 325x300",
        "Facebook Twitter WhatsApp",
        "Tags: banjir, Tiku",
        "COPYRIGHT © ANTARA 2024",
        "Dapatkan update berita pilihan setiap hari dari kami di Telegram",
        "Ikuti kami di Google News",
        "Artikel ini telah tayang di Kabar Rantau",
        "Dilarang keras mengambil konten tanpa izin",
        "Foto: Istimewa",
        "Halaman: 1 2 3",
        "Editor: Nina",
        "(**)",
        "***",
    ],
)
def test_what_is_not_the_articles_is_taken_out(line):
    assert clean_lines([FIRST, line], "Judul").lines == (FIRST,)


@pytest.mark.parametrize(
    "line",
    [
        "Iklan politik di angkutan kota ditertibkan Satpol PP.",
        "Baca doa bersama dilakukan sebelum massa membubarkan diri.",
        "Laporan masyarakat: banyak warga tidak terdaftar di DPT, kata dia kepada wartawan di sini pagi tadi.",
        "Video pemukulan itu viral dan polisi turun tangan.",
        "Facebook memblokir akun penyebar hoaks itu.",
        "Rapat dihadiri Komisi Pemilihan Umum (KPU).",
        "Peristiwa itu terjadi di Padang, Selasa (5/11).",
    ],
)
def test_sentences_that_begin_alike_are_kept(line):
    assert clean_lines([FIRST, line], "Judul").lines == (FIRST, line)


@pytest.mark.parametrize(
    ("line", "kept", "author"),
    [
        ("Ia berharap semua tertib, pungkasnya.(**)", "Ia berharap semua tertib, pungkasnya.", ""),
        ("Ia berharap semua tertib, pungkasnya.(**).", "Ia berharap semua tertib, pungkasnya.", ""),
        ("Demikian katanya. (rel)", "Demikian katanya.", ""),
        ("Demikian katanya. (ADV)", "Demikian katanya.", ""),
        ("Demikian katanya (*)", "Demikian katanya", ""),
        ("Demikian katanya. (nkm/nkm)", "Demikian katanya.", ""),
        ("Demikian katanya.***", "Demikian katanya.", ""),
        ("Demikian katanya. (Linda Maharani)", "Demikian katanya.", "Linda Maharani"),
        ("Demikian katanya. (rel) (*)", "Demikian katanya.", ""),
        ("Tutupnya. Pewarta: Altas Maulana Editor: Siri COPYRIGHT © ANTARA 2024", "Tutupnya.", "Altas Maulana"),
    ],
)
def test_sign_offs_are_cut_from_the_last_sentence(line, kept, author):
    found = clean_lines([FIRST, line], "Judul")

    assert found.lines == (FIRST, kept)
    assert found.author == author


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("Penulis: Rahmat Hidayat | Editor: Nina", "Rahmat Hidayat"),
        ("Pewarta : Altas Maulana", "Altas Maulana"),
        ("Reporter: Hendra Saputra", "Hendra Saputra"),
        ("Oleh: Mardi Yusuf", "Mardi Yusuf"),
    ],
)
def test_the_name_in_a_byline_below_the_text_is_the_author(line, author):
    found = clean_lines([FIRST, line, "Editor: Siri"], "Judul")

    assert (found.lines, found.author) == ((FIRST,), author)


def test_a_caption_equal_to_the_title_is_dropped():
    assert clean_lines(['Warga Tolak "Tambang"', FIRST], "Warga Tolak Tambang").lines == (FIRST,)


def test_related_news_below_the_article_is_cut_off_with_its_heading():
    article = [" ".join([FIRST] * 8)] * 2
    cards = ["Berita Terkait", "Perampokan Gegerkan Warga", "Pembunuhan di Kebun Sawit"]

    assert clean_lines([article[0] + " Satu.", article[1] + " Dua.", *cards], "Judul").lines == (
        article[0] + " Satu.",
        article[1] + " Dua.",
    )


def test_related_news_in_the_middle_does_not_cut_the_article():
    long = " ".join([FIRST] * 8)

    assert clean_lines([long, "Berita Terkait", long + " Lanjut."], "Judul").lines == (long, long + " Lanjut.")


def test_a_dateline_that_stands_alone_joins_its_sentence():
    assert clean_lines(["Tapanuli Selatan -", FIRST], "Judul").lines == (f"Tapanuli Selatan - {FIRST}",)


def test_a_long_sentence_is_never_a_cross_reference():
    assert not is_cross_reference("Baca juga " + "kata " * 60)
