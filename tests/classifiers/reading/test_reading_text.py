"""Sentences, zones and words of Indonesian news, with their places in the text as it was given."""

import pytest

from classifiers.text import MAX_CHARACTERS, dateline_end, read_document


def sentences(text: str) -> list[str]:
    document = read_document("", text)
    return [document.span(sentence.zone, sentence.start, sentence.end) for sentence in document.sentences]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Warga Kab. Solok resah. Polisi datang.", ["Warga Kab. Solok resah.", "Polisi datang."]),
        ("Rumah No. 5 milik H. Ali dilempari. Ia selamat.", ["Rumah No. 5 milik H. Ali dilempari.", "Ia selamat."]),
        ("Drs. Budi tiba pukul 19.30 WIB. Hujan turun.", ["Drs. Budi tiba pukul 19.30 WIB.", "Hujan turun."]),
        ("Uang Rp1.500.000 disita. Dua orang kabur.", ["Uang Rp1.500.000 disita.", "Dua orang kabur."]),
        ("Pos dibakar massa.Warga panik.", ["Pos dibakar massa.", "Warga panik."]),
        ("Massa datang pukul 19.30 WIB.Warga panik.", ["Massa datang pukul 19.30 WIB.", "Warga panik."]),
        ('"Kami tolak!" teriak massa. Polisi diam.', ['"Kami tolak!" teriak massa.', "Polisi diam."]),
        ("Judul\nBaris kedua tanpa titik\nBaris ketiga", ["Judul", "Baris kedua tanpa titik", "Baris ketiga"]),
        ("Dilansir Contoh.co.id kemarin. Selesai.", ["Dilansir Contoh.co.id kemarin.", "Selesai."]),
        ("", []),
        (" \n\t… --\n", []),
    ],
)
def test_sentences_end_where_indonesian_news_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_the_title_is_one_sentence_before_those_of_the_text() -> None:
    document = read_document("  KPU Kab. Solok digeruduk. Massa marah ", "Massa datang.")
    assert [(s.zone, s.index, document.span(s.zone, s.start, s.end)) for s in document.sentences] == [
        ("title", 0, "KPU Kab. Solok digeruduk. Massa marah"),
        ("text", 1, "Massa datang."),
    ]


def test_the_first_two_sentences_of_the_text_are_the_lead() -> None:
    document = read_document("Judul", "Satu hal. Dua hal. Tiga hal.")
    assert [sentence.is_lead for sentence in document.sentences] == [False, True, True, False]


def test_words_of_others_are_marked_also_where_a_quotation_is_never_closed() -> None:
    document = read_document("", '"Kami tidak takut. Kami akan kembali.\nPolisi berjaga di lokasi.')
    assert [sentence.in_quote for sentence in document.sentences] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "norms"),
    [
        ("UNJUK RASA tdk RICUH", ["unjukrasa", "tidak", "ricuh"]),
        ("timses dan Tim Sukses", ["timses", "dan", "timses"]),
        ("di medsos, media sosial", ["di", "medsos", "medsos"]),
        ("bagi-bagi uang", ["bagi-bagi", "uang"]),
        ("KPU-nya lalai", ["kpu", "-nya", "lalai"]),
        ("ﬁtnah dan hoax", ["fitnah", "dan", "hoaks"]),
    ],
)
def test_words_have_one_normal_form(text: str, norms: list[str]) -> None:
    assert [token.norm for token in read_document("", text).words()] == norms


@pytest.mark.parametrize(
    "text",
    [
        "Polisi 👮\u200d♂️ datang. Cafe\u0301 rusak!",
        "A\u00adB kota\u200bsuara",
        "ＫＰＵ digeruduk",
        "tanpa\u00a0spasi\u2028baris lain.",
    ],
)
def test_spans_point_into_the_text_as_it_was_given(text: str) -> None:
    document = read_document(text, text)
    for token in document.tokens:
        assert token.start < token.end <= len(text)
        sentence = document.sentences[token.sentence]
        assert sentence.zone == token.zone
        assert sentence.start <= token.start < sentence.end
    words = [document.span(token.zone, token.start, token.end) for token in document.tokens if token.zone == "text"]
    assert "".join(words) == "".join(text.split())


def test_a_very_long_text_is_kept_whole_and_read_in_part() -> None:
    text = "Hujan turun lagi. " * 20_000
    document = read_document("Judul", text)
    assert document.text == text
    assert max(token.end for token in document.tokens) <= MAX_CHARACTERS


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("PADANG, Contoh.co - Massa datang.", "Massa datang."),
        ("Bukittinggi-Pjs Wali Kota hadir.", "Pjs Wali Kota hadir."),
        ("Massa datang dari tiga nagari.", "Massa datang dari tiga nagari."),
    ],
)
def test_a_dateline_ends_at_its_dash(text: str, rest: str) -> None:
    assert text[dateline_end(text) :] == rest
