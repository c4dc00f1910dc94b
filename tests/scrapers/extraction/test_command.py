"""`kentongan extract` on saved pages: what it prints and how it ends."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import kentongan
from data.errors import KentonganError

PAGES = Path(__file__).parent / "pages"
URL = "http://suaranagari.example/warga-lubuk-simantuang-tolak-tambang"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("KENTONGAN_HOME", str(tmp_path / "home"))

    def run(*arguments: str, given: bytes | None = None):
        return CliRunner().invoke(kentongan.cli, ["--lang", "id", "extract", *arguments], input=given)

    return run


def test_an_article_is_printed_as_its_record(run):
    done = run(str(PAGES / "varient_magazine.html"), "--url", URL, "--json")

    record = json.loads(done.stdout)
    assert done.exit_code == 0
    assert record["outcome"] == "fetched"
    assert record["title"] == 'Warga Lubuk Simantuang Tolak "Tambang" di Hulu'
    assert record["published"] == "2024-11-05T15:13:00+00:00"
    assert record["published_local"] == "2024-11-05T22:13:00+07:00"
    assert record["tz_assumed"] is True
    assert record["tags"] == ["tambang", "nagari"]
    assert record["more_pages"] == []


def test_people_get_it_in_their_language(run):
    done = run(str(PAGES / "varient_magazine.html"), "--url", URL)

    assert done.exit_code == 0
    assert 'Judul: Warga Lubuk Simantuang Tolak "Tambang" di Hulu' in done.stdout
    assert "Terbit: 2024-11-05T22:13:00+07:00 (zona diandaikan)" in done.stdout


def test_a_page_that_is_no_article_ends_with_1_and_says_why(run):
    done = run(str(PAGES / "no_listing_varient.html"), "--url", URL, "--json")

    record = json.loads(done.stdout)
    assert done.exit_code == 1
    assert record["outcome"] == "not_article"
    assert record["reason"]


def test_packed_pages_and_standard_input_are_read(run, tmp_path):
    body = (PAGES / "varient_magazine.html").read_bytes()
    packed = tmp_path / "page.html.gz"
    packed.write_bytes(gzip.compress(body))

    from_file = run(str(packed), "--url", URL, "--json")
    from_pipe = run("-", "--url", URL, "--json", given=body)

    assert json.loads(from_file.stdout)["content_hash"] == json.loads(from_pipe.stdout)["content_hash"]


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b broken"], ids=["empty", "broken gzip"])
def test_an_unreadable_page_ends_with_65_and_names_the_file(run, tmp_path, content):
    path = tmp_path / "rusak.html"
    path.write_bytes(content)

    done = run(str(path), "--url", URL)

    assert isinstance(done.exception, KentonganError)
    assert done.exception.exit_code == 65
    assert str(path) in str(done.exception)


def test_a_file_that_is_not_there_ends_with_66(run, tmp_path):
    done = run(str(tmp_path / "tiada.html"), "--url", URL)

    assert isinstance(done.exception, KentonganError)
    assert done.exception.exit_code == 66


def test_an_unknown_source_ends_with_66(run):
    done = run(str(PAGES / "varient_magazine.html"), "--url", URL, "--source", "tiada")

    assert isinstance(done.exception, KentonganError)
    assert done.exception.exit_code == 66


def test_an_address_that_may_not_be_asked_is_wrong_usage(run):
    assert run(str(PAGES / "varient_magazine.html"), "--url", "file:///etc/passwd").exit_code == 2
