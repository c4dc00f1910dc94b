"""The archive: whole records on the disk, whoever dies; and files of anybody read within bounds."""

from __future__ import annotations

import errno
import gzip
import io
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from data.errors import DiskFullError, InputError
from data.outcomes import Outcome
from data.records import Page, Validators
from scrapers.warc import WarcArchive, read_warc, read_warc_located

AT = datetime(2026, 11, 26, 3, 4, 5, 678901, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


def page(number: int = 1, body: bytes = b"<html><p>Kabar \xe2\x80\x93 \xff\x00 WARC/1.0</p>", **more) -> Page:
    url = f"http://situs.test/berita/{number}"
    values = {
        "url": f"{url}?utm_source=rss",
        "final_url": url,
        "source_id": "situs",
        "fetched_at": AT,
        "outcome": Outcome.FETCHED,
        "status": 200,
        "body": body,
        "content_type": "text/html; charset=utf-8",
        "headers": (
            ("content-type", "text/html; charset=utf-8"),
            ("content-encoding", "gzip"),
            ("transfer-encoding", "chunked"),
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
            ("etag", '"e1"'),
        ),
        "validators": Validators('"e1"', None),
        "redirects": (f"{url}?utm_source=rss", "http://situs.test/antara"),
    }
    return Page(**values | more)


def urls(path: Path, reports: list[InputError] | None = None) -> list[str]:
    return [got.final_url for got in read_warc(path, report=[].append if reports is None else reports.append)]


def test_a_page_comes_back_as_it_was_fetched(tmp_path):
    with WarcArchive(tmp_path / "warc", user_agent="Kentongan/0.1 (+x)", clock=lambda: AT) as archive:
        where = archive.write(page())
        assert replace(archive.read(where), wire_bytes=0) == page()
    path = tmp_path / "warc" / where.file
    assert [replace(got, wire_bytes=0) for got in read_warc(path)] == [page()]
    assert where.file.startswith(f"kentongan-20261126T030405Z-{os.getpid()}-")
    assert where.file.endswith(".warc.gz")


def test_the_files_are_plain_warc_to_every_other_reader(tmp_path):
    with WarcArchive(tmp_path, user_agent="Kentongan/0.1 (+x)") as archive:
        where = archive.write(page())
    with (tmp_path / where.file).open("rb") as stream:
        records = []
        iterator = ArchiveIterator(stream, check_digests="raise")
        for record in iterator:
            content = record.content_stream().read()
            records.append(
                (record.rec_type, record.rec_headers, record.http_headers, content, iterator.get_record_offset())
            )
    assert [kind for kind, *_ in records] == ["warcinfo", "response", "request"]
    _, headers, http_headers, body, offset = records[1]
    assert headers.protocol == "WARC/1.1"
    assert headers.get_header("WARC-Target-URI") == "http://situs.test/berita/1"
    assert headers.get_header("WARC-Date") == "2026-11-26T03:04:05.678901Z"
    assert headers.get_header("Kentongan-Source-Id") == "situs"
    assert headers.get_header("Kentongan-Asked-Url") == "http://situs.test/berita/1?utm_source=rss"
    assert (body, offset) == (page().body, where.offset)
    assert http_headers.get_header("Content-Encoding") is None
    assert http_headers.get_header("X-Archive-Orig-content-encoding") == "gzip"
    assert http_headers.get_header("Content-Length") == str(len(body))
    _, request_headers, request_http, _, _ = records[2]
    assert request_headers.get_header("WARC-Concurrent-To") == headers.get_header("WARC-Record-ID")
    assert (request_http.protocol, request_http.statusline) == ("GET", "/berita/1 HTTP/1.1")
    assert request_http.get_header("Host") == "situs.test"
    assert request_http.get_header("User-Agent") == "Kentongan/0.1 (+x)"


def test_what_the_web_sends_cannot_write_headers_of_its_own(tmp_path):
    evil = page(
        url="http://situs.test/a\r\nWARC-Type: warcinfo", headers=(("x-a", "1\r\n\r\n<html>"),), source_id="a\nb"
    )
    with WarcArchive(tmp_path) as archive:
        got = archive.read(archive.write(evil))
    assert got.body == evil.body
    assert got.url == "http://situs.test/a%0D%0AWARC-Type: warcinfo"
    assert got.headers == (("x-a", "1%0D%0A%0D%0A<html>"),)


def test_a_new_file_is_begun_past_the_size_and_with_the_day(tmp_path):
    now = [AT]
    with WarcArchive(tmp_path, max_bytes=2000, clock=lambda: now[0]) as archive:
        small = [archive.write(page(number)).file for number in range(6)]
        now[0] = datetime(2026, 11, 27, 0, 0, tzinfo=UTC)
        next_day = archive.write(page(9)).file
    assert len(set(small)) > 1
    assert next_day not in small
    assert next_day.startswith("kentongan-20261127T000000Z-")
    assert sum(len(urls(path)) for path in tmp_path.iterdir()) == 7


def test_two_archives_never_share_a_file(tmp_path):
    with WarcArchive(tmp_path, clock=lambda: AT) as one, WarcArchive(tmp_path, clock=lambda: AT) as other:
        assert one.write(page()).file != other.write(page()).file


def test_a_forked_child_begins_a_file_of_its_own(tmp_path):
    archive = WarcArchive(tmp_path)
    mine = archive.write(page(1)).file
    child = os.fork()
    if child == 0:
        archive.write(page(2))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    archive.write(page(3))
    archive.close()
    assert len(list(tmp_path.iterdir())) == 2
    assert urls(tmp_path / mine) == ["http://situs.test/berita/1", "http://situs.test/berita/3"]


def test_a_page_without_a_body_is_a_mistake_of_the_caller(tmp_path):
    with WarcArchive(tmp_path) as archive, pytest.raises(ValueError, match="has no body"):
        archive.write(page(body=None, outcome=Outcome.GONE))
    assert list(tmp_path.iterdir()) == []


def test_a_kill_costs_at_most_the_record_that_was_being_written(tmp_path):
    program = f"""
        import sys; sys.path[:0] = [{str(ROOT)!r}, {str(Path(__file__).parent)!r}]
        from pathlib import Path
        from test_warc_archive import page
        from scrapers.warc import WarcArchive
        archive = WarcArchive(Path({str(tmp_path)!r}))
        for number in range(100_000):
            archive.write(page(number))
            print(number, flush=True)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == 25:
                process.send_signal(signal.SIGKILL)
                break
        rest = process.stdout.read().split()
    acknowledged = max([25, *map(int, rest)])
    (path,) = tmp_path.iterdir()
    got = urls(path)
    assert got[: acknowledged + 1] == [f"http://situs.test/berita/{n}" for n in range(acknowledged + 1)]
    assert len(got) <= acknowledged + 2


def test_a_full_disk_is_told_and_leaves_no_half_record(tmp_path):
    program = f"""
        import resource, signal, sys; sys.path[:0] = [{str(ROOT)!r}, {str(Path(__file__).parent)!r}]
        from pathlib import Path
        import os
        from test_warc_archive import page
        from data.errors import DiskFullError
        from scrapers.warc import WarcArchive
        archive = WarcArchive(Path({str(tmp_path)!r}))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        archive.write(page(1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 200_000))
        try:
            archive.write(page(2, os.urandom(9000)))
        except DiskFullError as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        archive.write(page(3))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True)
    assert "the disk is full" in done.stdout
    assert str(tmp_path) in done.stdout
    (path,) = tmp_path.iterdir()
    reports: list[InputError] = []
    assert urls(path, reports) == ["http://situs.test/berita/1", "http://situs.test/berita/3"]
    assert reports == []


def test_a_disk_that_is_full_from_the_start_leaves_no_file(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with WarcArchive(tmp_path) as archive, pytest.raises(DiskFullError):
        archive.write(page())
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def three(tmp_path):
    """An archive of three pages, and where they lie."""
    with WarcArchive(tmp_path / "w") as archive:
        places = [archive.write(page(number, os.urandom(5000))) for number in range(3)]
    return tmp_path / "w" / places[0].file, [place.offset for place in places]


def test_a_tail_that_was_cut_off_anywhere_costs_the_last_page_at_most(three, tmp_path):
    path, offsets = three
    data = path.read_bytes()
    names = [f"http://situs.test/berita/{number}" for number in range(3)]
    cut = tmp_path / "cut.warc.gz"
    for length in (*range(offsets[2] + 1, offsets[2] + 60), *range(offsets[2] + 60, len(data) - 700, 400)):
        cut.write_bytes(data[:length])
        reports: list[InputError] = []
        assert urls(cut, reports) == names[:2], length
        assert len(reports) == 1
        assert str(reports[0]).startswith(f"{cut}, offset {offsets[2]}: a record is damaged")


def test_a_flipped_bit_costs_its_own_record_only(three):
    path, offsets = three
    data = bytearray(path.read_bytes())
    data[offsets[1] + 2000] ^= 0x40
    path.write_bytes(data)
    reports: list[InputError] = []
    assert urls(path, reports) == ["http://situs.test/berita/0", "http://situs.test/berita/2"]
    assert [f"offset {offsets[1]}" in str(report) for report in reports] == [True]


def test_damage_goes_to_the_log_where_nobody_else_wants_it(three):
    path, offsets = three
    path.write_bytes(path.read_bytes()[: offsets[1] + 100])
    with capture_logs() as lines:
        assert [got.final_url for got in read_warc(path)] == ["http://situs.test/berita/0"]
    assert "warc_record_damaged" in {line["event"] for line in lines}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "is empty"),
        (b"<html>not a warc</html>", "is no WARC file"),
        (gzip.compress(b"<html>not a warc</html>", mtime=0), "is no WARC file"),
        (b"\x1f\x8b\x08" + b"\xff" * 50, "is no gzip file"),
        (b"PK\x03\x04zip", "is no WARC file"),
    ],
)
def test_what_is_no_warc_is_told_with_file_and_offset(tmp_path, content, word):
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=word) as caught:
        list(read_warc(path))
    assert str(caught.value).startswith(f"{path}, offset 0: ")


def test_a_file_that_is_not_there_or_a_folder_is_told(tmp_path):
    for path in (tmp_path / "tiada.warc.gz", tmp_path):
        with pytest.raises(InputError, match="cannot be opened"):
            list(read_warc(path))


def test_each_page_of_a_file_is_found_again_where_it_lay(three):
    path, offsets = three
    archive = WarcArchive(path.parent)
    located = list(read_warc_located(path))
    assert [place.offset for _, place in located] == offsets
    assert all(archive.read(place) == found for found, place in located)


def test_a_place_where_no_page_lies_is_told(three, tmp_path):
    path, offsets = three
    archive = WarcArchive(path.parent)
    place = archive.write(page())
    for offset in (offsets[1] + 7, 10**9):
        with pytest.raises(InputError, match=f"offset {offset}"):
            archive.read(replace(place, offset=offset))
    archive.close()


def foreign(
    *records: tuple[str, str, list[tuple[str, str]], bytes], compressed: bool = True, as_one: bool = False
) -> bytes:
    """Write a WARC file as other programs do: ``records`` are (URL, status line, HTTP headers, payload as sent)."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=compressed and not as_one, warc_version="1.0")
    for url, status, headers, payload in records:
        http = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
        for kind, content, head in (("response", payload, http), ("metadata", b"fetchTimeMs: 1\r\n", None)):
            writer.write_record(
                writer.create_warc_record(
                    url, kind, payload=io.BytesIO(content), length=len(content), http_headers=head
                )
            )
    return gzip.compress(out.getvalue()) if as_one else out.getvalue()


HTML = [("Content-Type", "text/html")]
BODY = b"<html><p>Kabar nagari</p>"


@pytest.mark.parametrize(("compressed", "as_one"), [(True, False), (False, False), (True, True)])
def test_files_of_others_are_read_compressed_by_record_as_one_or_not_at_all(tmp_path, compressed, as_one):
    path = tmp_path / "x.warc"
    chunked = b"5\r\n<html\r\n5\r\n><p>K\r\n0\r\n\r\n"
    path.write_bytes(
        foreign(
            ("http://a.test/1", "200 OK", HTML, BODY),
            ("http://a.test/2", "200 OK", [*HTML, ("Content-Encoding", "gzip")], gzip.compress(BODY, mtime=0)),
            ("http://a.test/3", "200 OK", [*HTML, ("Transfer-Encoding", "chunked")], chunked),
            ("http://a.test/4", "404 Not Found", HTML, BODY),
            ("http://a.test/5", "200 OK", [("Content-Type", "image/png")], b"\x89PNG"),
            ("http://a.test/6", "200 OK", [*HTML, ("Content-Encoding", "gzip")], BODY),
            ("dns:a.test", "200 OK", HTML, BODY),
            ("http://a.test/7", "200 OK", [*HTML, ("Content-Encoding", "br")], b"\x01\x02\x03"),
            compressed=compressed,
            as_one=as_one,
        )
    )
    assert [(got.final_url[-1], got.outcome, got.body) for got in read_warc(path)] == [
        ("1", Outcome.FETCHED, BODY),
        ("2", Outcome.FETCHED, BODY),
        ("3", Outcome.FETCHED, b"<html><p>K"),
        ("4", Outcome.GONE, None),
        ("5", Outcome.NOT_HTML, None),
        ("6", Outcome.FETCHED, BODY),  # the archive undid the coding and kept its header
        ("7", Outcome.PROTOCOL_ERROR, None),
    ]


def test_a_bomb_in_an_archive_is_bounded_too(tmp_path):
    path = tmp_path / "x.warc.gz"
    bomb = gzip.compress(bytes(50_000_000), 9)
    path.write_bytes(
        foreign(
            ("http://a.test/1", "200 OK", [*HTML, ("Content-Encoding", "gzip")], bomb),
            ("http://a.test/2", "200 OK", HTML, bytes(30_000_000)),
            ("http://a.test/3", "200 OK", HTML, BODY),
        )
    )
    assert [got.outcome for got in read_warc(path)] == [Outcome.TOO_LARGE, Outcome.TOO_LARGE, Outcome.FETCHED]


@pytest.mark.parametrize("compressed", [True, False])
def test_damage_in_the_middle_of_a_foreign_file_is_passed_over(tmp_path, compressed):
    path = tmp_path / "x.warc"
    one = foreign(("http://a.test/1", "200 OK", HTML, BODY), compressed=compressed)
    two = foreign(("http://a.test/2", "200 OK", HTML, BODY), compressed=compressed)
    path.write_bytes(one + b"\x1f\x8b\x08sampah WARC/1.0 sampah\r\n\r\n" + two)
    reports: list[InputError] = []
    assert urls(path, reports) == ["http://a.test/1", "http://a.test/2"]
    assert reports
