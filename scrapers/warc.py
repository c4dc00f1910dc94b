"""The archive of raw pages: WARC 1.1 files, one gzip member per record.

Each process writes files of its own (time, process and chance are in the name), appends whole records and forces them
to the disk; so two processes never share a file, and a kill costs at most the record that was being written. Bodies
are kept decoded: what the server said of coding and transfer stands under ``X-Archive-Orig-`` names, as is usual.

How files are read, ours and other people's: `scrapers.warc_reading`.
"""

from __future__ import annotations

import contextlib
import errno
import gzip
import io
import os
import re
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from data.errors import DiskFullError
from scrapers.urls import parse_url
from scrapers.warc_reading import ASKED_URL, ORIGINAL, REDIRECTS, SOURCE_ID, pages_with_offsets, read_record, read_warc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

    from data.errors import InputError
    from data.records import Page

__all__ = ["WarcArchive", "WarcLocation", "read_warc", "read_warc_located"]

MAX_FILE_BYTES = 256_000_000
"""Bytes after which a new file is begun: some 8,000 pages, quick to copy and to re-read."""

GZIP_LEVEL = 6

SOFTWARE = "Kentongan"

_RENAMED = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REASONS = {200: "OK", 203: "Non-Authoritative Information"}


@dataclass(frozen=True, slots=True)
class WarcLocation:
    """Where a page lies: ``file`` is a name in the archive's folder, ``offset`` that of its response record."""

    file: str
    offset: int


def utc_now() -> datetime:
    """Return the present time."""
    return datetime.now(UTC)


class WarcArchive:
    """Writes the raw pages of one process into ``folder`` (made if need be); a context manager.

    A new file is begun past ``max_bytes`` and with each day (UTC). ``user_agent`` goes into the request records.
    """

    def __init__(
        self,
        folder: Path,
        *,
        user_agent: str = "",
        max_bytes: int = MAX_FILE_BYTES,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.folder = Path(folder)
        self._user_agent = user_agent
        self._max_bytes = max_bytes
        self._clock = clock
        self._file: io.FileIO | None = None
        self._day = ""
        self._owner = 0
        self._lock = threading.Lock()

    def write(self, page: Page) -> WarcLocation:
        """Keep a fetched page, on the disk when this returns, and say where it lies.

        Raises DiskFullError where there is no room; of the record nothing is left then. Raises ValueError for a page
        without a body: there is nothing to keep of it.
        """
        if page.body is None:
            raise ValueError(f"{page.url} has no body ({page.outcome})")
        records = _records(page, page.body, self._user_agent)
        with self._lock:
            file = self._open()
            offset = self._append(file, records)
            return WarcLocation(Path(str(file.name)).name, offset)

    def read(self, location: WarcLocation) -> Page:
        """Return the page that lies at ``location``; raises InputError where none does."""
        return read_record(self.folder / location.file, location.offset)

    def close(self) -> None:
        """Close the present file; the next page begins a new one."""
        with self._lock:
            self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> io.FileIO:
        now = self._clock()
        day = f"{now:%Y%m%d}"
        if self._owner != os.getpid():
            self._close()  # a forked child leaves its parent's file alone
        if self._file is not None and (day != self._day or self._file.tell() >= self._max_bytes):
            self._close()
        if self._file is None:
            name = f"kentongan-{now:%Y%m%dT%H%M%SZ}-{os.getpid()}-{secrets.token_hex(4)}.warc.gz"
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._file = (self.folder / name).open("xb", buffering=0)
            except OSError as error:
                raise self._full_or(error) from error
            self._day, self._owner = day, os.getpid()
            self._append(self._file, _warcinfo(name, now))
        return self._file

    def _append(self, file: io.FileIO, data: bytes) -> int:
        """Append ``data`` as a whole and force it to the disk; return where it begins."""
        offset = file.seek(0, os.SEEK_END)
        try:
            view = memoryview(data)
            while view:
                view = view[file.write(view) :]
            os.fsync(file.fileno())
        except OSError as error:
            # Cutting off needs no room. What could not be cut off is a truncated tail, which readers pass over.
            with contextlib.suppress(OSError):
                file.truncate(offset)
            if offset == 0:
                self._close()
                with contextlib.suppress(OSError):
                    Path(str(file.name)).unlink()
            raise self._full_or(error) from error
        return offset

    def _full_or(self, error: OSError) -> Exception:
        return DiskFullError(self.folder) if error.errno in _NO_ROOM else error

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def read_warc_located(
    path: Path, *, report: Callable[[InputError], None] | None = None
) -> Iterator[tuple[Page, WarcLocation]]:
    """Yield what `read_warc` does, each page with the place where `WarcArchive.read` would find it again."""
    for page, offset in pages_with_offsets(path, report=report):
        yield page, WarcLocation(Path(path).name, offset)


def _records(page: Page, body: bytes, user_agent: str) -> bytes:
    """Return the response record of a page and the request record that goes with it, each a gzip member."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version="1.1")
    http_headers = [(f"{ORIGINAL}{name}" if name in _RENAMED else name, _line(value)) for name, value in page.headers]
    http_headers.append(("Content-Length", str(len(body))))
    status = page.status or 200
    response = writer.create_warc_record(
        page.final_url,
        "response",
        payload=io.BytesIO(body),
        length=len(body),  # without it warcio makes a temporary file of each page
        http_headers=StatusAndHeaders(
            f"{status} {_REASONS.get(status, '')}".strip(), http_headers, protocol="HTTP/1.1"
        ),
        warc_headers_dict={
            "WARC-Date": _warc_date(page.fetched_at),
            SOURCE_ID: _line(page.source_id),
            ASKED_URL: _line(page.url),
            **({REDIRECTS: " ".join(map(_line, page.redirects))} if page.redirects else {}),
        },
    )
    url = parse_url(page.final_url)
    asked = [("Host", url.origin.partition("//")[2])] + ([("User-Agent", _line(user_agent))] if user_agent else [])
    target = url.path + (f"?{url.query}" if url.query else "")
    request = writer.create_warc_record(
        page.final_url,
        "request",
        http_headers=StatusAndHeaders(f"GET {target} HTTP/1.1", asked, is_http_request=True),
        warc_headers_dict={
            "WARC-Date": _warc_date(page.fetched_at),
            "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID"),
        },
    )
    writer.write_record(response)
    begin = out.tell()
    writer.write_record(request)
    both = out.getvalue()
    return _member(both[:begin]) + _member(both[begin:])


def _warcinfo(name: str, now: datetime) -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version="1.1")
    info = {"software": SOFTWARE, "format": "WARC File Format 1.1"}
    record = writer.create_warcinfo_record(name, info)
    record.rec_headers.replace_header("WARC-Date", _warc_date(now))
    writer.write_record(record)
    return _member(out.getvalue())


def _member(record: bytes) -> bytes:
    # warcio itself compresses at level 9: twice the time for a hundredth of the room.
    return gzip.compress(record, GZIP_LEVEL, mtime=0)


def _warc_date(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _line(value: str) -> str:
    """Return ``value`` with what would end or break a header line percent-encoded."""
    return re.sub(r"[\x00-\x1f\x7f]", lambda match: f"%{ord(match[0]):02X}", value)
