"""Older codes and names of units, what a new one was cut from, and the codes of BPS."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from data.catalogue import load_catalogue
from data.errors import CatalogueError, SettingsError, UnknownItemError
from data.gazetteer import FOLDER, Gazetteer, Level, load_gazetteer

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


@pytest.mark.parametrize(
    ("older", "now"),
    [
        ("91.01", "93.01"),  # Merauke
        ("91.02", "95.01"),  # Jayawijaya
        ("91.09", "94.04"),  # Mimika
        ("91.25", "94.05"),  # Puncak
        ("92.01", "96.01"),  # Kabupaten Sorong
        ("92.71", "96.71"),  # Kota Sorong
        ("91.02.03", "95.01.02"),  # Distrik Kurulu, which also changed its number
        ("91.01.01.1014", "93.01.01.1009"),  # Kelurahan Bambu Pemali, likewise
    ],
)
def test_an_older_code_leads_to_the_present_one(gazetteer: Gazetteer, older: str, now: str) -> None:
    assert gazetteer.current(older) == now


@pytest.mark.parametrize("code", ["91", "91.03", "13.77", "13.77.01.1005", "93.01"])
def test_a_code_in_use_stays_as_it_is(gazetteer: Gazetteer, code: str) -> None:
    assert gazetteer.current(code) == code


def test_every_kabupaten_and_kota_of_the_papua_splits_is_found(gazetteer: Gazetteer) -> None:
    new = [code for code in gazetteer.codes(Level.KABKOTA) if code[:2] in {"93", "94", "95", "96"}]
    older = {code: [unit.code for unit in gazetteer.former(code)] for code in new}
    assert len(new) == 26
    assert all(
        len(codes) == 1 and codes[0][:2] == ("92" if code[:2] == "96" else "91") for code, codes in older.items()
    )


def test_older_codes_are_no_present_ones_and_lead_to_present_ones(gazetteer: Gazetteer) -> None:
    older = {
        unit.code: unit.now for level in Level for code in gazetteer.codes(level) for unit in gazetteer.former(code)
    }
    moved = {code: now for code, now in older.items() if code != now}
    assert len(moved) == len(gazetteer.older) == 6_402
    assert [code for code in moved if code in gazetteer] == []
    assert [now for now in moved.values() if now not in gazetteer] == []


def test_an_older_code_says_when_it_ended_and_by_which_law(gazetteer: Gazetteer) -> None:
    (merauke,) = gazetteer.former("93.01")
    assert (merauke.code, merauke.name, merauke.until) == ("91.01", "KAB. MERAUKE", "2022-07-25")
    assert merauke.source == "UU 14/2022"


def test_asking_for_the_unit_of_an_older_code_names_the_present_one(gazetteer: Gazetteer) -> None:
    with pytest.raises(UnknownItemError, match=r"older code of Kabupaten Merauke, which is 93\.01 now"):
        gazetteer.unit("91.01")


def test_a_code_below_an_older_one_names_what_lies_above_it_now(gazetteer: Gazetteer) -> None:
    with pytest.raises(UnknownItemError, match=r"nearest unit above it is 93\.01, Kabupaten Merauke"):
        gazetteer.current("91.01.99.2001")


@pytest.mark.parametrize("code", ["99", "99.01", "1377", ""])
def test_what_never_was_a_code_is_a_clear_error(gazetteer: Gazetteer, code: str) -> None:
    with pytest.raises(UnknownItemError, match="unit"):
        gazetteer.current(code)


@pytest.mark.parametrize(
    ("code", "name", "until"),
    [
        ("76.01", "Kabupaten Mamuju Utara", "2017"),
        ("81.03", "Kabupaten Maluku Tenggara Barat", "2019"),
        ("12.12", "Kabupaten Toba Samosir", "2020"),
        ("61.02", "Kabupaten Pontianak", "2014"),
        ("73.71", "Kotamadya Ujung Pandang", "1999"),
        ("91", "Irian Jaya", "2001"),
    ],
)
def test_a_renamed_unit_keeps_its_older_name(gazetteer: Gazetteer, code: str, name: str, until: str) -> None:
    assert (name, until) in [(unit.name, unit.until) for unit in gazetteer.former(code)]


def test_the_latest_older_name_comes_first(gazetteer: Gazetteer) -> None:
    assert [unit.name for unit in gazetteer.former("11")] == ["Nanggroe Aceh Darussalam", "Daerah Istimewa Aceh"]


@pytest.mark.parametrize(
    ("code", "day", "then"),
    [
        ("93", date(2021, 5, 1), "91"),  # Papua Selatan was Papua
        ("96", date(2022, 12, 7), "92"),  # Papua Barat Daya was Papua Barat, to the day
        ("96", date(2022, 12, 8), "96"),
        ("96", date(1998, 1, 1), "91"),  # and that was Irian Jaya
        ("65", date(2010, 1, 1), "64"),
        ("16.13", date(2010, 1, 1), "16.05"),  # Musi Rawas Utara was Musi Rawas
        ("13.12", date(2024, 1, 1), "13.12"),
        ("13", date(1990, 1, 1), "13"),
    ],
)
def test_a_new_unit_was_part_of_another_before_its_law(gazetteer: Gazetteer, code: str, day: date, then: str) -> None:
    assert gazetteer.covered_by(code, day) == then


def test_every_split_is_between_units_of_one_level_that_exist(gazetteer: Gazetteer) -> None:
    splits = [
        split
        for level in (Level.PROVINCE, Level.KABKOTA)
        for code in gazetteer.codes(level)
        if (split := gazetteer.older.split(code)) is not None
    ]
    assert len(splits) == 91
    assert all(split.out_of in gazetteer and len(split.out_of) == len(split.code) for split in splits)


@pytest.mark.parametrize(
    ("code", "bps"),
    [
        ("13", "13"),
        ("91", "94"),  # BPS counts Papua 94 and Papua Barat 91
        ("92", "91"),
        ("13.09", "1301"),  # Kepulauan Mentawai
        ("13.01", "1302"),  # Pesisir Selatan
        ("13.77", "1377"),
        ("31.74", "3171"),  # Jakarta Selatan
        ("93.01", "9401"),  # Merauke, as BPS had it in 2020
        ("18.01.21", "1803132"),  # Bakauheni
        ("93", None),
        ("13.77.01.1005", None),
    ],
)
def test_bps_has_its_own_code(gazetteer: Gazetteer, code: str, bps: str | None) -> None:
    assert gazetteer.bps(code) == bps
    if bps is not None:
        assert gazetteer.by_bps(bps) == code


def test_every_kabupaten_and_kota_has_a_bps_code_of_its_own(gazetteer: Gazetteer) -> None:
    codes = [gazetteer.bps(code) for code in gazetteer.codes(Level.KABKOTA)]
    assert len({code for code in codes if code is not None and len(code) == 4}) == 514


def test_an_unknown_bps_code_is_a_clear_error(gazetteer: Gazetteer) -> None:
    with pytest.raises(UnknownItemError, match="unit of BPS"):
        gazetteer.by_bps("9999")


def test_a_row_with_a_column_too_many_is_named_by_line(tmp_path: Path) -> None:
    for path in FOLDER.iterdir():
        shutil.copy(path, tmp_path)
    (tmp_path / "splits.tsv").write_text("# head\n93\t91\t2022-07-25\tUU 14/2022\tUU\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"splits\.tsv:2"):
        load_gazetteer(tmp_path)


def test_a_catalogue_that_holds_an_older_code_is_told_the_present_one(tmp_path: Path) -> None:
    catalogue = tmp_path / "sources.toml"
    catalogue.write_text(
        '[[source]]\nid = "kabar-selatan"\nname = "Kabar Selatan"\nhome = "https://kabar.example/"\nprofile = "wordpress"\n'
        'provinces = ["93"]\nregencies = ["91.01"]\ntier = 2\n',
        encoding="utf-8",
    )
    with pytest.raises(CatalogueError, match=r"'91\.01' is an older code; write '93\.01'"):
        load_catalogue([catalogue])
