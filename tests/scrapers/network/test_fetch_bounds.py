"""What a hostile server can do with bytes and time, and that a page costs no more than its limits."""

from __future__ import annotations

import asyncio
import gzip
import zlib

import brotli
import pytest
import zstandard

from data.outcomes import Outcome
from scrapers.exchange import Limits

URL = "http://situs.test/berita/a"
ZEROS = b"\0" * 40_000_000
QUICK = Limits(deadline_s=0.6, silence_s=5.0)


def _answer(headers: str = "", body: bytes = b"", status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-type: text/html\r\n{headers}\r\n".encode() + body


@pytest.mark.parametrize(
    ("coding", "compress"),
    [
        ("gzip", lambda data: gzip.compress(data, 9)),
        ("deflate", lambda data: zlib.compress(data, 9)),
        ("br", lambda data: brotli.compress(data, quality=5)),
        ("zstd", lambda data: zstandard.compress(data, 3)),
    ],
)
async def test_a_bomb_is_defused_while_it_goes_off(web, fetcher_for, source_of, coding, compress):
    web.answer(URL, compress(ZEROS), content_encoding=coding)
    page = await fetcher_for().fetch(URL, source_of())
    assert (page.outcome, page.body) == (Outcome.TOO_LARGE, None)


async def test_codings_piled_on_one_another_are_not_undone(web, fetcher_for, source_of):
    web.answer(URL, gzip.compress(gzip.compress(ZEROS, 9), 9), content_encoding="gzip, gzip")
    assert (await fetcher_for().fetch(URL, source_of())).outcome is Outcome.TOO_LARGE


async def test_a_gzip_file_within_a_coding_is_bounded_too(web, fetcher_for, source_of):
    web.answer("http://situs.test/s.xml.gz", gzip.compress(gzip.compress(ZEROS, 9), 9), content_encoding="gzip")
    page = await fetcher_for().fetch("http://situs.test/s.xml.gz", source_of(), accept="xml")
    assert page.outcome is Outcome.TOO_LARGE


async def test_a_coding_that_was_not_offered_is_malformed(web, fetcher_for, source_of):
    web.answer(URL, b"x" * 100, content_encoding="compress")
    assert (await fetcher_for().fetch(URL, source_of())).outcome is Outcome.PROTOCOL_ERROR


async def test_an_endless_body_is_cut_at_the_cap(web, fetcher_for, source_of):
    async def endless(_request, writer):
        writer.write(_answer())
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    web.raw(URL, endless)
    page = await fetcher_for().fetch(URL, source_of())
    assert (page.outcome, page.body) == (Outcome.TOO_LARGE, None)
    assert 5_000_000 < page.wire_bytes < 6_000_000


async def _drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    for place in range(len(data)):
        writer.write(data[place : place + 1])
        await writer.drain()
        await asyncio.sleep(0.05)


async def test_a_header_that_drips_is_left_at_the_deadline(web, fetcher_for, source_of):
    async def slow(_request, writer):
        await _drip(writer, _answer("x-slow: " + "a" * 1000 + "\r\n"))

    web.raw(URL, slow)
    page = await fetcher_for(limits=QUICK).fetch(URL, source_of())
    assert (page.outcome, page.status) == (Outcome.TIMEOUT, None)
    assert 0.5 < page.elapsed_s < 3


async def test_a_body_that_drips_is_left_at_the_deadline(web, fetcher_for, source_of):
    async def slow(_request, writer):
        writer.write(_answer())
        await _drip(writer, b"a" * 1000)

    web.raw(URL, slow)
    page = await fetcher_for(limits=QUICK).fetch(URL, source_of())
    assert (page.outcome, page.status) == (Outcome.TIMEOUT, 200)
    assert 0.5 < page.elapsed_s < 3


async def test_the_deadline_is_for_all_redirects_of_a_page_together(web, fetcher_for, source_of):
    def after(seconds, location):
        async def slow(_request, writer):
            await asyncio.sleep(seconds)
            writer.write(_answer(f"location: {location}\r\ncontent-length: 0\r\n", status="302 Found"))

        return slow

    web.raw("http://situs.test/a", after(0.4, "/b"))
    web.raw("http://situs.test/b", after(0.4, "/c"))
    page = await fetcher_for(limits=QUICK).fetch("http://situs.test/a", source_of())
    assert page.outcome is Outcome.TIMEOUT
    assert web.pages() == ["/a", "/b"]


async def test_a_server_that_says_nothing_holds_no_other_site_up(web, fetcher_for, source_of):
    async def silent(_request, _writer):
        await asyncio.sleep(30)

    web.raw(URL, silent)
    web.answer("http://lain.test/a")
    fetcher = fetcher_for(["situs.test", "lain.test"], limits=Limits(deadline_s=1.0))
    stuck = asyncio.create_task(fetcher.fetch(URL, source_of()))
    await asyncio.sleep(0.1)
    quick = await fetcher.fetch("http://lain.test/a", source_of("http://lain.test/"))
    assert (quick.outcome, stuck.done()) == (Outcome.FETCHED, False)
    assert (await stuck).outcome is Outcome.TIMEOUT


async def test_a_name_that_resolves_too_slowly_is_a_dns_error(fetcher_for, source_of):
    async def asleep(_host):
        await asyncio.sleep(30)
        return []

    page = await fetcher_for([], resolver=asleep, limits=QUICK).fetch(
        "http://lama.example/", source_of("http://lama.example/")
    )
    assert (page.outcome, page.status) == (Outcome.DNS_ERROR, None)


@pytest.mark.parametrize(
    ("what", "answer"),
    [
        ("an empty reply", b""),
        ("no HTTP at all", b"SSH-2.0-OpenSSH_9.2\r\n"),
        ("a broken status line", b"HTTP/1.1 abc OK\r\n\r\n"),
        ("binary noise", bytes(range(256)) * 4),
        ("a body shorter than its length", _answer("content-length: 5000\r\n", b"<html>cut")),
        ("a negative length", _answer("content-length: -1\r\n", b"<html>")),
        ("two lengths", _answer("content-length: 5\r\ncontent-length: 6\r\n", b"<html>")),
        ("chunks cut short", _answer("transfer-encoding: chunked\r\n", b"5\r\n<html\r\n")),
        ("chunks that are none", _answer("transfer-encoding: chunked\r\n", b"zz\r\n<html\r\n")),
        ("a header of 5 MB", _answer("x-big: " + "a" * 5_000_000 + "\r\n", b"<html>")),
        ("200,000 headers", _answer("x-a: 1\r\n" * 200_000, b"<html>")),
        ("gzip cut short", _answer("content-encoding: gzip\r\n", gzip.compress(b"<html>" * 999)[:-9])),
        ("gzip that is none", _answer("content-encoding: gzip\r\ncontent-length: 5\r\n", b"<html")),
    ],
)
async def test_a_malformed_answer_is_never_a_page(web, fetcher_for, source_of, what, answer):
    web.raw(URL, answer)
    page = await fetcher_for().fetch(URL, source_of())
    assert (page.outcome, page.body) == (Outcome.PROTOCOL_ERROR, None), what


async def test_a_reset_in_the_middle_is_never_a_page(web, fetcher_for, source_of):
    async def reset(_request, writer):
        writer.write(_answer("content-length: 5000\r\n", b"<html>"))
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()

    web.raw(URL, reset)
    assert (await fetcher_for().fetch(URL, source_of())).outcome is Outcome.PROTOCOL_ERROR


async def test_a_length_that_lies_upwards_and_a_server_that_waits_is_a_timeout(web, fetcher_for, source_of):
    async def waits(_request, writer):
        writer.write(_answer("content-length: 5000\r\n", b"<html>"))
        await writer.drain()
        await asyncio.sleep(30)

    web.raw(URL, waits)
    assert (await fetcher_for(limits=QUICK).fetch(URL, source_of())).outcome is Outcome.TIMEOUT


async def test_a_host_where_nobody_listens_is_a_connect_error(fetcher_for, source_of, unused_tcp_port):
    fetcher = fetcher_for(connect_to=(("situs.test", ("127.0.0.1", unused_tcp_port)),))
    page = await fetcher.fetch(URL, source_of())
    assert (page.outcome, page.status) == (Outcome.CONNECT_ERROR, None)


async def test_a_page_that_ends_before_its_deadline_is_whole(web, fetcher_for, source_of):
    async def slow(_request, writer):
        writer.write(_answer("transfer-encoding: chunked\r\n"))
        for piece in (b"<html>", b"<p>Kabar", b"</html>"):
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
            await asyncio.sleep(0.02)
        writer.write(b"0\r\n\r\n")

    web.raw(URL, slow)
    assert (await fetcher_for().fetch(URL, source_of())).body == b"<html><p>Kabar</html>"


@pytest.mark.parametrize(
    "when", ["connecting", "header", "body", "cancelled", "too large", "malformed", "reset", "unread"]
)
async def test_the_one_connection_of_a_network_is_free_again_after_any_failure(web, fetcher_for, source_of, when):
    backend = fetcher_for.__globals__["WatchedBackend"](web.port)
    connect, stuck = backend.connect_tcp, asyncio.Event()

    async def sometimes(host, port, **options):
        if when == "connecting" and not stuck.is_set():
            await asyncio.sleep(30)
        return await connect(host, port, **options)

    async def hostile(_request, writer):
        if when == "malformed":
            writer.write(b"HTTP/9 what\r\n\r\n")
        elif when == "reset":
            writer.transport.abort()
        elif when == "too large":
            writer.write(_answer() + b"x" * 6_000_000)
        elif when == "unread":
            writer.write(_answer("content-length: 9000000\r\n", status="302 Found").replace(b"text/html", b"video/mp4"))
        elif when != "header":
            writer.write(_answer("content-length: 99\r\n"))
        await writer.drain()
        if when in {"header", "body", "cancelled", "unread"}:
            await asyncio.sleep(30)

    backend.connect_tcp = sometimes
    web.raw(URL, hostile)
    web.answer("http://situs.test/b")
    web.answer("http://www.situs.test/b")
    fetcher = fetcher_for(["situs.test", "www.situs.test"], backend=backend, limits=QUICK)
    if when == "cancelled":
        task = asyncio.create_task(fetcher.fetch(URL, source_of()))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    else:
        assert (await fetcher.fetch(URL, source_of())).outcome is not Outcome.FETCHED
    stuck.set()
    # Where even robots.txt could not be had, the origin is given ten minutes: another of the network is asked.
    host = "www.situs.test" if when == "connecting" else "situs.test"
    page = await fetcher.fetch(f"http://{host}/b", source_of())
    assert page.outcome is Outcome.FETCHED


async def test_connections_of_many_networks_are_closed_again_and_none_of_those_in_use(
    web, fetcher_for, source_of, monkeypatch
):
    monkeypatch.setattr("scrapers.exchange.OPEN_NETWORKS", 5)
    names = [f"situs{number}.test" for number in range(30)]
    for name in names:
        web.answer(f"http://{name}/a")
        web.answer(f"http://{name}/b")
    fetcher = fetcher_for(names)

    async def two(name):
        source = source_of(f"http://{name}/")
        return [(await fetcher.fetch(f"http://{name}/{page}", source)).outcome for page in "ab"]

    assert await asyncio.gather(*map(two, names)) == [[Outcome.FETCHED, Outcome.FETCHED]] * 30
    await two(names[0])
    await asyncio.sleep(0.1)
    assert web.open_now <= 5
