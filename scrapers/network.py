"""The one way from here to the web: an httpx transport that connects to vetted addresses only.

The name is looked up and vetted by `AddressBook`, and the connection goes to the very address that was vetted;
certificate, SNI and ``Host`` stay by name. No proxy is ever taken from the environment, no redirect followed, no
cookie kept.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from data.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from scrapers.addresses import AddressBook

KEEP_IDLE_S = 10.0
"""Seconds that an unused connection is kept: a few requests at the default delay."""


class VettedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to what the address book allows, by trying a host's addresses in turn.

    ``backend`` is what really connects (None: the system's sockets).
    """

    def __init__(self, book: AddressBook, backend: httpcore.AsyncNetworkBackend | None = None) -> None:
        self._book = book
        self._backend = backend or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's own
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Open a connection to ``host`` at its vetted address; raises RefusedAddressError or FetchError before any."""
        destination = await self._book.destination(host)
        failure: Exception = httpcore.ConnectError("no address")
        for address in destination.addresses:
            try:
                return await self._backend.connect_tcp(
                    address,
                    destination.port or port,
                    timeout=None if timeout is None else timeout / len(destination.addresses),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class VettedTransport(httpx.AsyncBaseTransport):
    """An httpx transport over `VettedBackend`, with at most ``connections`` at a time.

    It may serve any ``httpx.AsyncClient``; besides httpx's own errors it raises FetchError for what may not be
    connected to.
    """

    def __init__(
        self,
        book: AddressBook,
        *,
        ssl_context: ssl.SSLContext,
        backend: httpcore.AsyncNetworkBackend | None = None,
        connections: int = 1,
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=KEEP_IDLE_S,
            http1=True,
            http2=False,
            network_backend=VettedBackend(book, backend),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body of the answer is streamed, undecoded."""
        core_request = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            response = await self._pool.handle_async_request(core_request)
        except httpcore_errors as error:
            raise _as_httpx(error) from error
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Stream(response),
            extensions=response.extensions,
            request=request,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._response.aiter_stream():
                yield part
        except httpcore_errors as error:
            raise _as_httpx(error) from error

    async def aclose(self) -> None:
        await self._response.aclose()


httpcore_errors = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


def _as_httpx(error: Exception) -> httpx.TransportError:
    """Return the httpx error of the same name: the two trees are parallel."""
    kind: type[httpx.TransportError] = getattr(httpx, type(error).__name__, httpx.TransportError)
    return kind(str(error))


def outcome_of(error: httpx.TransportError) -> tuple[Outcome, str]:
    """Return what a page is counted as that ended in ``error``, with a sentence for the log."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            reason = getattr(cause, "verify_message", "") or cause.reason or str(cause)
            return Outcome.TLS_ERROR, f"the secure connection failed: {reason}"
        cause = cause.__cause__ or cause.__context__
    words = f": {error}" if str(error) else ""
    if isinstance(error, httpx.TimeoutException):
        return Outcome.TIMEOUT, f"no sign of life for too long ({type(error).__name__})"
    if isinstance(error, httpx.ConnectError):
        return Outcome.CONNECT_ERROR, f"no connection{words}"
    if isinstance(error, httpx.NetworkError):
        return Outcome.PROTOCOL_ERROR, f"the connection broke before the answer was whole{words}"
    return Outcome.PROTOCOL_ERROR, f"the answer was malformed or cut short{words}"
