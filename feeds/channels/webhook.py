"""Alerts to another program: a signed POST of JSON, delivered only where the answer says so, whole and in time.

The signature is HMAC-SHA256 (RFC 2104) over ``timestamp.body``, so that neither can be changed nor an old message be
sent again later. ``Idempotency-Key`` is the same in every attempt: what came twice can be told. No redirect is ever
followed: whoever moves tells the desk. docs/deliveries.md shows how a receiver checks all this.
"""

from __future__ import annotations

import asyncio
import hmac
import ssl
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx

from data.delivering import Receipt
from data.errors import FetchError, InputError, RefusedAddressError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.delivering import Message, Recipient
    from feeds.channels import SendingTools

DEADLINE_S: Final = 10.0
"""Seconds from the first look-up to the last byte of the answer. A receiver should answer at once and work later; the
large senders of webhooks wait 5 to 30 s. By reasoning: an outbox of 20 receivers of which one hangs still moves on."""

LONGEST_ANSWER: Final = 65_536
"""Bytes of an answer that are read; what it says is not used, and the rest of a longer one is not fetched."""

LONGEST_WAIT_S: Final = 86_400.0
"""A day: what a Retry-After can ask for at the most, else one slip of a receiver would silence its alerts for good."""

SCHEME: Final = "v1"
"""Which way of signing; another one would be sent beside it, so that receivers can change over."""

_GONE: Final = 410
_LATER: Final = frozenset({408, 425, 429})
_SUCCESS, _REDIRECT, _OURS, _THEIRS = 200, 300, 400, 500


class WebhookSender:
    """Sends to URLs with the client handed in, which must not connect to what is not public.

    ``plain_hosts`` are the only hosts that may be sent to without TLS.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        clock: Callable[[], datetime],
        plain_hosts: frozenset[str] = frozenset(),
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._client = client
        self._clock = clock
        self._plain_hosts = plain_hosts
        self._deadline_s = deadline_s

    async def send(self, message: Message, recipient: Recipient) -> Receipt:
        """Post a message once; see `feeds.channels.Sender`."""
        try:
            check(recipient.target, self._plain_hosts)
        except InputError as error:
            return Receipt("refused", str(error))
        if not recipient.secret:
            return Receipt("refused", "a webhook has a key to sign with, and this one has none")
        headers = signed(message, recipient.secret, self._clock())
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._post(recipient.target, headers, message.body)
        except TimeoutError:
            return Receipt("retry", f"no whole answer within {self._deadline_s:g} s")
        except RefusedAddressError:
            return Receipt("refused", "its host has an address that is not of the public net")
        except FetchError:
            return Receipt("retry", "its host's name does not resolve")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            return Receipt("refused", f"its URL cannot be asked for ({type(error).__name__})")
        except httpx.TransportError as error:
            return Receipt("retry", broken(error))

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> Receipt:
        request = self._client.build_request("POST", url, headers=headers, content=body)
        response = await self._client.send(request, stream=True, follow_redirects=False)
        try:
            receipt = judged(response.status_code, response.headers, self._clock)
            # Half an answer is none, even with a good status: many servers send that before the work is done.
            await _read(response)
        finally:
            await response.aclose()
        return receipt


async def _read(response: httpx.Response) -> None:
    """Read an answer to its end or to the bound, undecoded; only one that was read whole keeps its connection."""
    got = 0
    async for part in response.aiter_raw():
        got += len(part)
        if got > LONGEST_ANSWER:
            return


def sender(tools: SendingTools) -> WebhookSender:
    """Return what sends to webhooks."""
    return WebhookSender(tools.client, clock=tools.clock, plain_hosts=tools.plain_hosts)


def check(target: str, plain_hosts: frozenset[str] = frozenset()) -> None:
    """Refuse a target that no message is ever sent to: InputError for what is no URL, or leads there without TLS."""
    try:
        parts = urlsplit(target)
        host = (parts.hostname or "").rstrip(".")
        fits = parts.scheme in {"https", "http"} and bool(host) and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise InputError("a webhook is a URL that begins with https://")
    if parts.scheme == "http" and host not in plain_hosts:
        raise InputError("a webhook begins with https://; without it others on the way read along")


def signed(message: Message, secret: str, at: datetime) -> dict[str, str]:
    """Return the headers of one attempt at ``at``: its time in seconds of Unix, the signature, the key, the event."""
    stamp = str(int(at.timestamp()))
    digest = hmac.digest(secret.encode("utf-8", "surrogatepass"), stamp.encode() + b"." + message.body, "sha256").hex()
    return {
        "Content-Type": "application/json",
        "Kentongan-Timestamp": stamp,
        "Kentongan-Signature": f"{SCHEME}={digest}",
        "Kentongan-Event": f"{message.kind}.{message.state}" if message.state else message.kind,
        "Idempotency-Key": message.key,
    }


def judged(status: int, headers: httpx.Headers, clock: Callable[[], datetime]) -> Receipt:
    """Return what an answer's status means (RFC 9110, RFC 6585, RFC 8470): delivered, later, or never."""
    if _SUCCESS <= status < _REDIRECT:
        return Receipt("delivered", f"answered {status}")
    if status < _SUCCESS:
        return Receipt("refused", f"answered {status}, which ends no request")
    if status < _OURS:
        return Receipt("refused", f"answered {status}: it redirects, and no redirect is followed; enter the new URL")
    if status == _GONE:
        return Receipt("refused", f"answered {status}: it is gone for good")
    if status in _LATER or status >= _THEIRS:
        return Receipt("retry", f"answered {status}", asked_to_wait(headers.get("Retry-After"), clock))
    return Receipt("refused", f"answered {status}")


def asked_to_wait(value: str | None, clock: Callable[[], datetime]) -> float | None:
    """Return the seconds that a Retry-After asks for (RFC 9110, 10.2.3: seconds or a date), a day at the most.

    None where there is none or it cannot be read; a date that has passed asks for 0.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(text)
        aware = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max((aware - clock()).total_seconds(), 0.0), LONGEST_WAIT_S)
    except (ValueError, OverflowError):
        return None


def broken(error: httpx.TransportError) -> str:
    """Return what went wrong on the way, in words that name no address."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return f"the secure connection failed: {getattr(cause, 'verify_message', '') or cause.reason or 'TLS'}"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.TimeoutException):
        return f"no sign of life for too long ({type(error).__name__})"
    if isinstance(error, httpx.ConnectError):
        return "no connection"
    return "the answer broke off or was not HTTP"
