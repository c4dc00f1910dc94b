"""One question and its answer, within bounds that no server can stretch: bytes, ratio, headers and time.

httpx bounds none of these; a byte per second keeps its timeouts happy for ever, and a small body may unpack to
gigabytes. So bodies are read raw, piece by piece, under one deadline, and decoded by `scrapers.decode`.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from data.errors import FetchError
from data.outcomes import Outcome
from scrapers.decode import ACCEPT_ENCODING, MAX_DECODED_BYTES, MAX_RATIO, decode_body
from scrapers.network import VettedTransport, outcome_of
from scrapers.urls import printable

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    import httpcore

    from scrapers.addresses import AddressBook
    from scrapers.urls import Url

ERROR_PAGE_BYTES = 262_144
"""How much of an error page is read: enough to know a bot wall by."""

OPEN_NETWORKS = 128
"""Networks whose connection is kept open; twice what a crawl pass works on side by side."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may cost.

    ``wire_bytes`` come over the network, ``decoded_bytes`` out of the decoder, at most ``ratio`` for one;
    ``deadline_s`` is for all of a page, its redirects included; ``silence_s`` for a connection, or between two
    pieces of an answer.
    """

    wire_bytes: int = 5_000_000
    decoded_bytes: int = MAX_DECODED_BYTES
    ratio: int = MAX_RATIO
    deadline_s: float = 30.0
    silence_s: float = 15.0
    redirects: int = 5


@dataclass(slots=True)
class Meter:
    """What a page has cost so far: counts also where no answer comes of it."""

    seconds: float = 0.0
    wire_bytes: int = 0
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. Header names are lower case; ``body`` is decoded, and empty where none was wanted."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first value of a header (name in lower case), None where it is not there."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def is_redirect(self) -> bool:
        """Whether it leads on to another URL."""
        return self.status in REDIRECTS and self.header("location") is not None


def whole(_status: int, _headers: Mapping[str, str]) -> bool:
    """Want every body."""
    return True


class Exchange:
    """Asks over connections of its own, one at a time per network; nothing is shared between two questions."""

    def __init__(
        self,
        book: AddressBook,
        *,
        user_agent: str,
        limits: Limits,
        backend: httpcore.AsyncNetworkBackend | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._book = book
        # A name that cannot stand in a header would fail every request.
        self._user_agent = printable(user_agent).encode("ascii", "replace").decode("ascii")
        self._limits = limits
        self._backend = backend
        self._ssl_context = ssl_context
        self._transports: OrderedDict[str, VettedTransport] = OrderedDict()
        self._busy: dict[str, int] = {}

    async def ask(
        self,
        url: Url,
        *,
        network: str,
        headers: Mapping[str, str],
        meter: Meter,
        wants: Callable[[int, Mapping[str, str]], bool] = whole,
        cut_at: int | None = None,
        on_send: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Send one GET and return the answer; add what it cost to ``meter``.

        The body of a 200 is read only where ``wants(status, headers)``; of an error page the first quarter of a
        megabyte is. ``cut_at`` is where a longer body is cut off instead of refused. ``on_send`` is called when the
        connection stands and the request leaves. Raises FetchError with the outcome that fits: TIMEOUT, TOO_LARGE,
        TLS_ERROR, CONNECT_ERROR, PROTOCOL_ERROR and what the address book raises.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        left = self._limits.deadline_s - meter.seconds
        self._busy[network] = self._busy.get(network, 0) + 1
        try:
            async with asyncio.timeout(max(left, 0)):
                return await self._ask(url, network, headers, meter, wants, cut_at, on_send)
        except TimeoutError as error:
            detail = f"not whole after {self._limits.deadline_s:g} s"
            raise FetchError(Outcome.TIMEOUT, str(url), detail) from error
        except httpx.TransportError as error:
            outcome, detail = outcome_of(error)
            raise FetchError(outcome, str(url), detail) from error
        except OSError as error:
            raise FetchError(Outcome.CONNECT_ERROR, str(url), f"no connection: {error}") from error
        finally:
            self._busy[network] -= 1
            if not self._busy[network]:
                del self._busy[network]
            meter.seconds += loop.time() - began

    async def aclose(self) -> None:
        """Close all connections."""
        while self._transports:
            await self._transports.popitem()[1].aclose()

    async def _ask(
        self,
        url: Url,
        network: str,
        headers: Mapping[str, str],
        meter: Meter,
        wants: Callable[[int, Mapping[str, str]], bool],
        cut_at: int | None,
        on_send: Callable[[], None],
    ) -> Answer:
        async def trace(event: str, _: object) -> None:
            if event.endswith("send_request_headers.started"):
                on_send()

        transport = await self._transport(network)
        request = httpx.Request(
            "GET",
            str(url),
            headers={"User-Agent": self._user_agent, "Accept-Encoding": ACCEPT_ENCODING, **headers},
            extensions={
                "timeout": dict.fromkeys(("connect", "read", "write", "pool"), self._limits.silence_s),
                "trace": trace,
            },
        )
        response = await transport.handle_async_request(request)
        try:
            fields = tuple((_text(name).lower(), _text(value)) for name, value in response.headers.raw)
            meter.status = response.status_code
            meter.wire_bytes += sum(len(name) + len(value) + 4 for name, value in response.headers.raw)
            body = await self._body(url, response, meter, wants, cut_at)
            return Answer(response.status_code, fields, body)
        finally:
            await response.aclose()

    async def _body(
        self,
        url: Url,
        response: httpx.Response,
        meter: Meter,
        wants: Callable[[int, Mapping[str, str]], bool],
        cut_at: int | None,
    ) -> bytes:
        status = response.status_code
        if status in REDIRECTS or status == 304 or (status == 200 and not wants(status, response.headers)):
            return b""
        if status >= 400 or status == 202:
            cut_at = ERROR_PAGE_BYTES
        coding = response.headers.get("content-encoding", "")
        # Where a coded body is cut, what decodes of it is not known beforehand: it is read whole, within the caps.
        plain_cut = cut_at if cut_at is not None and not coding else None
        raw = bytearray()
        async for piece in response.aiter_raw():
            raw += piece
            meter.wire_bytes += len(piece)
            if plain_cut is not None and len(raw) >= plain_cut:
                return bytes(raw[:plain_cut])
            if len(raw) > self._limits.wire_bytes:
                raise FetchError(Outcome.TOO_LARGE, str(url), f"more than {self._limits.wire_bytes:,} bytes came")
        try:
            body = decode_body(
                bytes(raw), coding, url=str(url), max_bytes=self._limits.decoded_bytes, max_ratio=self._limits.ratio
            )
        except FetchError:
            if status >= 400:
                return b""  # the status says enough
            raise
        return body if cut_at is None else body[:cut_at]

    async def _transport(self, network: str) -> VettedTransport:
        transport = self._transports.get(network)
        if transport is None:
            if self._ssl_context is None:
                self._ssl_context = httpx.create_ssl_context(trust_env=False)
            transport = VettedTransport(self._book, ssl_context=self._ssl_context, backend=self._backend)
            self._transports[network] = transport
        self._transports.move_to_end(network)
        idle = [name for name in self._transports if not self._busy.get(name)]
        spare = max(0, len(self._transports) - OPEN_NETWORKS)
        # All are taken out before the first is waited for: meanwhile others run this too.
        closing = [self._transports.pop(name) for name in idle[:spare]]
        for unused in closing:
            await unused.aclose()
        return transport


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
