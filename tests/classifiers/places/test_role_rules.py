"""Each rule by which a place beside the event is told from the others: ways, borders, offices, goods and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from classifiers.places import Locator

EVENT = "Kebakaran terjadi di Kecamatan Kinali, Kabupaten Pasaman Barat, Senin (4/11). "


def roles(locator: Locator, text: str) -> dict[str, str]:
    return {place.code: str(place.role) for place in locator.locate("", EVENT + text)}


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("Kendaraan dialihkan lewat Padang Panjang.", "13.74"),
        ("Sopir melaju menuju Bukittinggi.", "13.75"),
        ("Bus jurusan Pekanbaru tertahan.", "14.71"),
        ("Truk berangkat dari Sawahlunto pada malam hari.", "13.73"),
        ("Pesawat dari Jambi mendarat terlambat.", "15"),
        ("Feri Batam-Dumai batal berlayar.", "21.71"),
        ("Feri Batam-Dumai batal berlayar.", "14.72"),
        ("Bus berangkat dari Pekanbaru hendak ke Dumai.", "14.72"),
        ("Antrean terjadi di jalur Pantura Tegal-Brebes.", "33.29"),
    ],
)
def test_a_point_of_somebodys_way_is_a_route(locator: Locator, sentence: str, code: str) -> None:
    assert roles(locator, sentence)[code] == "rute"


def test_who_comes_from_a_place_is_no_route(locator: Locator) -> None:
    assert roles(locator, "Pedagang datang dari Bukittinggi.")["13.75"] == "latar"


def test_an_airport_on_the_way_names_no_unit_beside_the_event(locator: Locator) -> None:
    assert "36.71" not in roles(locator, "Ia terbang menuju Bandara Soekarno-Hatta.")


@pytest.mark.parametrize("joint", ["dan", "dengan", "serta", "dan Kabupaten"])
def test_both_sides_of_a_border_are_its_sides(locator: Locator, joint: str) -> None:
    text = f"Dua kelompok saling lempar di perbatasan Agam {joint} Pasaman, Sabtu malam."
    assert {place.code: str(place.role) for place in locator.locate("", text)} == {
        "13.06": "perbatasan",
        "13.08": "perbatasan",
    }


def test_a_border_stays_one_where_the_police_of_a_side_speaks(locator: Locator) -> None:
    text = "Dua kelompok saling lempar di perbatasan Agam dan Pasaman, Sabtu malam. Kapolres Agam menyesalkannya."
    assert {str(place.role) for place in locator.locate("", text)} == {"perbatasan"}


def test_a_border_does_not_reach_to_where_something_was_brought(locator: Locator) -> None:
    text = "Gula disita di perbatasan Agam lalu dibawa ke Padang."
    assert {place.code: str(place.role) for place in locator.locate("", text)}["13.71"] != "perbatasan"


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("Pemerintah Provinsi Riau mengirim selimut.", "14"),
        ("Dinas Sosial Provinsi Jambi mengirim selimut.", "15"),
        ("Kepala Dinas Perikanan Kabupaten Agam hadir.", "13.06"),
        ("Wakapolda Riau meninjau lokasi.", "14"),
    ],
)
def test_whose_an_office_is_handles_and_is_no_background(locator: Locator, sentence: str, code: str) -> None:
    assert roles(locator, sentence)[code] == "penanganan"


def test_a_provinces_office_does_not_make_the_province_the_scope(locator: Locator) -> None:
    title = "Gubernur Banten Kunjungi Pengungsi di Pandeglang"
    text = "Gubernur Banten mengunjungi pengungsi di Kecamatan Patia, Kabupaten Pandeglang, Jumat (6/12)."
    found = {place.code: str(place.role) for place in locator.locate(title, text)}
    assert found["36"] == "penanganan"


def test_a_name_with_a_surname_and_an_age_is_a_person(locator: Locator) -> None:
    found = roles(locator, "Korban, Semarang Widodo (41), dirawat di puskesmas.")
    assert not any(code.startswith("33") for code in found)


def test_a_place_before_an_aged_person_stays_a_place(locator: Locator) -> None:
    assert "13.71" in roles(locator, "Warga Padang Rinaldi Putra (41) melapor.")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Kebakaran melanda pasar di Tarutung.", "12.02.01"),
        ("Kebakaran melanda pasar di Dobo.", "81.07"),
        ("LARANTUKA - Kebakaran melanda pasar ikan.", "53.06"),
        ("Kebakaran melanda pasar di Kabupaten Polewali Mamasa.", "76.04"),
        ("Kebakaran melanda pasar di Kabupaten Sawahlunto/Sijunjung.", "13.03"),
        ("Kebakaran melanda pasar di Manokwari, Irian Jaya Barat.", "92"),
    ],
)
def test_a_capital_stands_alone_and_an_older_name_is_todays_unit(locator: Locator, text: str, code: str) -> None:
    assert code in {place.code for place in locator.locate("", text)}


@pytest.mark.parametrize(
    "text", ["Pembicaranya Rocky Gerung.", "Anggi Lestari memimpin rapat.", "Ia membaca buku Seba."]
)
def test_a_persons_name_that_a_capital_has_too_is_no_place(locator: Locator, text: str) -> None:
    assert locator.locate("", text) == ()
