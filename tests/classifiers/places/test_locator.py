"""The locator on made-up pieces: roles, spans, datelines, outlets, and texts that no paper prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from classifiers.places import Locator
from data.errors import SettingsError
from data.records import PlaceRole

if TYPE_CHECKING:
    from pathlib import Path

    from data.records import Place

RELEASE_TITLE = "Pjs Wako Payakumbuh Ikuti Rakor Kesiapan Pengamanan Pemilihan se Sumbar"
RELEASE = (
    "Payakumbuh-Pjs Wali Kota Payakumbuh, H. Rinaldi Saputra, bersama Kepala Kesbangpol Kota Payakumbuh ikut rapat"
    " koordinasi Pemerintah Provinsi dengan Pemerintah Kabupaten dan Kota se-Sumatera Barat. Kegiatan itu berlangsung di"
    " Aula Balaikota Pariaman, Rabu, 6 November 2024.\n"
    "Rapat dihadiri seluruh kepala daerah di Sumatra Barat. Pjs Wali Kota Payakumbuh berharap situasi tetap kondusif."
)


def roles(places: tuple[Place, ...]) -> dict[str, str]:
    return {place.code: str(place.role) for place in places}


def test_a_release_dated_in_one_city_about_a_meeting_in_another_is_placed_where_the_meeting_was(
    locator: Locator,
) -> None:
    found = roles(locator.locate(RELEASE_TITLE, RELEASE))
    assert found == {"13.77": "kejadian", "13": "cakupan", "13.76": "sumber"}


def test_a_place_that_only_the_dateline_names_is_a_source_beside_the_event(locator: Locator) -> None:
    text = "PADANG, KABARNAGARI.ID – Kebakaran terjadi di Kecamatan Lubuk Sikaping, Pasaman, Senin (4/11)."
    found = roles(locator.locate("Kebakaran di Lubuk Sikaping, Pasaman", text))
    assert found == {"13.08.05": "kejadian", "13.08": "latar", "13.71": "sumber"}


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("Bukittinggi-Warga menemukan spanduk robek.", "13.75"),
        ("Padang (ANTARA) - Warga menemukan spanduk robek.", "13.71"),
        ("Padang, (Antaranews Sumbar) - Warga menemukan spanduk robek.", "13.71"),
        ("Lubuk Basung (ANTARA) - Warga menemukan spanduk robek.", "13.06.02"),
        ("JAKARTA, KOMPAS.com - Warga menemukan spanduk robek.", "31"),
        ("TRIBUNPADANG.COM, PADANG PARIAMAN - Warga menemukan spanduk robek.", "13.05"),
        ("BUKITTINGGI, METRO– Warga menemukan spanduk robek.", "13.75"),
        ("PADANG, HARIANHALUAN.ID – Warga menemukan spanduk robek.", "13.71"),
        ("SIMPANGEMPAT, RADARSUMBAR.COM – Warga menemukan spanduk robek.", "13.12"),
        ("UTUSANINDO.COM, ( PADANG) – Warga menemukan spanduk robek.", "13.71"),
        ("INFO|MENTAWAI - Warga menemukan spanduk robek.", "13.09"),
        ("AGAM, Marapi Post- Warga menemukan spanduk robek.", "13.06"),
        ("PASBAR — Warga menemukan spanduk robek.", "13.12"),
        ("Liputan6.com, Padang Warga menemukan spanduk robek.", "13.71"),
    ],
)
def test_every_form_of_dateline_gives_its_place(locator: Locator, head: str, code: str) -> None:
    assert code in {place.code for place in locator.locate("", head)}


@pytest.mark.parametrize(
    "text",
    [
        "Langgam.id- Warga menemukan spanduk robek.",
        "Mjnews.id – Warga menemukan spanduk robek.",
        "Linda - BUKITTINGGI.KABARNAGARI.CO.ID melaporkan.",
    ],
)
def test_a_brand_is_no_place(locator: Locator, text: str) -> None:
    assert locator.locate("", text) == ()


def test_a_province_in_brackets_after_the_dateline_city_is_found_too(locator: Locator) -> None:
    text = "SAWAHLUNTO (SUMBAR), SUARABARU.ID- Warga menemukan spanduk robek."
    assert {place.code for place in locator.locate("", text)} == {"13.73", "13"}


def test_a_dateline_that_runs_into_a_second_place_is_a_route(locator: Locator) -> None:
    found = {place.code for place in locator.locate("", "Padang-Bukittinggi macet total sejak pagi.")}
    assert found == {"13.71", "13.75"}


def test_an_all_capitals_title_is_read(locator: Locator) -> None:
    found = locator.locate("GAKKUMDU SETOP LAPORAN PEMBAGIAN SEMBAKO DI KOTA SOLOK", "")
    assert [(place.code, place.role) for place in found] == [("13.72", PlaceRole.KEJADIAN)]


def test_an_all_lower_case_text_is_read(locator: Locator) -> None:
    assert {place.code for place in locator.locate("", "kebakaran di kecamatan talawi, sawahlunto")} == {
        "13.73.04",
        "13.73",
    }


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Banjir di Kab. Tanah Datar.", {"13.04"}),
        ("Banjir di Kec. Lima Kaum, Kab. Tanah Datar.", {"13.04.04", "13.04"}),
        ("Kebakaran di Kel. Lubuk Buaya, Kec. Koto Tangah, Kota Padang.", {"13.71.11.1009", "13.71.11", "13.71"}),
        ("Longsor di Ds. Sapit, Kec. Suwela, Lombok Timur.", {"52.03.16.2005", "52.03.16", "52.03"}),
        ("Kebakaran di Gampong Keudah, Banda Aceh.", {"11.71.06.2001", "11.71"}),
        ("Pohon tumbang di Pekon Kampung Baru, Kabupaten Tanggamus.", {"18.06"}),
        ("Penembakan di Distrik Ilaga, Kabupaten Puncak.", {"94.05.01", "94.05"}),
        ("Kebakaran di SIMPANGEMPAT, Pasaman Barat.", {"13.12"}),
        ("Kebakaran di Tanahdatar.", {"13.04"}),
    ],
)
def test_type_words_of_every_region_and_joined_names_are_read(locator: Locator, text: str, codes: set[str]) -> None:
    assert codes <= {place.code for place in locator.locate("", text)}


def test_a_span_is_the_name_itself_in_its_zone(locator: Locator) -> None:
    title, text = "Banjir di Pasaman Barat", "Air naik di Kecamatan Kinali, Pasaman Barat, sejak pagi."
    for place in locator.locate(title, text):
        source = title if place.zone == "title" else text
        assert source[place.start : place.end] in {"Pasaman Barat", "Kinali"}


def test_an_ambiguous_name_keeps_its_alternatives(locator: Locator) -> None:
    (place,) = locator.locate("", "Unjuk rasa digelar di Solok.")
    assert place.ambiguous
    assert {place.code, *(code for code, _ in place.alternatives)} >= {"13.02", "13.72"}
    assert 0 < place.confidence < 0.75


def test_a_kecamatan_decides_between_kabupaten_and_kota(locator: Locator) -> None:
    places = locator.locate("", "Unjuk rasa digelar di Solok. Massa datang dari Kecamatan Lubuk Sikarah.")
    assert next(place for place in places if len(place.code) == 5).code == "13.72"


def test_what_the_outlet_covers_decides_between_desa_of_one_name(locator: Locator) -> None:
    text = "Kebakaran terjadi di Kecamatan Talawi."
    here = locator.locate("", text, outlet_provinces=("13",), outlet_regencies=("13.73",))
    there = locator.locate("", text, outlet_provinces=("12",), outlet_regencies=("12.19",))
    assert [place.code for place in here] == ["13.73.04"]
    assert [place.code for place in there] == ["12.19.05"]


def test_the_outlet_never_adds_a_place(locator: Locator) -> None:
    assert locator.locate("Harga cabai naik", "Pedagang mengeluh.", outlet_regencies=("13.71",)) == ()


def test_kabupaten_of_the_provinces_split_from_papua_go_with_papua(locator: Locator) -> None:
    codes = {place.code for place in locator.locate("", "Baku tembak terjadi di Kabupaten Nduga, Papua.")}
    assert codes == {"95.08", "91"}


def test_an_end_of_a_route_beside_an_event_is_a_route(locator: Locator) -> None:
    text = (
        "Kecelakaan terjadi di ruas jalan Padang-Bukittinggi, tepatnya di Kecamatan X Koto, Tanah Datar, Senin (4/11)."
    )
    found = roles(locator.locate("Kecelakaan di X Koto, Tanah Datar", text))
    assert found["13.04.01"] == "kejadian"
    assert found["13.71"] == found["13.75"] == "rute"


@pytest.mark.parametrize("text", ["", " ", "\n\n", "?!…", "北京发生地震。", "Землетрясение в Москве.", "🙂" * 500])
def test_a_text_without_names_gives_nothing(locator: Locator, text: str) -> None:
    assert locator.locate(text, text) == ()


def test_one_unknown_place_does_not_empty_the_others(locator: Locator) -> None:
    text = "Banjir merendam Desa Antahberantah, Kecamatan Entahdimana, Kota Payakumbuh."
    assert {place.code for place in locator.locate("", text)} == {"13.76"}


def test_five_thousand_names_end_in_bounded_work(locator: Locator) -> None:
    places = locator.locate("", "Banjir di Padang, Solok Selatan dan Kota Pariaman. " * 1_700)
    assert {place.code for place in places} == {"13.71", "13.11", "13.77"}


def test_a_text_of_a_megabyte_is_read_to_its_limit(locator: Locator) -> None:
    assert [place.code for place in locator.locate("", "Banjir di Kota Padang. " + "kata lain " * 110_000)] == ["13.71"]


@pytest.mark.parametrize("piece", ["A", "a.b.", "“", '"', "-", "Padang ", "Padang, Solok, Bogor, ", "di ", "(", "\n"])
def test_no_text_takes_more_than_work_in_proportion_to_its_length(locator: Locator, piece: str) -> None:
    # A quadratic pattern would need hours for these; the suite's own time limit stops it.
    assert len(locator.locate("", piece * (300_000 // len(piece)))) <= 3


def test_a_folder_without_tables_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"rebuild it with scripts/build_gazetteer\.py"):
        Locator.load(tmp_path)


@pytest.mark.parametrize(
    "hall",
    [
        "Aula Balaikota Solok",
        "Aula Lantai 2 Kantor Wali Kota Solok",
        "ruang sidang DPRD Kota Solok",
        "halaman Mapolres Solok Kota",
        "Kantor KPU Kota Solok",
        "Pendopo Wali Kota Solok",
    ],
)
def test_the_building_of_an_office_is_where_something_was_held(locator: Locator, hall: str) -> None:
    title = "Wakil Bupati Agam Ikuti Rapat Kesiapan Pengamanan"
    text = (
        "Wakil Bupati Agam, Rinaldi Saputra, bersama Kepala Kesbangpol Kabupaten Agam ikut rapat koordinasi kesiapan"
        f" pengamanan. Kegiatan itu berlangsung di {hall}, Rabu, 6 November 2024.\nRapat dihadiri jajaran kepolisian."
    )
    found = roles(locator.locate(title, text))
    assert found["13.72"] == "kejadian"
    assert found["13.06"] == "penanganan"


def test_an_office_holder_is_no_building(locator: Locator) -> None:
    read = locator.read("", "Rapat di Bukittinggi dihadiri Wali Kota Solok dan Kapolres Agam di ruang utama.")
    assert [(place.code, place.mention.hall) for place in read.places] == [
        ("13.75", False),
        ("13.72", False),
        ("13.06", False),
    ]


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("Rapat digelar di Aula Kantor Gubernur Jawa Tengah, Selasa (5/11).", "33.74"),
        ("Unjuk rasa berlangsung di depan Gedung DPRD Sumatera Utara, Selasa (5/11).", "12.71"),
        ("Kecelakaan itu terjadi di Stasiun Yogyakarta, Selasa (5/11).", "34.71"),
    ],
)
def test_the_building_of_a_provinces_office_stands_in_its_capital(locator: Locator, sentence: str, code: str) -> None:
    assert roles(locator.locate("", sentence)).get(code) == "kejadian"


@pytest.mark.parametrize(
    "sentence",
    ["Gubernur Jawa Tengah membuka rapat itu.", "Rapat digelar di Kantor Gubernur DKI Jakarta, Selasa (5/11)."],
)
def test_a_governor_and_the_offices_of_jakarta_name_no_city(locator: Locator, sentence: str) -> None:
    assert [place.code for place in locator.locate("", sentence) if len(place.code) > 2 and place.code != "31.71"] == []


def test_a_province_at_the_end_of_an_address_is_not_the_scope(locator: Locator) -> None:
    text = "Kebakaran terjadi di Kecamatan Lubuk Sikaping, Kabupaten Pasaman, Sumatera Barat, Senin (4/11)."
    assert roles(locator.locate("Kebakaran di Lubuk Sikaping", text))["13"] == "latar"


def test_a_province_that_the_piece_is_about_is_the_scope_of_an_event_in_one_of_its_cities(locator: Locator) -> None:
    title = "Ribuan Buruh Jawa Tengah Tolak Upah Minimum"
    text = (
        "SEMARANG - Ribuan buruh di Jawa Tengah menggelar aksi menolak upah minimum provinsi di Kota Semarang, Rabu"
        " (30/11). Aksi diikuti buruh dari seluruh Jawa Tengah."
    )
    found = roles(locator.locate(title, text))
    assert found["33.74"] == "kejadian"
    assert found["33"] == "cakupan"


def test_an_unknown_kelurahan_with_its_city_behind_it_is_the_city_and_no_namesake_elsewhere(locator: Locator) -> None:
    found = roles(locator.locate("", "Surat suara kurang di TPS 3 Kelurahan Lolong, Padang, Rabu (27/11/2024)."))
    assert found == {"13.71": "kejadian"}


def test_names_that_a_lost_line_break_joined_to_the_word_before_are_found_each_in_its_own_span(
    locator: Locator,
) -> None:
    text = "Jadwal layanan hari ini:Kota Solok: Terminal Bareh SolokKota Pariaman: Pasar RakyatSawahlunto: Lapangan Segitiga"
    found = {place.code: text[place.start : place.end] for place in locator.locate("", text)}
    assert found == {"13.72": "Solok", "13.77": "Pariaman", "13.73": "Sawahlunto"}


def test_a_channel_written_in_one_word_with_a_place_is_no_place(locator: Locator) -> None:
    assert locator.locate("", "Hal itu disampaikannya kepada detikSumut.") == ()
