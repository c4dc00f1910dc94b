"""Erasing one page from an archive file, in its place: what lies before and behind keeps its offsets.

The gzip members of the response and of its request are overwritten with members of the same length that hold a
``metadata`` record, which says that something was erased here; what is left over goes into the comment field of the
member's head (RFC 1952, section 2.3.1), which no reader shows. Readers of WARC files meet whole records everywhere.
"""

from __future__ import annotations

import os
import struct
import uuid
import zlib
from datetime import UTC
from typing import TYPE_CHECKING, BinaryIO, Final

from data.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_CHUNK: Final = 65_536
_HEAD: Final = b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff"
"""A gzip head with a comment, no time, unknown system."""


def erase_record(path: Path, offset: int, now: datetime) -> None:
    """Overwrite the page whose response record begins at ``offset``, and the request that belongs to it.

    Raises InputError where no page lies there (one that was erased before is none), or the file cannot be written.
    """
    where = f"{path}, offset {offset}"
    try:
        with path.open("r+b") as stream:
            end = _member_end(stream, offset)
            if end is None or not _is_a(b"response", stream, offset):
                raise InputError("no page lies here", where=where)
            spans = [(offset, end)]
            if _is_a(b"request", stream, end) and (after := _member_end(stream, end)) is not None:
                spans.append((end, after))
            for begin, until in spans:
                stream.seek(begin)
                stream.write(_filled(until - begin, now))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", where=path) from error


def _member_end(stream: BinaryIO, begin: int) -> int | None:
    """Return where the gzip member ends that begins there; None where none does, or it is cut off."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    stream.seek(begin)
    place = begin
    try:
        while chunk := stream.read(_CHUNK):
            while chunk and not inflater.eof:
                inflater.decompress(chunk, _CHUNK)
                chunk = inflater.unconsumed_tail
            place = stream.tell()
            if inflater.eof:
                return place - len(inflater.unused_data)
    except zlib.error:
        return None
    return None


def _is_a(kind: bytes, stream: BinaryIO, begin: int) -> bool:
    """Return whether the gzip member that begins there holds a record of that kind."""
    stream.seek(begin)
    try:
        head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(stream.read(_CHUNK), _CHUNK)
    except zlib.error:
        return False
    return b"\r\nwarc-type: " + kind + b"\r\n" in head.partition(b"\r\n\r\n")[0].lower() + b"\r\n"


def _filled(length: int, now: datetime) -> bytes:
    """Return a gzip member of exactly that length that holds the record of an erasure."""
    record = (
        f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\n"
        f"WARC-Date: {now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\r\nContent-Type: application/warc-fields\r\n"
        "Content-Length: 14\r\n\r\nerased: true\r\n\r\n\r\n"
    ).encode()
    made = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = made.compress(record) + made.flush()
    tail = struct.pack("<II", zlib.crc32(record), len(record))
    room = length - len(_HEAD) - 1 - len(body) - len(tail)
    if room < 0:
        raise InputError(f"{length} bytes are too few to say that something was erased")
    return _HEAD + b" " * room + b"\0" + body + tail
