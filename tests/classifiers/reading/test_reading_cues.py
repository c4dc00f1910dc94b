"""Cues: one root in all its inflections, what must stand near, and words in another sense."""

import pytest

from classifiers.cues import CueFinder, inflections
from classifiers.text import read_document
from data.taxonomy import Cue, Taxonomy, load_taxonomy


def finder(*phrases: str, **conditions: tuple[str, ...]) -> CueFinder:
    return CueFinder(Taxonomy((), (Cue("c", "dugaan", phrases, 1.0, "sebab", **conditions),), ""))


def found(cues: CueFinder, text: str) -> list[str]:
    document = read_document("", text)
    return [document.span(hit.zone, hit.start, hit.end) for hit in cues.find(document)]


@pytest.mark.parametrize(
    ("root", "forms"),
    [
        ("rusak", ["dirusak", "merusak", "perusakan", "pengrusakan", "kerusakan", "rusak", "merusakkan"]),
        ("sobek", ["disobek", "menyobek", "penyobekan", "tersobek"]),
        ("pukul", ["dipukuli", "memukul", "pemukulan"]),
        ("tikam", ["ditikam", "menikam", "penikaman"]),
        ("keroyok", ["dikeroyok", "mengeroyok", "pengeroyokan"]),
        ("bakar", ["dibakar", "membakar", "pembakaran", "terbakar"]),
        ("geruduk", ["digeruduk", "menggeruduk"]),
        ("ancam", ["diancam", "mengancam", "ancaman", "pengancaman"]),
        ("bom", ["mengebom", "pengeboman", "dibom"]),
        ("serang", ["nyerang", "diserangin", "penyerangan"]),
        ("keroyok", ["ngeroyok", "dikeroyokin"]),
        ("bagi", ["dibagikan", "membagikan", "bagi-bagi", "membagi-bagikan", "pembagian"]),
    ],
)
def test_a_root_is_found_in_the_forms_that_news_writes(root: str, forms: list[str]) -> None:
    assert set(forms) <= inflections(root)


def test_a_root_with_plus_leaves_the_bare_word_alone() -> None:
    assert found(finder("+pukul"), "Sekitar pukul 10.00 ia dipukuli, pemukulnya kabur.") == ["dipukuli", "pemukulnya"]


def test_a_spoken_form_takes_no_name_of_a_place() -> None:
    assert "nduga" not in inflections("duga")


def test_a_doubled_word_is_the_word() -> None:
    assert found(finder("baliho"), "Baliho-baliho dan balihonya hilang.") == ["Baliho-baliho", "balihonya"]


def test_a_gap_holds_four_words_within_one_sentence() -> None:
    cues = finder("*bagi .. uang")
    assert found(cues, "Ia membagikan sejumlah besar uang.") == ["membagikan sejumlah besar uang"]
    assert found(cues, "Ia membagikan kaus. Uang tidak ada.") == []
    assert found(cues, "Ia membagikan kaus topi payung stiker kalender serta uang.") == []


def test_words_that_are_one_thing_and_alternatives_are_found() -> None:
    cues = finder("unjuk rasa", "kotak suara rusak|hilang")
    assert found(cues, "Unjuk rasa digelar; kotak suara hilang.") == ["Unjuk rasa", "kotak suara hilang"]


def test_a_condition_near_reaches_one_sentence_further_and_far_only_the_same() -> None:
    near = finder("amplop", near=("uang",))
    assert found(near, "Amplop disita. Isinya uang.") == ["Amplop"]
    assert found(near, "Amplop disita. Hari itu hujan. Isinya uang.") == []
    far = finder("banjir", far=("dukungan",))
    assert found(far, "Banjir dukungan untuk petenis muda. Banjir melanda kota.") == ["Banjir"]


def test_a_condition_elsewhere_holds_over_the_whole_article() -> None:
    cues = finder("sembako", elsewhere=("calon",))
    assert found(cues, "Sembako dibagikan. Hari cerah. Nama calon tertera.") == ["Sembako"]
    assert found(cues, "Sembako dibagikan di masjid.") == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Baliho paslon disobek OTK di Pilkada.", "perusakan"),
        ("Massa menggeruduk kantor KPU.", "konflik_massa"),
        ("Surat suara tertukar di dua TPS.", "logistik_tps"),
        ("KPPS mencoblos sisa surat suara di TPS 3.", "integritas_penyelenggara"),
        ("Bawaslu temukan pemilih ganda dalam DPT.", "data_pemilih"),
        ("Paslon berkampanye pada masa tenang.", "pelanggaran_kampanye"),
        ("Bupati petahana memutasi pejabat jelang Pilkada.", "penyalahgunaan_wewenang"),
        ("Camat mengajak warga memilih calon bupati nomor 1.", "netralitas_aparatur"),
        ("Pria bacok saksi paslon di TPS.", "kekerasan_intimidasi"),
        ("Rombongan calon bupati diadang warga.", "kekerasan_intimidasi"),
        ("Nama kades tercantum dalam SK tim pemenangan.", "netralitas_aparatur"),
        ("Sirekap gangguan, petugas TPS terkendala jaringan internet.", "logistik_tps"),
        ("KPU mencabut aturan batas usia calon.", "sengketa_tahapan"),
        ("Timses bagi2 duit jelang pilkda.", "politik_uang"),
        ("Politik-uang dan serangan-fajar jelang pilkada.", "politik_uang"),
    ],
)
def test_shipped_cues_know_the_plainest_case_of_each_signal(text: str, label: str) -> None:
    hits = CueFinder(load_taxonomy()).find(read_document("", text))
    assert label in {hit.cue.label for hit in hits if hit.cue.weight > 0}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Petenis muda kebanjiran pujian, banjir dukungan datang dari warganet.", "bencana_cuaca"),
        ("Masjid membagikan sembako kepada duafa.", "politik_uang"),
        ("Serangan fajar timnas membuahkan gol.", "politik_uang"),
        ("Tsunami dukungan mengguncang panggung politik; hujan interupsi pun turun.", "bencana_cuaca"),
        ("Lapangan dibanjiri relawan calon bupati.", "bencana_cuaca"),
        ("Dua calon saling serang dan saling sindir dalam debat.", "konflik_massa"),
        ("Calon wakil bupati terkena serangan jantung.", "kekerasan_intimidasi"),
        ("Pilgub menjadi perang bintang, para calon bertempur merebut suara.", "kekerasan_intimidasi"),
        ("Harga cabai menjadi bom waktu bagi petahana.", "kekerasan_intimidasi"),
        ("Keluarga calon bupati membagikan amplop undangan pernikahan.", "politik_uang"),
    ],
)
def test_shipped_cues_leave_other_senses_alone(text: str, label: str) -> None:
    hits = CueFinder(load_taxonomy()).find(read_document("", text))
    points = sum(hit.cue.weight for hit in hits if hit.cue.label == label)
    assert points <= 0
