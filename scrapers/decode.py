"""Content codings undone within bounds: no answer, however small, can fill the memory.

Decoders are asked for a bounded piece at a time, so that a bomb is noticed while it goes off: a body of 1,600 bytes
that would become 1 GiB costs no more memory than the cap.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import brotli
import zstandard

from data.errors import FetchError
from data.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCEPT_ENCODING = "gzip, deflate, br, zstd"

MAX_DECODED_BYTES = 10_000_000
"""Bytes of a decoded body; the largest real pages of the field are 1 to 2 MB, the largest sitemaps 8 to 10."""

MAX_RATIO = 200
"""Decoded bytes per byte on the wire: text compresses 5 to 30 times, a sitemap of like URLs up to 60."""

RATIO_FLOOR_BYTES = 1_000_000
"""Decoded bytes up to which the ratio is not looked at: a short repetitive page may well compress 300 times."""

_PIECE = 65_536
_ZSTD_FRAME = b"\x28\xb5\x2f\xfd"
_ZSTD_BITE = 256
_ZSTD_WINDOW = 8 * 1024 * 1024  # what a decoder has to support at least, and need not exceed (RFC 8878, 3.1.1.1.2)


def codings(header: str) -> tuple[str, ...]:
    """Return the codings that a Content-Encoding header names, outermost last, without those that change nothing."""
    names = (name.strip().lower() for name in header.split(","))
    return tuple(name.removeprefix("x-") for name in names if name not in {"", "identity", "none", "utf-8"})


def decode_body(
    raw: bytes,
    content_encoding: str,
    *,
    url: str = "",
    max_bytes: int = MAX_DECODED_BYTES,
    max_ratio: int = MAX_RATIO,
) -> bytes:
    """Return ``raw`` with the codings of the header ``content_encoding`` undone.

    Raises FetchError: TOO_LARGE past either bound and for codings piled on one another, PROTOCOL_ERROR for data that
    are broken or cut short, and for codings that we did not offer.
    """
    names = codings(content_encoding)
    if not names:
        return _within(iter((raw,)), len(raw), url, max_bytes, max_ratio)
    if len(names) > 1:
        raise FetchError(Outcome.TOO_LARGE, url, f"codings piled on one another ({', '.join(names)}), as bombs are")
    if not raw:
        return b""
    decoders = {"gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}
    if names[0] not in decoders:
        raise FetchError(Outcome.PROTOCOL_ERROR, url, f"the coding {names[0][:40]!r} was not offered")
    try:
        return _within(decoders[names[0]](raw), len(raw), url, max_bytes, max_ratio)
    except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as error:
        raise FetchError(Outcome.PROTOCOL_ERROR, url, f"its {names[0]} data are broken: {error}") from error


def is_gzip(body: bytes) -> bool:
    """Return whether ``body`` is a gzip file by its first bytes (a ``sitemap.xml.gz`` served as it lies)."""
    return body.startswith(b"\x1f\x8b\x08")


def _within(pieces: Iterator[bytes], wire: int, url: str, max_bytes: int, max_ratio: int) -> bytes:
    kept = bytearray()
    for piece in pieces:
        kept += piece
        if len(kept) > max_bytes:
            raise FetchError(Outcome.TOO_LARGE, url, f"it unpacks to more than {max_bytes:,} bytes")
        if len(kept) > RATIO_FLOOR_BYTES and len(kept) > max_ratio * wire:
            raise FetchError(Outcome.TOO_LARGE, url, f"it unpacks to more than {max_ratio} times its {wire:,} bytes")
    return bytes(kept)


def _inflate(raw: bytes, wbits: int) -> Iterator[bytes]:
    """Yield the pieces of one or more deflate streams; what follows them is ignored where it is no stream."""
    first = True
    while raw:
        if not first and not is_gzip(raw):
            return
        decoder = zlib.decompressobj(wbits)
        while not decoder.eof:
            piece = decoder.decompress(raw, _PIECE)
            raw = decoder.unconsumed_tail
            if not piece and not raw and not decoder.eof:
                raise EOFError("cut short")
            yield piece
        raw, first = decoder.unused_data, False


def _gzip(raw: bytes) -> Iterator[bytes]:
    return _inflate(raw, zlib.MAX_WBITS | 16)


def _deflate(raw: bytes) -> Iterator[bytes]:
    # The name means zlib's format (RFC 9110, 8.4.1.2); some servers send the bare stream.
    zlib_header = raw[0] & 0x0F == 8 and int.from_bytes(raw[:2], "big") % 31 == 0
    return _inflate(raw, zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)


def _brotli(raw: bytes) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    piece = decoder.process(raw, output_buffer_limit=_PIECE)
    while piece or not decoder.is_finished():
        yield piece
        if decoder.is_finished():
            return
        if decoder.can_accept_more_data() and not piece:
            raise EOFError("cut short")
        piece = decoder.process(b"", output_buffer_limit=_PIECE)


def _zstd(raw: bytes) -> Iterator[bytes]:
    place = 0
    while raw.startswith(_ZSTD_FRAME, place):
        decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
        while not decoder.eof:
            if place >= len(raw):
                raise EOFError("cut short")
            # 4 bytes can say 128 KiB: so little is fed at a time that no piece passes the cap by far.
            yield decoder.decompress(raw[place : place + _ZSTD_BITE])
            place += _ZSTD_BITE
        place = min(place, len(raw)) - len(decoder.unused_data)
    if place == 0:
        raise EOFError("not a zstd frame")
