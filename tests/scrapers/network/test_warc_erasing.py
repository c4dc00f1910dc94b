"""Erasing one page from an archive file: nothing of it is left, and all others lie where they lay."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from warcio.archiveiterator import ArchiveIterator

from data.errors import InputError
from data.outcomes import Outcome
from data.records import Page
from scrapers.warc import WarcArchive, read_warc
from scrapers.warc_erasing import erase_record

if TYPE_CHECKING:
    from pathlib import Path

    from scrapers.warc import WarcLocation

AT = datetime(2026, 11, 26, 3, 4, 5, tzinfo=UTC)


def page(number: int) -> Page:
    url = f"http://situs.test/berita/{number}"
    body = f"<html><p>Rahasia nomor {number}, ditulis di pasar.</p></html>".encode() * 20
    headers = (("content-type", "text/html"),)
    return Page(url, url, "situs", AT, Outcome.FETCHED, 200, body=body, content_type="text/html", headers=headers)


@pytest.fixture
def three(tmp_path: Path) -> tuple[Path, list[WarcLocation]]:
    with WarcArchive(tmp_path, user_agent="uji") as archive:
        places = [archive.write(page(number)) for number in (1, 2, 3)]
    return tmp_path / places[0].file, places


def test_the_page_and_its_request_are_gone_and_the_others_stay(three: tuple[Path, list[WarcLocation]]) -> None:
    path, places = three
    size = path.stat().st_size
    erase_record(path, places[1].offset, AT)
    assert path.stat().st_size == size
    told: list[InputError] = []
    assert [one.final_url for one in read_warc(path, report=told.append)] == [
        "http://situs.test/berita/1",
        "http://situs.test/berita/3",
    ]
    assert told == []
    with WarcArchive(path.parent) as archive:
        assert b"Rahasia nomor 3" in (archive.read(places[2]).body or b"")
    with pytest.raises(InputError):
        erase_record(path, places[1].offset, AT)
    whole = gzip.decompress(path.read_bytes())
    assert b"berita/2" not in whole
    assert b"Rahasia nomor 2" not in whole
    assert whole.count(b"erased: true") == 2


def test_other_readers_meet_whole_records_everywhere(three: tuple[Path, list[WarcLocation]]) -> None:
    path, places = three
    erase_record(path, places[1].offset, AT)
    with path.open("rb") as stream:
        kinds = [record.rec_type for record in ArchiveIterator(stream)]
    assert kinds == ["warcinfo", "response", "request", "metadata", "metadata", "response", "request"]


def test_where_no_page_lies_nothing_is_overwritten(three: tuple[Path, list[WarcLocation]]) -> None:
    path, places = three
    before = path.read_bytes()
    for offset in (0, places[1].offset + 1, len(before) + 10):
        with pytest.raises(InputError):
            erase_record(path, offset, AT)
    assert path.read_bytes() == before
    with pytest.raises(InputError, match="written"):
        erase_record(path.parent / "tidak-ada.warc.gz", 0, AT)
