"""``kentongan locate``: what it prints for people and machines."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from data.errors import InputError, UnknownItemError
from desk.terminal.locate import command

TEXT = "Kebakaran terjadi di Nagari Kapau, Kabupaten Agam, Senin (4/11)."


def run(*arguments: str, lang: str = "id", stdin: bytes = b"") -> Result:
    return CliRunner().invoke(command, list(arguments), obj={"lang": lang, "verbose": 0}, input=stdin)


def test_the_table_shows_code_full_name_and_role() -> None:
    result = run(TEXT)
    assert result.exit_code == 0
    assert "13.06.09.2004" in result.output
    assert "Nagari Kapau, Kecamatan Tilatang Kamang, Kabupaten Agam, Sumatera Barat" in result.output
    assert "kejadian" in result.output


def test_json_has_the_fields_of_a_place() -> None:
    places = json.loads(run(TEXT, "--json").output)
    assert [place["code"] for place in places] == ["13.06.09.2004", "13.06"]
    assert places[0]["role"] == "kejadian"
    assert TEXT[places[0]["start"] : places[0]["end"]] == "Kapau"


def test_geojson_puts_longitude_first() -> None:
    collection = json.loads(run(TEXT, "--geojson").output)
    assert collection["type"] == "FeatureCollection"
    longitude, latitude = collection["features"][0]["geometry"]["coordinates"]
    assert 100 < longitude < 101
    assert -1 < latitude < 0
    assert collection["features"][0]["properties"]["code"] == "13.06.09.2004"


def test_the_title_is_read_too() -> None:
    places = json.loads(run("Warga mengungsi.", "--title", "Banjir di Kota Padang", "--json").output)
    assert [(place["code"], place["zone"]) for place in places] == [("13.71", "title")]


def test_a_dash_reads_standard_input() -> None:
    places = json.loads(run("-", "--json", stdin=b"Banjir di Kota Padang.").output)
    assert [place["code"] for place in places] == ["13.71"]


@pytest.mark.parametrize(("lang", "sentence"), [("id", "Tidak ada tempat"), ("en", "No place was recognised")])
def test_a_text_without_places_is_said_so(lang: str, sentence: str) -> None:
    result = run("Harga cabai naik.", lang=lang)
    assert result.exit_code == 0
    assert sentence in result.output


def test_doubt_is_shown() -> None:
    assert "ambigu" in run("Unjuk rasa digelar di Solok.").output


def test_an_outlet_code_that_does_not_exist_is_refused() -> None:
    result = run(TEXT, "--regency", "13.99")
    assert isinstance(result.exception, UnknownItemError)


def test_json_and_geojson_exclude_one_another() -> None:
    assert run(TEXT, "--json", "--geojson").exit_code == 2


def test_input_that_is_no_utf8_is_refused() -> None:
    assert isinstance(run("-", stdin=b"Banjir di \xff\xfe").exception, InputError)
