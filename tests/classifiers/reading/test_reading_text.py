"""Sentences, zones and words of Indonesian news, with their places in the text as it was given."""

import pytest

from classifiers.text import MAX_CHARACTERS, read_document


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
        (
            "Kombes Pol. Budi dan Mayjen TNI (Purn.) Ali tiba. Massa bubar.",
            ["Kombes Pol. Budi dan Mayjen TNI (Purn.) Ali tiba.", "Massa bubar."],
        ),
        (
            "Jl. Jend. Sudirman, Jl. M. Yamin, Kp. Baru, PT. Maju ditutup. Macet.",
            ["Jl. Jend. Sudirman, Jl. M. Yamin, Kp. Baru, PT. Maju ditutup.", "Macet."],
        ),
        ("Massa tiba pkl. 10.00 WIB. Polisi siaga.", ["Massa tiba pkl. 10.00 WIB.", "Polisi siaga."]),
        ("Ketua KPU Ali, S.Pd., M.H. hadir. Rapat mulai.", ["Ketua KPU Ali, S.Pd., M.H. hadir.", "Rapat mulai."]),
        (
            "Ada tiga tuntutan: 1. Tolak hasil. 2. Hitung ulang.",
            ["Ada tiga tuntutan: 1. Tolak hasil.", "2. Hitung ulang."],
        ),
        ("1. Tolak hasil\n2. Hitung ulang", ["1. Tolak hasil", "2. Hitung ulang"]),
        ("Itu terjadi tahun 2020. Kapolres diam.", ["Itu terjadi tahun 2020.", "Kapolres diam."]),
        ("Massa datang... Polisi diam. Lalu … ricuh.", ["Massa datang...", "Polisi diam.", "Lalu … ricuh."]),
        ('Kata dia,"Kami tolak".Lalu ia pulang.', ['Kata dia,"Kami tolak".', "Lalu ia pulang."]),
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


def test_a_quotation_that_is_closed_paragraphs_later_goes_on_until_there() -> None:
    text = '"Kami tolak hasil ini.\nKami datang lagi besok," kata Ali kepada puluhan pendukungnya. Polisi berjaga.'
    document = read_document("", text)
    assert [document.span(s.zone, s.start, s.end) for s in document.sentences if not s.in_quote] == [
        'Kami datang lagi besok," kata Ali kepada puluhan pendukungnya.',
        "Polisi berjaga.",
    ]


def test_a_stray_closing_mark_opens_no_quotation() -> None:
    document = read_document("", 'Kami datang lagi," kata Ali. Polisi berjaga di semua sudut kota.')
    assert [sentence.in_quote for sentence in document.sentences] == [False, False]


def test_every_paragraph_of_one_quotation_may_begin_with_a_mark() -> None:
    document = read_document("", '"Kami tolak hasil ini.\n"Kami datang lagi besok malam," kata Ali.\nPolisi berjaga.')
    assert [sentence.in_quote for sentence in document.sentences] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "norms"),
    [
        ("bagi2 uang, warga2nya", ["bagi-bagi", "uang", "warga-warganya"]),
        ("Serangan-fajar dan politik-uang", ["seranganfajar", "dan", "politikuang"]),
        ("di-rusak, me-rusak, ke-2", ["dirusak", "merusak", "ke-2"]),
        ("pilkda Pilkada2024 Bawslu", ["pilkada", "pilkada", "bawaslu"]),
        ("B\u0430waslu \u041a\u0420U", ["bawaslu", "kpu"]),
        ("Россия", ["россия"]),
        ("surat suaranya, berunjuk rasa, pengunjuk rasa", ["suratsuara", "unjukrasa", "pengunjukrasa"]),
        ("diadang mengadang pengerusakan krn yg", ["dihadang", "menghadang", "perusakan", "karena", "yang"]),
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


def test_a_desert_of_blanks_is_crossed_in_one_step() -> None:
    text = "usai" + " " * 59_000 + "simulasi"
    assert [token.norm for token in read_document("", text).words()] == ["usai", "simulasi"]


def test_brackets_without_a_blank_between_are_taken_off_one_by_one() -> None:
    document = read_document("", "(" * 4_000 + "massanya, KPU-nya" + ")" * 4_000)
    assert [token.norm for token in document.words()] == ["massanya", "kpu", "-nya"]
    assert len(document.tokens) == 8_004
