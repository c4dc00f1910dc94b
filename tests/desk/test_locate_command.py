"""``kentongan locate``: what it prints for people and machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from classifiers.places import Locator
from data.errors import InputError, UnknownItemError
from desk.terminal.locate import command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("stored_home")

TEXT = "Kebakaran terjadi di Nagari Kapau, Kabupaten Agam, Senin (4/11)."


@pytest.fixture(scope="module", autouse=True)
def loaded_once() -> Iterator[None]:
    locator = Locator.load()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "load", lambda: locator)
        yield


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


LINES: list[dict[str, Any]] = [
    {"id": "a-1", "title": "Banjir di Kota Padang", "text": "Warga mengungsi."},
    {"id": 7, "title": "", "text": "Unjuk rasa digelar di Solok, Selasa (5/11)."},
    {"id": "c", "title": "", "text": "Harga cabai naik."},
]


def jsonl(folder: Path, *rows: dict[str, Any] | str) -> str:
    file = folder / "artikel.jsonl"
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    file.write_text("".join(line + "\n" for line in lines), "utf-8")
    return str(file)


def test_json_tells_every_mention_and_what_spoke_for_it() -> None:
    (place,) = json.loads(run("Banjir di Padang, Senin.", "--title", "Padang banjir", "--json").output)
    assert place["mentions"] == [
        {"zone": "title", "start": 0, "end": 6, "text": "Padang", "why": ["context"]},
        {"zone": "text", "start": 10, "end": 16, "text": "Padang", "why": ["day", "preposition: di"]},
    ]


@pytest.mark.parametrize("arguments", [[TEXT, "--geojson"], ["--geojson", "-", TEXT], [TEXT, "--geojson=-"]])
def test_geojson_is_printed_where_no_file_is_named(arguments: list[str]) -> None:
    assert len(json.loads(run(*arguments).output)["features"]) == 2


def test_geojson_and_page_go_into_files_of_their_own(tmp_path: Path) -> None:
    collection, page = tmp_path / "tempat.geojson", tmp_path / "tempat.html"
    result = run(TEXT, "--geojson", str(collection), "--html", str(page))
    assert result.exit_code == 0
    assert (result.stdout, result.stderr) == ("", f"ditulis: {page}\nditulis: {collection}\n")
    assert [one["id"] for one in json.loads(collection.read_bytes())["features"]] == ["13.06.09.2004", "13.06"]
    assert '<html lang="id">' in page.read_text("utf-8")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["tempat.geojson", "tempat.html"]


def test_the_page_speaks_english_where_asked() -> None:
    assert "<h2>Text</h2>" in run(TEXT, "--html", "-", lang="en").output


def test_a_folder_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    result = run(TEXT, "--html", str(tmp_path / "tidak" / "ada.html"))
    assert isinstance(result.exception, InputError)
    assert "cannot be written" in str(result.exception)


def test_many_texts_give_a_line_of_json_each(tmp_path: Path) -> None:
    result = run("--jsonl", jsonl(tmp_path, *LINES))
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [(row["id"], [place["code"] for place in row["places"]]) for row in rows] == [
        ("a-1", ["13.71"]),
        (7, ["13.72"]),
        ("c", []),
    ]


def test_many_texts_give_one_collection_with_the_articles_ids(tmp_path: Path) -> None:
    result = run("--jsonl", jsonl(tmp_path, *LINES), "--geojson", "-")
    features = json.loads(result.stdout)["features"]
    assert [(one["id"], one["properties"]["article"]) for one in features] == [("a-1/13.71", "a-1"), ("7/13.72", 7)]
    assert features[1]["properties"]["ambiguous"] is True
    assert features[1]["properties"]["alternatives"][0]["code"] == "13.02"


def test_a_pipe_of_many_texts_is_read() -> None:
    result = run("--jsonl", "-", stdin=json.dumps(LINES[0]).encode())
    assert json.loads(result.stdout)["id"] == "a-1"


def test_a_broken_line_is_told_of_and_the_others_are_read(tmp_path: Path) -> None:
    file = tmp_path / "tempat.geojson"
    result = run("--jsonl", jsonl(tmp_path, LINES[0], "{rusak", LINES[1]), "--geojson", str(file))
    assert result.exit_code == 1
    assert [one["properties"]["article"] for one in json.loads(file.read_bytes())["features"]] == ["a-1", 7]
    assert "baris 2: bukan JSON" in result.stderr
    assert "1 dari 3 baris tidak dapat dibaca" in result.stderr


def test_a_file_without_one_good_line_ends_as_unreadable(tmp_path: Path) -> None:
    result = run("--jsonl", jsonl(tmp_path, "{rusak", "[]"), "--geojson", "-")
    assert result.exit_code == 65
    assert json.loads(result.stdout)["features"] == []


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    result = run("--jsonl", str(tmp_path / "tidak-ada.jsonl"))
    assert isinstance(result.exception, UnknownItemError)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give a TEXT or --jsonl FILE"),
        ([TEXT, "--jsonl", "x.jsonl"], "give a TEXT or --jsonl FILE"),
        (["--jsonl", "x.jsonl", "--html", "x.html"], "--title and --html are for one TEXT"),
        (["--jsonl", "x.jsonl", "--title", "x"], "--title and --html are for one TEXT"),
        ([TEXT, "--html", "-", "--geojson", "-"], "only one of --html, --geojson and --json can be printed"),
        ([TEXT, "--html", "-", "--json"], "only one of --html, --geojson and --json can be printed"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_geojson_before_the_text_takes_it_for_a_file_and_writes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "Banjir di Kota Padang"
    assert run("--geojson", str(target)).exit_code == 2
    assert not target.exists()


def test_half_characters_of_an_argument_become_signs_and_can_be_written(tmp_path: Path) -> None:
    page = tmp_path / "tempat.html"
    result = run("Banjir \udcff di Kota Padang.", "--json", "--html", str(page))
    assert result.exit_code == 0
    assert [place["code"] for place in json.loads(result.stdout)] == ["13.71"]
    assert "Banjir \ufffd di Kota" in page.read_text("utf-8")


def test_a_long_hostile_text_is_one_answer() -> None:
    text = "<b>Banjir</b> \u202e\u0000 di Kota Padang, " * 3_000
    features = json.loads(run("-", "--geojson", stdin=text.encode()).output)["features"]
    assert [one["id"] for one in features] == ["13.71"]
