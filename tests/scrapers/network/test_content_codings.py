"""Content codings: what goes in comes out, and no more than the bounds allow."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from data.errors import FetchError
from data.outcomes import Outcome
from scrapers.decode import codings, decode_body, is_gzip


def _bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS = {
    "gzip": lambda data: gzip.compress(data, 6),
    "x-gzip": lambda data: gzip.compress(data, 6),
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=4),
    "zstd": zstandard.compress,
    "identity": bytes,
    "": bytes,
}


@given(st.binary(max_size=5000), st.sampled_from(sorted(PACKERS)))
def test_what_was_packed_is_unpacked(data, coding):
    assert decode_body(PACKERS[coding](data), coding) == data


def test_deflate_is_taken_bare_too_and_gzip_in_several_parts():
    assert decode_body(_bare_deflate(b"kabar"), "deflate") == b"kabar"
    assert decode_body(gzip.compress(b"a") + gzip.compress(b"b") + b"\0\0", "gzip") == b"ab"
    assert decode_body(zstandard.compress(b"a") + zstandard.compress(b"b") + b"sisa", "zstd") == b"ab"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_data_cut_short_or_broken_are_never_a_body(coding):
    packed = PACKERS[coding](bytes(range(256)) * 100)
    for data in (packed[:1], packed[: len(packed) // 2], packed[:-1], b"<html>" * 50):
        with pytest.raises(FetchError) as caught:
            decode_body(data, coding)
        assert caught.value.outcome is Outcome.PROTOCOL_ERROR


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_costs_no_more_memory_than_the_cap(coding):
    bomb = PACKERS[coding](bytes(100_000_000))
    tracemalloc.start()
    with pytest.raises(FetchError) as caught:
        decode_body(bomb, coding, max_ratio=10**9)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.outcome is Outcome.TOO_LARGE
    assert "10,000,000 bytes" in caught.value.detail
    assert peak < 45_000_000


def test_a_short_repetitive_page_may_be_packed_tightly_and_a_long_one_not():
    assert len(decode_body(gzip.compress(b"a" * 900_000), "gzip")) == 900_000
    with pytest.raises(FetchError, match="200 times"):
        decode_body(gzip.compress(b"a" * 1_100_000), "gzip")


def test_a_window_that_would_need_more_memory_than_browsers_give_is_refused():
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    packed = zstandard.ZstdCompressor(compression_params=parameters).compress(bytes(range(256)) * 40_000)
    with pytest.raises(FetchError):
        decode_body(packed, "zstd")


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("", ()),
        ("identity", ()),
        ("GZIP", ("gzip",)),
        (" x-gzip ", ("gzip",)),
        ("identity, br", ("br",)),
        ("gzip,gzip", ("gzip", "gzip")),
        ("utf-8", ()),
    ],
)
def test_codings_that_change_nothing_are_none(header, names):
    assert codings(header) == names


def test_codings_piled_on_one_another_are_refused_unseen():
    with pytest.raises(FetchError) as caught:
        decode_body(b"whatever", "br, gzip")
    assert caught.value.outcome is Outcome.TOO_LARGE


def test_a_gzip_file_is_known_by_its_first_bytes():
    assert is_gzip(gzip.compress(b"<urlset/>"))
    assert not is_gzip(b"<urlset/>")
