"""The gazetteer: counts, names, parents, points, aliases, and broken tables."""

from __future__ import annotations

import gzip
import shutil
from typing import TYPE_CHECKING

import pytest

from data.errors import SettingsError, UnknownItemError
from data.gazetteer import FOLDER, Gazetteer, Level, level_of, load_gazetteer, parent_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A copy of the tables that a test may break."""
    for path in FOLDER.iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("level", "count"),
    [(Level.PROVINCE, 38), (Level.KABKOTA, 514), (Level.KECAMATAN, 7_285), (Level.DESA, 83_762)],
)
def test_every_level_is_complete(gazetteer: Gazetteer, level: Level, count: int) -> None:
    assert sum(1 for _ in gazetteer.codes(level)) == count


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("13", "Sumatera Barat"),
        ("13.02", "Kabupaten Solok"),
        ("13.72", "Kota Solok"),
        ("31.71", "Kota Jakarta Pusat"),
        ("13.73.04", "Kecamatan Talawi"),
        ("94.05.01", "Distrik Ilaga"),
        ("34.04.07", "Kapanewon Depok"),
        ("13.06.09.2004", "Nagari Kapau"),
        ("13.71.03.1009", "Kelurahan Kampung Pondok"),
        ("13.09.08.2003", "Desa Tuapejat"),
    ],
)
def test_a_unit_is_called_what_it_is_called_where_it_lies(gazetteer: Gazetteer, code: str, name: str) -> None:
    assert gazetteer.name(code) == name


def test_every_parent_exists(gazetteer: Gazetteer) -> None:
    codes = [code for level in Level for code in gazetteer.codes(level)]
    orphans = [code for code in codes if (parent := parent_of(code)) is not None and parent not in gazetteer]
    assert orphans == []


def test_every_kabupaten_and_kota_lies_in_indonesia_and_has_a_capital_and_a_zone(gazetteer: Gazetteer) -> None:
    for code in gazetteer.codes(Level.KABKOTA):
        unit = gazetteer.unit(code)
        assert unit.lat is not None, code
        assert unit.lon is not None, code
        assert -11.2 < unit.lat < 6.2, code
        assert 94.9 < unit.lon < 141.1, code
        assert unit.capital, code
        assert unit.timezone in {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}, code


@pytest.mark.parametrize(
    ("code", "zone"), [("13.77.01", "Asia/Jakarta"), ("51.71", "Asia/Makassar"), ("91.71", "Asia/Jayapura")]
)
def test_a_unit_keeps_the_time_of_its_province(gazetteer: Gazetteer, code: str, zone: str) -> None:
    assert gazetteer.unit(code).timezone == zone


def test_a_desa_is_shown_where_its_kecamatan_lies(gazetteer: Gazetteer) -> None:
    assert gazetteer.point("13.06.09.2004") == gazetteer.point("13.06.09")


def test_children_are_the_units_directly_below(gazetteer: Gazetteer) -> None:
    assert set(gazetteer.children("13.72")) == {"13.72.01", "13.72.02"}
    assert "13.77" in gazetteer.children("13")
    assert all(len(code) == 13 for code in gazetteer.children("13.72.01"))
    assert gazetteer.children("13.06.09.2004") == ()


@pytest.mark.parametrize("code", ["99", "13.99", "13.77.99", "13.77.01.9999", "", "1377", "13.7"])
def test_an_unknown_code_is_a_clear_error(gazetteer: Gazetteer, code: str) -> None:
    with pytest.raises(UnknownItemError, match="unit"):
        gazetteer.unit(code)


def test_the_level_of_a_code_is_its_shape() -> None:
    assert [level_of(code) for code in ("13", "13.77", "13.77.01", "13.77.01.1005")] == list(Level)


def test_every_alias_names_units_that_exist(gazetteer: Gazetteer) -> None:
    assert [alias.text for alias in gazetteer.aliases if not all(code in gazetteer for code in alias.codes)] == []


def test_an_alias_without_its_columns_is_named_by_line(tables: Path) -> None:
    (tables / "aliases.tsv").write_text("# kinds\nKota Rantau 13.77 julukan\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"aliases\.tsv:2"):
        load_gazetteer(tables)


def test_a_table_cut_short_is_a_clear_error(tables: Path) -> None:
    path = tables / "villages.tsv.gz"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(SettingsError, match="rebuild"):
        load_gazetteer(tables)


def test_a_row_with_too_few_columns_is_a_clear_error(tables: Path) -> None:
    (tables / "areas.tsv.gz").write_bytes(gzip.compress(b"13\tSumatera Barat\n"))
    with pytest.raises(SettingsError, match="columns"):
        load_gazetteer(tables)
