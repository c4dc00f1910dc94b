"""Twenty webhooks on loopback, good ones and bad ones, and a private stand-in that nobody may ever reach.

One listener serves them all and tells them apart by their host; each is as its name says.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
from collections import Counter, defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

KEY = "kunci-rahasia-dari-dua-puluh-empat"
GOOD = tuple(f"baik{number:02}" for number in range(1, 12))
SLOW = ("lambat1", "lambat2")
MENDED = ("sibuk", "pelupa")
"""Good in the end: one asks for time first, one takes the first messages and hangs up before it has said so."""
BAD = ("rusak1", "rusak2", "pindah", "putus", "palsu")
"""Always 500 (two), a redirect to a private address, an answer that breaks off, a certificate nobody vouches for."""
NAMES = (*GOOD, *SLOW, *MENDED, *BAD)
SLOW_S = 0.01
BUSY, FORGETFUL = 3, 5
"""Requests that *sibuk* turns away and *pelupa* takes without an answer, each at first."""


@dataclass
class Receivers:
    """What came in: by webhook the keys in their order, raw (``posts``) and counted once each (``seen``)."""

    posts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    seen: dict[str, dict[str, bytes]] = field(default_factory=lambda: defaultdict(dict))
    forged: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    secret_contacts: int = 0
    port: int = 0
    tls_port: int = 0
    secret_port: int = 0
    limit: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def total(self) -> int:
        return sum(map(len, self.posts.values()))

    def wake_at(self, total: int) -> None:
        """Let ``enough`` be set once so many messages came in."""
        self.limit = total
        self.enough.clear()

    def url(self, name: str) -> str:
        return f"http{'s' if name == 'palsu' else ''}://{name}.test/masuk"

    def hosts(self) -> dict[str, tuple[str, int]]:
        return {f"{name}.test": ("127.0.0.1", self.tls_port if name == "palsu" else self.port) for name in NAMES}

    def duplicates(self, name: str) -> int:
        return sum(count - 1 for count in Counter(self.posts[name]).values())

    def take(self, name: str, headers: dict[str, str], body: bytes, *, accepted: bool) -> None:
        """Note a message as a receiver that heeds the documentation would: signature first, then the key."""
        stamp, key = headers.get("kentongan-timestamp", ""), headers.get("idempotency-key", "")
        right = hmac.new(KEY.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        if headers.get("kentongan-signature") != f"v1={right}":
            self.forged.append(key)
        self.posts[name].append(key)
        if self.limit and self.total >= self.limit:
            self.enough.set()
        if accepted and self.seen[name].setdefault(key, body) != body:
            self.changed.append(key)


class _Webhook(asyncio.Protocol):
    def __init__(self, receivers: Receivers) -> None:
        self._all = receivers
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, mark, rest = self._buffer.partition(b"\r\n\r\n")
            if not mark:
                return
            lines = head.decode("latin-1").split("\r\n")[1:]
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            length = int(headers["content-length"])
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            self._answer(headers["host"].removesuffix(".test"), headers, rest[:length])

    def _answer(self, name: str, headers: dict[str, str], body: bytes) -> None:
        count = len(self._all.posts[name]) + 1
        self._all.take(name, headers, body, accepted=name not in BAD and (name != "sibuk" or count > BUSY))
        if name in SLOW:
            asyncio.get_running_loop().call_later(SLOW_S, self._say, b"HTTP/1.1 204 X\r\n\r\n")
        elif name.startswith("rusak"):
            self._say(b"HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n")
        elif name == "pindah":
            target = f"http://127.0.0.1:{self._all.secret_port}/latest/meta-data/"
            self._say(f"HTTP/1.1 307 X\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n".encode())
        elif name == "putus":
            self._say(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{")
            self._transport.close()
        elif name == "sibuk" and count <= BUSY:
            self._say(b"HTTP/1.1 429 X\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n")
        elif name == "pelupa" and count <= FORGETFUL:
            self._transport.abort()
        else:
            self._say(b"HTTP/1.1 204 X\r\n\r\n")

    def _say(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


class _Secret(asyncio.Protocol):
    """The private stand-in: counts whoever comes."""

    def __init__(self, receivers: Receivers) -> None:
        receivers.secret_contacts += 1


@asynccontextmanager
async def listening(folder: Path) -> AsyncIterator[Receivers]:
    """Open the webhooks and the stand-in in this loop; ``folder`` is for the certificate."""
    made, loop = Receivers(), asyncio.get_running_loop()
    plain = await loop.create_server(lambda: _Webhook(made), "127.0.0.1", 0)
    secure = await loop.create_server(lambda: _Webhook(made), "127.0.0.1", 0, ssl=_unknown(folder))
    secret = await loop.create_server(lambda: _Secret(made), "127.0.0.1", 0)
    made.port, made.tls_port, made.secret_port = (one.sockets[0].getsockname()[1] for one in (plain, secure, secret))
    try:
        yield made
    finally:
        for one in (plain, secure, secret):
            one.close()
            await one.wait_closed()


def _unknown(folder: Path) -> ssl.SSLContext:
    """Return a server's side of TLS with a certificate that nobody vouches for."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "palsu.test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("palsu.test")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = serialization.PrivateFormat.PKCS8
    path = folder / "palsu.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
