from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from classifiers.harm import Harm, _patterns, find_harm
from classifiers.text import read_document
from data.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def harm(text: str, year: int | None = None) -> Harm:
    return find_harm(read_document("", text), year)


def counted(text: str, kind: str) -> int | None:
    fact = harm(text).most(kind)
    return fact.count if fact else None


@pytest.mark.parametrize(
    ("text", "kind", "count"),
    [
        ("Tiga warga meninggal dunia.", "tewas", 3),
        ("Serangan itu menewaskan 12 orang.", "tewas", 12),
        ("Seorang prajurit TNI gugur ditembak.", "tewas", 1),
        ("Belasan mahasiswa luka-luka.", "luka", 11),
        ("Lima orang menderita luka bacok.", "luka_berat", 5),
        ("Sebanyak 1.204 orang terluka.", "luka", 1204),
        ("Ratusan massa datang.", "massa", 200),
        ("Sekitar 350 pendukung datang.", "massa", 350),
        ("Banjir merendam tujuh TPS.", "tps", 7),
        ("Bentrok meluas ke tiga kecamatan.", "kecamatan", 3),
        ("Sebanyak 37 ribu lembar surat suara pemilihan bupati salah cetak.", "lembar", 37_000),
    ],
)
def test_numbers_are_read_in_digits_and_words(text: str, kind: str, count: int) -> None:
    assert counted(text, kind) == count


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Massa membakar kantor camat.", "pembakaran"),
        ("Dua kotak suara dibakar orang tak dikenal.", "surat_suara_dibakar"),
        ("Toko-toko dijarah.", "pembakaran"),
        ("Empat pria membawa celurit.", "senjata"),
        ("Kontak tembak berlangsung 20 menit.", "senjata"),
        ("Kantor KPU dikepung massa.", "kepung"),
        ("Rekapitulasi tingkat kecamatan terpaksa dihentikan.", "tahap_terhenti"),
        ("Bawaslu merekomendasikan PSU di dua TPS.", "psu"),
        ("Anggota Panwascam dipukul warga.", "sasaran_penyelenggara"),
        ("Oknum aparat mengintimidasi dua wartawan.", "sasaran_pers"),
        ("Sebuah masjid dilempari batu.", "sasaran_ibadah"),
        ("Bom meledak di dekat gudang.", "bom"),
        ("Pilkada di kabupaten itu ditunda.", "tahap_terhenti"),
        ("MK memerintahkan KPU menghitung dan melakukan penghitungan suara ulang.", "hitung_ulang"),
        ("Seorang korban dalam kondisi kritis.", "luka_berat"),
    ],
)
def test_a_fact_is_found(text: str, kind: str) -> None:
    assert harm(text).has(kind)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Tidak ada korban jiwa dalam kejadian itu.", "tewas"),
        ("Belum ada laporan korban jiwa.", "tewas"),
        ("Aksi itu berlangsung tanpa ada yang terluka.", "luka"),
        ("Jika ricuh, rekapitulasi dihentikan.", "tahap_terhenti"),
        ("Polisi berjaga agar tidak terjadi bentrok.", "bentrok"),
        ("Ketua KPU menyampaikan hal itu kepada wartawan.", "sasaran_pers"),
        ("Mahasiswa membakar ban bekas di depan kantor.", "pembakaran"),
        ("Polisi menembakkan gas air mata.", "senjata"),
        ("Nama orang meninggal masih tercatat di DPT.", "tewas"),
        ("Dua tahun lalu massa membakar kantor itu.", "pembakaran"),
        ("Dalam simulasi itu massa membakar kantor.", "pembakaran"),
        ("Pemohon meminta pemungutan suara di 46 TPS.", "tps"),
        ("Pemilih memberikan suara di 486 TPS.", "tps"),
        ("Surat suara rusak ditemukan, dari 486 TPS yang ada.", "tps"),
        ("Ia batal maju pada Pilkada tahun ini.", "tahap_terhenti"),
        ("Polisi bersenjata lengkap berjaga di depan kantor.", "senjata"),
        ("Mahasiswa diminta berpikir kritis.", "luka_berat"),
        ("Massa mengancam akan membakar kantor camat.", "pembakaran"),
    ],
)
def test_what_is_denied_imagined_asked_or_past_is_no_fact(text: str, kind: str) -> None:
    assert not harm(text).has(kind)


def test_a_sentence_of_an_earlier_year_is_background() -> None:
    text = "Pada 2019 kantor itu dibakar massa."
    assert not harm(text, 2024).has("pembakaran")
    assert harm(text, 2019).has("pembakaran")


def test_without_a_year_of_publication_the_latest_in_the_text_takes_its_place() -> None:
    text = "Massa datang pada 3 Desember 2024. Pada 2019 kantor itu dibakar massa."
    assert not harm(text).has("pembakaran")


def test_a_fact_keeps_its_span() -> None:
    text = "Rapat ricuh. Massa membakar kantor camat."
    fact = harm(text).first("pembakaran")
    assert fact is not None
    assert text[fact.start : fact.end] == "membakar kantor"


def test_an_expression_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "harm.toml"
    path.write_text("[potongan]\n[fakta]\nsalah = ['(']\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="salah"):
        _patterns(path)


@pytest.mark.parametrize(
    "text",
    [
        "tewas " * 10_000,
        "dua ratus " * 6_000,
        "kpu wartawan masjid bakar " * 2_300,
        "pleno a b c d e f g " * 3_000,
        "tidak ada " * 6_000,
    ],
)
def test_a_text_without_full_stops_is_read_only_so_far(text: str) -> None:
    assert len(harm(text).facts) < 100


@pytest.mark.parametrize(
    "text",
    [
        "Kapolres mengimbau pendukung agar tidak membakar posko, merusak baliho, atau mengeroyok lawan.",
        "Polisi mengantisipasi gangguan seperti bentrokan, pembakaran kantor, dan penjarahan toko.",
        "Sosialisasi itu membahas bahaya tawuran, senjata tajam, dan narkoba.",
        '"Jangan sampai massa membakar kantor KPU," kata Kapolres.',
        "Tidak ada korban jiwa maupun kerusakan dalam peristiwa itu.",
        "Hoaks pembakaran kantor KPU beredar di grup percakapan.",
        "Video yang menyebut pemungutan suara ditunda ternyata rekayasa.",
    ],
)
def test_what_an_appeal_a_talk_or_a_hoax_lists_is_no_harm(text: str) -> None:
    assert find_harm(read_document("", text), 2024).facts == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('"Saya dipukul dua kali lalu diseret," kata pengawas TPS.', "gesekan"),
        ("Massa tidak terima hasil, membakar kantor KPU, dan pulang.", "pembakaran"),
        ("Hoaks penculikan memicu kerusuhan di kota itu.", "rusuh"),
        ("Massa menyerang mapolsek usai simulasi pengamanan, tiga polisi luka.", "luka"),
        ("Rombongan calon diadang massa, dua pengawas TPS diadang pula.", "sasaran_penyelenggara"),
    ],
)
def test_a_victims_words_and_events_beside_such_words_are_harm(text: str, kind: str) -> None:
    assert kind in {fact.kind for fact in find_harm(read_document("", text), 2024).facts}
