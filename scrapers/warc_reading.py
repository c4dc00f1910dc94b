"""Reading WARC files, ours and anybody's: whole records only, under the same bounds as the web.

Compressed (by record or as one) or not, with coded and chunked bodies. warcio's own reader passes over cut-off tails
and broken checksums without a word; here they are noticed, told, and what lies behind them is still read.
"""

from __future__ import annotations

import contextlib
import io
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import structlog
from warcio.bufferedreaders import ChunkedDataReader

from data.errors import FetchError, InputError
from data.outcomes import Outcome
from data.records import Page
from scrapers.answers import judge, validators_of
from scrapers.decode import codings, decode_body
from scrapers.exchange import Answer, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = structlog.get_logger(__name__)

# Names of our own; other readers skip what they do not know (WARC 1.1, section 4).
ASKED_URL = "Kentongan-Asked-Url"
SOURCE_ID = "Kentongan-Source-Id"
REDIRECTS = "Kentongan-Redirects"
ORIGINAL = "X-Archive-Orig-"

MAX_BLOCK_BYTES = 12_000_000
"""Bytes of a record that are kept: a body at its cap, and its headers. What is longer is passed over as TOO_LARGE."""

MAX_HEAD_BYTES = 131_072
_CHUNK = 65_536
_MEMBER = b"\x1f\x8b\x08"
_VERSION = re.compile(rb"WARC/\d\.\d+\s*")


class _DamageError(Exception):
    """What lies at ``offset`` is no whole record."""

    def __init__(self, offset: int, why: str) -> None:
        super().__init__(why)
        self.offset = offset
        self.why = why


@dataclass(frozen=True, slots=True)
class _Record:
    offset: int
    headers: dict[str, str]
    block: bytes
    too_large: bool


def read_warc(path: Path, *, report: Callable[[InputError], None] | None = None) -> Iterator[Page]:
    """Yield the pages of a WARC file, in the order in which they lie.

    Every http response is a page, also one that ended as GONE or the like; ``source_id`` is empty in files that are
    not ours. A damaged record (a tail cut off by a kill, a flipped bit) is passed over and told to ``report`` (None:
    the log), as an InputError that names file and offset.

    Raises InputError naming file and offset where the file is no WARC, or cannot be opened.
    """
    return (page for page, _ in pages_with_offsets(path, report=report))


def pages_with_offsets(path: Path, *, report: Callable[[InputError], None] | None = None) -> Iterator[tuple[Page, int]]:
    """Yield what `read_warc` does, each with the offset of its record (of the gzip member that it is in)."""
    path = Path(path)
    tell = report or _log_damage
    with _opened(path) as stream:
        _check_is_warc(stream, path)
        start: int | None = 0
        while start is not None:
            try:
                for record in _Reader(stream, start).records():
                    page = _page(record)
                    if page is not None:
                        yield page, record.offset
                start = None
            except _DamageError as damage:
                tell(InputError(f"a record is damaged: {damage.why}", where=f"{path}, offset {damage.offset}"))
                start = _next_start(stream, damage.offset + 1)


def read_record(path: Path, offset: int) -> Page:
    """Return the page whose response record begins at ``offset`` of a file; raises InputError where none does."""
    where = f"{path}, offset {offset}"
    with _opened(path) as stream:
        try:
            page = next((_page(record) for record in _Reader(stream, offset).records()), None)
        except _DamageError as damage:
            raise InputError(f"no whole record lies here: {damage.why}", where=where) from damage
    if page is None:
        raise InputError("no page lies here", where=where)
    return page


def _log_damage(damage: InputError) -> None:
    log.warning("warc_record_damaged", where=str(damage.where), error=str(damage))


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InputError(f"cannot be opened: {error.strerror or error}", where=path) from error
    with stream:
        yield stream


def _check_is_warc(stream: BinaryIO, path: Path) -> None:
    """Raise InputError unless the file begins as a WARC record does, be it in a gzip member."""
    where = f"{path}, offset 0"
    try:
        head = stream.read(_CHUNK)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=path) from error
    if not head:
        raise InputError("is empty; a WARC file begins with a record", where=where)
    if head.startswith(_MEMBER):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 64)
        except zlib.error as error:
            raise InputError(f"is no gzip file: {error}", where=where) from error
    # A file that was cut off within its first line may still be one: what is missing is told as damage.
    if not _VERSION.match(head) and not (len(head) < 8 and b"WARC/1.1"[: len(head)] == head):
        raise InputError("is no WARC file (that would begin with WARC/1.0 or WARC/1.1)", where=where)


def _next_start(stream: BinaryIO, place: int) -> int | None:
    """Return the offset of the next record at or after ``place``; None where none follows."""
    stream.seek(place)
    held, begin = b"", place
    while chunk := stream.read(_CHUNK * 4):
        held += chunk
        # The line end before a plain record keeps pages that merely speak of WARC from being taken for one.
        for match in re.finditer(
            rb"\x1f\x8b\x08|(?<=\r\n\r\n)WARC/1\.", held[:-16] if len(chunk) == _CHUNK * 4 else held
        ):
            if _begins_record(stream, begin + match.start()):
                return begin + match.start()
        stream.seek(begin + len(held))
        keep = min(len(held), 32)
        begin, held = begin + len(held) - keep, held[-keep:]
    return None


def _begins_record(stream: BinaryIO, place: int) -> bool:
    stream.seek(place)
    head = stream.read(4096)
    if head.startswith(_MEMBER):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 64)
        except zlib.error:
            return False
    return bool(_VERSION.match(head))


class _Reader:
    """The records of a file from an offset on, out of their gzip members where there are any."""

    def __init__(self, stream: BinaryIO, start: int) -> None:
        self._stream = stream
        stream.seek(start)
        self._compressed = stream.read(3) == _MEMBER
        stream.seek(start)
        self._raw = b""  # read from the file, not yet decompressed
        self._held = bytearray()  # decompressed, of the present member only
        self._inflater: zlib._Decompress | None = None
        self._begin = start  # of the record (or of the member that it is in)

    def records(self) -> Iterator[_Record]:
        """Yield response records that are whole, their checksums included; raises _DamageError at the first other."""
        while self._seek_record():
            headers = self._headers()
            length = self._length(headers)
            is_response = headers.get("warc-type", "").lower() == "response"
            kept = self._take(min(length, MAX_BLOCK_BYTES)) if is_response else b""
            self._skip(length - len(kept))
            self._finish()
            if is_response:
                yield _Record(self._begin, headers, kept, length > MAX_BLOCK_BYTES)

    def _seek_record(self) -> bool:
        """Go to where the next record begins, past blank lines; return False at the end of the file."""
        while True:
            if not self._held:
                if self._inflater is None:
                    self._begin = self._stream.tell() - len(self._raw)
                if self._compressed and self._inflater is None and not self._start_member():
                    return False
                if not self._fill() and not self._compressed:
                    return False
            blank = len(self._held) - len(self._held.lstrip(b"\r\n"))
            del self._held[:blank]
            if self._held:
                if not self._compressed:
                    self._begin = self._stream.tell() - len(self._held)
                return True

    def _headers(self) -> dict[str, str]:
        if not _VERSION.fullmatch(self._line()):
            raise self._damage("no record begins here")
        headers: dict[str, str] = {}
        size = 0
        while (line := self._line()).strip():
            size += len(line)
            if size > MAX_HEAD_BYTES:
                raise self._damage("its header has no end")
            name, _, value = line.decode("utf-8", "replace").partition(":")
            headers[name.strip().lower()] = value.strip()
        return headers

    def _length(self, headers: dict[str, str]) -> int:
        text = headers.get("content-length", "")
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise self._damage("it does not tell its length")
        return int(text)

    def _line(self) -> bytes:
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > MAX_HEAD_BYTES or not self._fill():
                raise self._damage("it is cut short")
        line = bytes(self._held[: end + 1])
        del self._held[: end + 1]
        return line

    def _take(self, count: int) -> bytes:
        while len(self._held) < count:
            if not self._fill():
                raise self._damage("it is cut short")
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken

    def _skip(self, count: int) -> None:
        while count > 0:
            if not self._held and not self._fill():
                raise self._damage("it is cut short")
            step = min(count, len(self._held))
            del self._held[:step]
            count -= step

    def _finish(self) -> None:
        """Read past the end of the record, so that the checksum of its gzip member has been compared."""
        while len(self._held) < 4 and self._fill():
            pass
        if not self._held.startswith(b"\r\n\r\n"[: len(self._held)]):
            raise self._damage("its length is not the one that it tells")
        del self._held[:4]
        if self._compressed and not self._held:
            self._fill()

    def _start_member(self) -> bool:
        """Begin the next gzip member; return False where none follows (zero bytes that pad a file are none)."""
        self._raw = self._raw or self._stream.read(_CHUNK)
        if not self._raw.strip(b"\0"):
            return False
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        return True

    def _fill(self) -> bool:
        """Hold more bytes; return False at the end of the file, or of the gzip member that was begun."""
        if not self._compressed:
            chunk = self._stream.read(_CHUNK)
            self._held += chunk
            return bool(chunk)
        before = len(self._held)
        while self._inflater is not None and len(self._held) == before:
            self._raw = self._raw or self._stream.read(_CHUNK)
            if not self._raw:
                raise self._damage("it is cut short")
            try:
                self._held += self._inflater.decompress(self._raw, _CHUNK * 4)
            except zlib.error as error:
                raise self._damage(f"its gzip data are broken ({error})") from error
            self._raw = self._inflater.unconsumed_tail
            if self._inflater.eof:
                self._raw, self._inflater = self._inflater.unused_data, None
        return len(self._held) > before

    def _damage(self, why: str) -> _DamageError:
        return _DamageError(self._begin, why)


def _page(record: _Record) -> Page | None:
    """Return the page of a response record; None where it is not of the web, or not readable as HTTP."""
    url = record.headers.get("warc-target-uri", "").strip("<>")
    if not url.lower().startswith(("http://", "https://")):
        return None
    head, _, raw = record.block.partition(b"\r\n\r\n")
    lines = head.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    match = re.match(r"HTTP/\d(?:\.\d)? (\d{3})", lines[0])
    if match is None:
        return None
    stored = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
    ours = SOURCE_ID.lower() in record.headers
    outcome, detail, body = _body(record, url, int(match[1]), dict(reversed(stored)), raw, ours=ours)
    prefix = ORIGINAL.lower()
    renamed = {name for name, _ in stored if name.startswith(prefix)}
    headers = tuple(
        (name.removeprefix(prefix), value)
        for name, value in stored
        if name and not (ours and (name == "content-length" or prefix + name in renamed))
    )
    answer = Answer(int(match[1]), headers, b"")
    redirects = record.headers.get(REDIRECTS.lower(), "")
    return Page(
        url=record.headers.get(ASKED_URL.lower(), url),
        final_url=url,
        source_id=record.headers.get(SOURCE_ID.lower(), ""),
        fetched_at=_date(record.headers.get("warc-date", "")),
        outcome=outcome,
        status=answer.status,
        body=body,
        content_type=answer.header("content-type"),
        headers=headers,
        validators=validators_of(answer),
        redirects=tuple(redirects.split()),
        wire_bytes=len(record.block),
        detail=detail,
    )


def _body(
    record: _Record, url: str, status: int, headers: dict[str, str], raw: bytes, *, ours: bool
) -> tuple[Outcome, str, bytes | None]:
    if record.too_large or record.headers.get("warc-truncated") == "length":
        return Outcome.TOO_LARGE, "the archive holds only a part of it", None
    if "warc-truncated" in record.headers:
        return Outcome.PROTOCOL_ERROR, "the archive holds only a part of it", None
    if "chunked" in headers.get("transfer-encoding", "").lower():
        # Where it is not chunked after all, warcio hands it out as it is: some archives keep the header only.
        raw = ChunkedDataReader(io.BytesIO(raw)).read(len(raw))
    try:
        body = _decoded(raw, headers.get("content-encoding", ""), url)
    except FetchError as error:
        return error.outcome, error.detail, None
    stored = tuple(headers.items())
    outcome, detail = judge(Answer(status, stored, body), accept="any" if ours else "html", conditional=True)
    return outcome, detail, body if outcome is Outcome.FETCHED else None


def _decoded(raw: bytes, coding: str, url: str) -> bytes:
    limits = Limits()
    try:
        return decode_body(raw, coding, url=url, max_bytes=limits.decoded_bytes, max_ratio=limits.ratio)
    except FetchError as error:
        # Some archives keep the header of a coding that they have undone.
        if error.outcome is Outcome.PROTOCOL_ERROR and codings(coding) and raw.lstrip()[:1] in {b"<", b"{", b"["}:
            return decode_body(raw, "", url=url, max_bytes=limits.decoded_bytes, max_ratio=limits.ratio)
        raise


def _date(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
