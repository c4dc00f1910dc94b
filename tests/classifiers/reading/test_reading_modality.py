"""Guard rails and attributes: what the law decides by itself, whatever was learned."""

import pytest

from classifiers.attributes import is_historical, is_negated
from classifiers.cues import CueFinder
from classifiers.modality import guard
from classifiers.text import read_document
from data.records import Modality
from data.taxonomy import load_taxonomy

EVEN = {name: 0.04 if name is not Modality.KEJADIAN else 0.76 for name in Modality}


def guarded(title: str, text: str) -> Modality:
    document = read_document(title, text)
    found, _ = guard(document, CueFinder(load_taxonomy()).find(document), EVEN)
    assert sum(found.values()) == pytest.approx(1.0)
    return max(found, key=lambda name: found[name])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Massa melempari kantor KPU dengan batu dalam simulasi pengamanan yang digelar polres.",
            "pencegahan_kegiatan",
        ),
        ("Massa melempari kantor KPU dengan batu. Adegan itu bagian dari simulasi sispamkota.", "pencegahan_kegiatan"),
        ("Massa melempari kantor KPU dengan batu hingga kaca pecah pada Rabu malam.", "kejadian"),
        ("Oleh: Rina Putri\nMassa melempari kantor KPU dan kita terkejut melihatnya.", "opini"),
        ("Massa melempari kantor KPU dan kita semua terkejut. Penulis adalah dosen di Padang.", "opini"),
        ("Oleh karena itu massa melempari kantor KPU pada Rabu malam.", "kejadian"),
        ("satu dua", "tidak_relevan"),
        ("Massa menyerang mapolsek usai simulasi pengamanan pilkada. Lima polisi luka.", "kejadian"),
        ('Kericuhan pecah di TPS 3 Rabu siang. "Ini bukan simulasi," kata seorang saksi.', "kejadian"),
        ("Bentrokan pecah sehari sebelum simulasi pengamanan pilkada digelar.", "kejadian"),
        (
            "Massa melempari kantor KPU. Kapolres mengatakan usai simulasi sispamkota itu bahwa personelnya siap.",
            "pencegahan_kegiatan",
        ),
        ("Api melalap gudang logistik KPU pagi itu. Semua itu hanyalah simulasi.", "pencegahan_kegiatan"),
        ("Oleh: Redaksi\nMassa melempari kantor KPU pada Rabu malam.", "kejadian"),
        ("Opini WTP diraih pemkab meski massa melempari kantor KPU.", "kejadian"),
        ("Kolom kosong menang dan massa melempari kantor KPU.", "kejadian"),
        ("Tajuk Rencana - Massa melempari kantor KPU dan kita terkejut.", "opini"),
        ("Massa melempari kantor KPU dan kita terkejut.\n\n*Penulis, dosen di Padang", "opini"),
        (
            "Demonstran tewas dalam kerusuhan pemilu di Nairobi, Kenya. Polisi Kenya menembakkan gas air mata.",
            "tidak_relevan",
        ),
        ("Kerusuhan pemilu di Nairobi, Kenya, menewaskan dua WNI. KBRI Kenya mendata korban.", "kejadian"),
    ],
)
def test_simulations_are_activities_and_columns_are_opinions(text: str, expected: str) -> None:
    assert guarded("", text) == expected


def test_a_rubric_in_the_title_makes_a_column() -> None:
    assert guarded("OPINI | Menjaga TPS", "Massa melempari kantor KPU dan kita terkejut.") == "opini"
    assert guarded("Opini WTP Diraih Pemkab", "Pemkab meraih opini WTP dari BPK tahun ini.") == "kejadian"


def test_an_event_before_an_appeal_stays_an_event() -> None:
    activity = {name: 0.04 if name is not Modality.PENCEGAHAN_KEGIATAN else 0.76 for name in Modality}
    finder = CueFinder(load_taxonomy())

    def best(title: str, text: str) -> Modality:
        document = read_document(title, text)
        judged, _ = guard(document, finder.find(document), activity)
        return max(judged, key=lambda name: judged[name])

    title = "Setelah Posko Dibakar, Kapolres Imbau Warga Tenang"
    dated = "Massa membakar posko pemenangan, Senin dini hari. Kapolres mengimbau warga tidak terprovokasi."
    assert best(title, dated) is Modality.KEJADIAN
    appeal = "Kapolres mengimbau warga tidak membakar posko, Senin dini hari. Ia mengajak warga menjaga keamanan."
    assert best("Kapolres Imbau Warga Tenang", appeal) is Modality.PENCEGAHAN_KEGIATAN


def test_a_guard_rail_shows_the_span_that_says_why() -> None:
    text = "Massa melempari kantor dengan batu. Begitulah jalannya simulasi pengamanan kota."
    document = read_document("Massa Mengamuk", text)
    _, reasons = guard(document, CueFinder(load_taxonomy()).find(document), EVEN)
    assert [text[reason.start : reason.end] for reason in reasons] == ["simulasi pengamanan"]


def attributes(title: str, text: str, modality: Modality, asserted: tuple[str, ...]) -> tuple[bool, bool]:
    hits = CueFinder(load_taxonomy()).find(read_document(title, text))
    return is_negated(hits, modality=modality, asserted=asserted), is_historical(hits, modality=modality)


def test_a_report_that_was_not_proven_is_negated() -> None:
    title, text = "Laporan Bagi Uang Tidak Terbukti", "Bawaslu menghentikan laporan karena tidak cukup bukti."
    assert attributes(title, text, Modality.PENANGANAN_HUKUM, ("politik_uang",)) == (True, False)


def test_a_debunked_hoax_is_an_event_and_not_negated() -> None:
    title, text = "Kabar Calon Mundur Tidak Benar", "Pesan itu hoaks dan tidak benar, kata KPU."
    assert attributes(title, text, Modality.KEJADIAN, ("hoaks_disinformasi",)) == (False, False)


def test_a_denial_deep_in_the_text_negates_nothing() -> None:
    text = "Massa membakar posko. Dua orang luka. Polisi datang. Api padam. Ketua tim membantah terlibat."
    assert attributes("Posko Dibakar", text, Modality.KEJADIAN, ("perusakan",)) == (False, False)


def test_a_remembered_riot_is_historical() -> None:
    title, text = "Mengenang Kerusuhan Pilkada 2008", "Belasan tahun silam kantor dibakar. Tragedi itu dikenang warga."
    assert attributes(title, text, Modality.OPINI, ("konflik_massa",))[1]


def test_a_passing_look_back_is_not_historical() -> None:
    title, text = "Massa Bakar Posko di Maros", "Posko dibakar Rabu malam. Tahun lalu kejadian serupa pernah terjadi."
    assert not attributes(title, text, Modality.KEJADIAN, ("perusakan",))[1]


def test_a_refused_petition_ends_a_dispute_and_denies_none() -> None:
    title = "Bawaslu Tolak Permohonan Bakal Calon yang Dinyatakan Tidak Memenuhi Syarat"
    text = "Bawaslu menolak seluruh permohonan bakal calon yang menggugat KPU. Permohonan ditolak untuk seluruhnya."
    negated, _ = attributes(title, text, Modality.PENANGANAN_HUKUM, ("sengketa_tahapan",))
    assert not negated


@pytest.mark.parametrize(
    ("title", "text", "modality", "asserted", "negated"),
    [
        (
            "Kupon Bensin Dinyatakan Bukan Politik Uang",
            "Bawaslu menutup perkara itu.",
            "penanganan_hukum",
            "politik_uang",
            True,
        ),
        (
            "Bawaslu Hentikan Kasus Camat",
            "Unsur pidana tidak terpenuhi.",
            "penanganan_hukum",
            "netralitas_aparatur",
            True,
        ),
        (
            "Polisi Bantah Ada Suap",
            "Polisi membantah ada suap dalam kasus itu.",
            "penanganan_hukum",
            "perusakan",
            False,
        ),
        ("Camat Bantah Ajak Warga", "Camat membantah tudingan itu.", "dugaan", "netralitas_aparatur", True),
        ("Tak Ada Kericuhan Saat Pencoblosan", "Seluruh TPS aman.", "pencegahan_kegiatan", "konflik_massa", True),
    ],
)
def test_what_was_not_proven_is_negated_and_a_side_denial_is_not(
    title: str, text: str, modality: str, asserted: str, negated: bool
) -> None:
    assert attributes(title, text, Modality(modality), (asserted,))[0] is negated


def test_an_anniversary_in_the_title_is_historical_and_a_running_trial_is_not() -> None:
    title, text = "Setahun Galodo, Warga Berdoa di Tepi Sungai", "Warga berdoa bersama, Minggu."
    assert attributes(title, text, Modality.KEJADIAN, ("bencana_cuaca",))[1]
    title, text = "Polisi Periksa Saksi Tragedi Stadion", "Penyidik memeriksa saksi tragedi tahun lalu itu."
    assert not attributes(title, text, Modality.PENANGANAN_HUKUM, ("konflik_massa",))[1]
