"""A sentence for each family of other names: abbreviations, names of before, spellings, landmarks, and what is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.gazetteer import Level

if TYPE_CHECKING:
    from classifiers.places import Locator
    from data.records import Place

ABBREVIATIONS = """
13.01 Pessel, 13.12 Pasbar, 13.11 Solsel, 13.07 Liko, 14.02 Inhu, 14.04 Inhil, 14.09 Kuansing, 14.06 Rohul, 14.07 Rohil,
12.13 Madina, 12.21 Palas, 12.20 Paluta, 12.22 Labusel, 12.23 Labura, 12.03 Tapsel, 12.02 Taput, 12.01 Tapteng, 12.18 Sergai,
12.14 Nisel, 12.16 Humbahas, 11.12 Abdya, 11.18 Pijay, 16.13 Muratara, 16.02 OKI, 16.01 OKU, 16.08 OKUT, 16.09 OKUS, 16.12 PALI,
16.06 Muba, 16.05 Mura, 15.06 Tanjabbar, 15.07 Tanjabtim, 18.13 Pesibar, 18.12 Tubaba, 18.05 Tuba, 18.02 Lamteng, 18.01 Lamsel,
18.07 Lamtim, 18.04 Lambar, 18.03 Lampura, 19.03 Basel, 19.04 Bateng, 19.05 Babar, 19.06 Beltim, 32.17 KBB, 34.03 Gunkid,
52.01 Lobar, 52.02 Loteng, 52.03 Lotim, 52.08 KLU, 52.07 KSB, 53.02 TTS, 53.03 TTU, 53.15 Mabar, 53.19 Matim, 53.18 SBD,
53.06 Flotim, 53.17 Sumteng, 61.11 KKU, 61.12 KKR, 62.02 Kotim, 62.01 Kobar, 62.04 Barsel, 62.05 Barut, 62.13 Bartim,
62.11 Pulpis, 62.10 Gumas, 63.06 HSS, 63.07 HST, 63.08 HSU, 63.10 Tanbu, 63.01 Tala, 63.04 Batola, 64.09 PPU, 64.02 Kukar,
64.07 Kubar, 64.11 Mahulu, 64.08 Kutim, 71.06 Minut, 71.07 Mitra, 71.05 Minsel, 71.01 Bolmong, 71.08 Bolmut, 71.10 Boltim,
71.11 Bolsel, 71.09 Sitaro, 72.08 Parimo, 72.09 Touna, 72.07 Bangkep, 72.11 Balut, 72.12 Morut, 73.14 Sidrap, 73.10 Pangkep,
73.24 Lutim, 73.22 Lutra, 73.26 Torut, 73.18 Tator, 74.05 Konsel, 74.11 Koltim, 74.12 Konkep, 74.09 Konut, 74.08 Kolut,
74.13 Mubar, 74.15 Busel, 74.14 Buteng, 74.10 Butur, 75.03 Bonbol, 75.05 Gorut, 76.04 Polman, 76.01 Matra, 76.06 Mateng,
81.05 SBT, 81.06 SBB, 81.03 KKT, 81.02 Malra, 81.01 Malteng, 81.08 MBD, 81.09 Bursel, 82.01 Halbar, 82.04 Halsel,
82.02 Halteng, 82.03 Halut, 82.06 Haltim, 92.11 Mansel, 92.12 Pegaf, 95.02 Pegubin, 95.05 Mamteng, 96.02 Sorsel
"""
PAIRS = [tuple(pair.split()) for pair in ABBREVIATIONS.replace("\n", " ").split(",")]


def codes(locator: Locator, text: str) -> set[str]:
    return {place.code for place in locator.locate("", text)}


@pytest.mark.parametrize(("code", "name"), PAIRS)
def test_an_abbreviation_of_a_kabupaten_is_known_behind_an_office_and_a_type_word(
    locator: Locator, code: str, name: str
) -> None:
    assert codes(locator, f"Bupati {name} meninjau korban banjir.") == {code}
    assert codes(locator, f"Banjir melanda Kabupaten {name} pada Kamis.") == {code}


@pytest.mark.parametrize(
    "code", ["31.71", "13.01", "16.12", "53.20", "64.11", "71.09", "73.14", "81.08", "95.07", "96.05"]
)
def test_the_official_name_is_known_too(locator: Locator, code: str) -> None:
    assert code in codes(locator, f"KPU {locator.gazetteer.name(code)} menunda rekapitulasi suara.")


def test_every_kabupaten_and_kota_is_known_by_its_full_name(locator: Locator) -> None:
    names = {code: locator.gazetteer.name(code) for code in locator.gazetteer.codes(Level.KABKOTA)}
    missed = [name for code, name in names.items() if code not in codes(locator, f"Banjir melanda {name} kemarin.")]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # names of before
        ("Bentrokan terjadi di Kabupaten Pontianak pada 2010.", {"61.02"}),
        ("Bentrokan terjadi di Kota Pontianak pada 2010.", {"61.71"}),
        ("Warga Kabupaten Pasir menolak tambang.", {"64.01"}),
        ("Banjir merendam Kabupaten Kutai Barat.", {"64.07"}),
        ("Bupati Maluku Tenggara Barat membuka rapat.", {"81.03"}),
        ("KPU Mamuju Utara menunda pleno.", {"76.01"}),
        ("Bupati Toba Samosir membuka rapat.", {"12.12"}),
        ("Gempa mengguncang Daerah Istimewa Aceh pada 1983.", {"11"}),
        ("TPS di Kecamatan Seberang Ulu I, Palembang, terbakar.", {"16.71.02", "16.71"}),
        ("Warga VII Koto Sungai Sarik, Padang Pariaman, mengungsi.", {"13.05.05", "13.05"}),
        # local spellings
        ("Banjir merendam Lubuak Alung, Padang Pariaman.", {"13.05.01", "13.05"}),
        ("Banjir merendam Lubuak Basuang, Agam.", {"13.06.02", "13.06"}),
        ("Longsor di Kecamatan Canduang, Agam.", {"13.06.14", "13.06"}),
        ("Longsor di Kecamatan Ampek Koto, Agam.", {"13.06.05", "13.06"}),
        ("Kebakaran di Kecamatan Bukit Barisan, Lima Puluh Kota.", {"13.07.12", "13.07"}),
        ("Kebakaran di Kecamatan Koto XI Tarusan, Pesisir Selatan.", {"13.01.07", "13.01"}),
        ("Kebakaran di Kecamatan XI Koto Tarusan, Pesisir Selatan.", {"13.01.07", "13.01"}),
        ("Rumah terbakar di Bandar Buat, Padang.", {"13.71.07.1004", "13.71"}),
        # nicknames
        ("Banjir melanda Ranah Cati Nan Tigo.", {"13.10"}),
        ("Demo mahasiswa di Kota Daeng berakhir ricuh.", {"73.71"}),
        # landmarks
        ("Longsor menutup jalan di Kelok Sembilan.", {"13.07"}),
        ("Pesawat tergelincir di Bandara Sam Ratulangi.", {"71.71"}),
        ("Pesawat tergelincir di Bandara Sultan Hasanuddin.", {"73.09"}),
        ("Massa membakar ban di Jembatan Ampera.", {"16.71"}),
        ("Bentrokan pecah di Pulau Rempang.", {"21.71"}),
        ("Erupsi Gunung Lewotobi Laki-laki menewaskan warga.", {"53.06"}),
        # on the border of two: both
        ("Pendaki hilang di Gunung Sago.", {"13.07", "13.04"}),
        ("Pendaki hilang di Gunung Ciremai.", {"32.08", "32.10"}),
        # with an initial, doubled, or with a sign of multiplication
        ("Korban dirawat di RSUP M. Djamil.", {"13.71"}),
        ("Kampanye di GOR H. Agus Salim ricuh.", {"13.71"}),
        ("Banjir melanda Kabupaten Toli-toli.", {"72.04"}),
        ("Banjir melanda Kota Bau-bau.", {"74.72"}),
        ("Banjir melanda Kabupaten Tojo Una-una.", {"72.09"}),
        ("Banjir di Kecamatan 2 x 11 Kayu Tanam, Padang Pariaman.", {"13.05.15", "13.05"}),
        # no place
        ("Pertandingan FC Basel digelar di Basel, Swiss.", set()),
        ("Harga babar dan sarai naik.", set()),
        ("Komisi Kebenaran dan Rekonsiliasi (KKR) memeriksa saksi.", set()),
        ("Aru Wijaya (34) ditangkap polisi.", set()),
    ],
)
def test_other_names_lead_to_their_units(locator: Locator, text: str, expected: set[str]) -> None:
    assert codes(locator, text) == expected


@pytest.mark.parametrize(
    ("text", "province", "among"),
    [
        ("Kebakaran hutan di Gunung Merbabu meluas.", "33", {"33.08", "33.09", "33.22"}),
        ("Kebakaran hutan di Gunung Kelud meluas.", "35", {"35.06", "35.05", "35.07"}),
        ("Bentrokan pecah di Pulau Bangka.", "19", {"19.01", "19.03", "19.04", "19.05", "19.71"}),
    ],
)
def test_what_lies_in_three_and_more_is_its_province_with_the_parts_as_alternatives(
    locator: Locator, text: str, province: str, among: set[str]
) -> None:
    (place,) = locator.locate("", text)
    assert place.code == province
    assert place.ambiguous
    assert {code for code, _ in place.alternatives} <= among
    assert place.alternatives


def test_a_toll_road_is_where_it_most_likely_is_and_says_that_it_may_be_elsewhere(locator: Locator) -> None:
    (place,) = locator.locate("", "Kecelakaan beruntun terjadi di Tol Cipularang.")
    assert place.code == "32.14"
    assert place.ambiguous
    assert [code for code, _ in place.alternatives] == ["32.17"]


@pytest.mark.parametrize(
    ("name", "province", "code"),
    [
        ("Purbalingga", "Jawa Tengah", "33.03"),
        ("Lamandau", "Kalimantan Tengah", "62.09"),
        ("Karimun", "Kepulauan Riau", "21.02"),
        ("Sungai Penuh", "Jambi", "15.72"),
        ("Merauke", "Papua Selatan", "93.01"),
    ],
)
def test_a_kabupaten_before_its_province_is_not_its_kecamatan_of_that_name(
    locator: Locator, name: str, province: str, code: str
) -> None:
    assert code in codes(locator, f"Polisi menangkap pelaku di {name}, {province}.")
    assert not any(found.startswith(code + ".") for found in codes(locator, f"Banjir terjadi di {name}, {province}."))


def test_every_other_name_is_found_and_means_one_of_its_units(locator: Locator) -> None:
    missed = []
    for alias in locator.gazetteer.aliases:
        province = locator.gazetteer.name(alias.codes[0][:2])
        tries = (
            f"Kebakaran terjadi di {alias.text}.",
            f"Kebakaran di {alias.text}, {province}.",
            f"Bupati {alias.text}.",
        )
        found = {
            code for text in tries for place in locator.locate("", text) for code in (place.code, *place_codes(place))
        }
        if not any(code.startswith(own) for code in found for own in alias.codes):
            missed.append(alias.text)
    assert missed == []


def place_codes(place: Place) -> tuple[str, ...]:
    return tuple(code for code, _ in place.alternatives)
