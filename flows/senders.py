"""What sends, made of the settings: one guarded HTTP client, the mail server, Apprise's processes.

A webhook is connected to at the address that was looked up and vetted (scrapers/network.py), or not at all: no private,
loopback, link-local or metadata address, unless the operator named the host in ``allow_private_hosts``, which is also
what lets a webhook do without TLS.
"""

from __future__ import annotations

import time
from contextlib import AsyncExitStack, asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Final

import httpx

from feeds.channels import CHANNELS, SendingTools
from feeds.channels.post_office import PostOffice
from flows.apprise_process import AppriseProcesses
from flows.mail_settings import letterhead_of, mail_server_of
from flows.tools import utc_now
from scrapers.addresses import AddressBook, Resolver
from scrapers.network import VettedTransport

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import datetime

    import httpcore

    from feeds.channels import Sender
    from flows.settings import Settings

CONNECTIONS: Final = 4
"""To one host at a time: as many as a delivery pass sends to one recipient at once."""

SILENCE_S: Final = 10.0
"""Seconds without a byte after which a connection is given up; the sender's own deadline is for the whole."""


@asynccontextmanager
async def open_senders(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = utc_now,
    resolver: Resolver | None = None,
    backend: httpcore.AsyncNetworkBackend | None = None,
    ssl_context: ssl.SSLContext | None = None,
) -> AsyncIterator[Mapping[str, Sender]]:
    """Open what sends by each channel, and close it in the end.

    ``resolver``, ``backend`` and ``ssl_context`` are the machine's own unless given. Raises SettingsError for a mail
    server that is set wrongly.
    """
    server, letterhead = mail_server_of(settings), letterhead_of(settings)
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(
            webhook_client(settings, resolver=resolver, backend=backend, ssl_context=ssl_context)
        )
        notifier = AppriseProcesses(private_hosts=settings.allow_private_hosts)
        stack.push_async_callback(notifier.aclose)
        post_office = None
        if server is not None:
            post_office = PostOffice(server, tls=None if ssl_context is None else lambda: ssl_context)
            stack.push_async_callback(post_office.aclose)
        tools = SendingTools(
            client=client,
            clock=clock,
            plain_hosts=settings.allow_private_hosts,
            post_office=post_office,
            letterhead=letterhead,
            notifier=notifier,
        )
        yield {name: way.sender(tools) for name, way in CHANNELS.items()}


def webhook_client(
    settings: Settings,
    *,
    resolver: Resolver | None = None,
    backend: httpcore.AsyncNetworkBackend | None = None,
    ssl_context: ssl.SSLContext | None = None,
) -> httpx.AsyncClient:
    """Return the client that webhooks are posted with: guarded, without proxy, redirects or cookies."""
    book = AddressBook(
        allow_private_hosts=settings.allow_private_hosts,
        connect_to=dict(settings.connect_to),
        resolver=resolver,
        monotonic=time.monotonic,
    )
    # What the machine's operator trusts (SSL_CERT_FILE) holds here too: an office's own servers have its own authority.
    context = ssl_context or httpx.create_ssl_context()

    def open_transport() -> VettedTransport:
        return VettedTransport(book, ssl_context=context, backend=backend, connections=CONNECTIONS)

    return httpx.AsyncClient(
        transport=PerOrigin(open_transport),
        headers={"User-Agent": settings.user_agent, "Accept": "*/*", "Accept-Encoding": "identity"},
        timeout=httpx.Timeout(SILENCE_S, pool=None),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
    )


class PerOrigin(httpx.AsyncBaseTransport):
    """A transport for each origin that is asked, made by ``open_transport``.

    One pool for all has httpcore look through every connection twice over for each request: with fifty open ones that
    is 8 ms of a request's 9 (measured), and a webhook that hangs takes connections from the others.
    """

    def __init__(self, open_transport: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self._open = open_transport
        self._transports: dict[tuple[str, str, int | None], httpx.AsyncBaseTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request by the transport of its origin."""
        origin = (request.url.scheme, request.url.host, request.url.port)
        if origin not in self._transports:
            self._transports[origin] = self._open()
        return await self._transports[origin].handle_async_request(request)

    async def aclose(self) -> None:
        """Close all transports."""
        transports, self._transports = self._transports, {}
        for transport in transports.values():
            await transport.aclose()
