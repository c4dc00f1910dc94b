"""A web of loopback stand-ins that can be as hostile as the real one, and a watched way to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpcore
import httpx
import pytest

from data.records import RobotsRecord, Source
from scrapers.exchange import Limits
from scrapers.fetch import Fetcher

if TYPE_CHECKING:
    import ssl

Script = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]
HTML = b"<!doctype html><html><head><title>Kabar</title></head><body><p>Kabar dari nagari.</p></body></html>"
USER_AGENT = "Kentongan/0.1.0 (+https://kentongan.example/)"


@dataclass(frozen=True)
class Request:
    """One request as the server saw it."""

    host: str
    target: str
    headers: dict[str, str]


@dataclass
class Web:
    """A server that answers by host and path; what nobody set is 404, robots.txt too."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    open_now: int = 0
    open_most: int = 0
    _answers: dict[tuple[str, str], bytes | Script] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def answer(self, url: str, body: bytes = HTML, *, status: int = 200, **headers: str) -> None:
        """Answer ``url`` (http://host/target) so; header names have underscores for hyphens."""
        lines = {"content-type": "text/html", "content-length": str(len(body)), "connection": "keep-alive"}
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = f"HTTP/1.1 {status} X\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
        self.raw(url, head.encode() + body)

    def redirect(self, url: str, location: str, status: int = 302) -> None:
        """Answer ``url`` with a redirect."""
        self.answer(url, b"", status=status, location=location)

    def raw(self, url: str, data: bytes | Script) -> None:
        """Answer ``url`` with exactly these bytes and close, or run a script on the connection."""
        host, slash, target = url.removeprefix("http://").partition("/")
        self._answers[(host, slash + target)] = data

    def targets(self, host: str | None = None) -> list[str]:
        """Return what was asked for, in order."""
        return [request.target for request in self.requests if host in {None, request.host}]

    def pages(self, host: str | None = None) -> list[str]:
        """Return what was asked for but robots.txt."""
        return [target for target in self.targets(host) if target != "/robots.txt"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.open_now -= 1
            self._tasks.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        target = head[0].split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        request = Request(headers.get("host", "").partition(":")[0], target, headers)
        self.requests.append(request)
        answer = self._answers.get((request.host, target), b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
        if not isinstance(answer, bytes):
            await answer(request, writer)
            return False
        writer.write(answer)
        await writer.drain()
        return b"\r\nconnection: keep-alive\r\n" in answer or answer.startswith(b"HTTP/1.1 404 Not")

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class RobotsInMemory(dict[str, RobotsRecord]):
    """robots.txt answers that a test can look at."""

    def put(self, record: RobotsRecord) -> None:
        self[record.origin] = record


class HostsInMemory(dict[str, datetime]):
    """Blocks that a test can look at."""

    def blocked_until(self, network: str) -> datetime | None:
        return self.get(network)

    def block(self, network: str, until: datetime) -> None:
        self[network] = until


@dataclass
class Clock:
    """Time that passes only where somebody sleeps or a test says so."""

    now: datetime = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
    elapsed: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def utc(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.elapsed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self.elapsed += seconds
        self.now += timedelta(seconds=seconds)


class WatchedBackend(httpcore.AsyncNetworkBackend):
    """Writes down every address that is connected to, and leads each to the loopback server, whatever it is.

    So nothing leaves the machine, and an address that should have been refused would be answered, and be seen.
    """

    def __init__(self, port: int) -> None:
        self.connected: list[tuple[str, int]] = []
        self._port = port
        self._real = httpcore.AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, **options: Any) -> httpcore.AsyncNetworkStream:
        self.connected.append((host, port))
        return await self._real.connect_tcp("127.0.0.1", self._port, **options)


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    web = Web()
    server = await asyncio.start_server(web.serve, "127.0.0.1", 0)
    web.port = server.sockets[0].getsockname()[1]
    yield web
    server.close()
    await web.close()
    await server.wait_closed()


@pytest.fixture(scope="session")
def certificates() -> ssl.SSLContext:
    """Make the context once: it costs more than a fetch."""
    return httpx.create_ssl_context(trust_env=False)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def robots() -> RobotsInMemory:
    return RobotsInMemory()


@pytest.fixture
def hosts() -> HostsInMemory:
    return HostsInMemory()


@pytest.fixture
def source_of() -> Callable[..., Source]:
    def make(home: str = "http://situs.test/", **more: Any) -> Source:
        values: dict[str, Any] = {
            "id": "situs",
            "name": "Situs",
            "timezone": "Asia/Jakarta",
            "profile": "wordpress",
            "finders": (),
        }
        return Source(home=home, **values | more)

    return make


@pytest.fixture
async def fetcher_for(
    web: Web, clock: Clock, robots: RobotsInMemory, hosts: HostsInMemory, certificates: ssl.SSLContext
) -> AsyncIterator[Callable[..., Fetcher]]:
    """Make fetchers whose ``.test`` hosts are served by ``web``; time is made up."""
    made: list[Fetcher] = []

    def make(names: Iterable[str] = ("situs.test",), **more: Any) -> Fetcher:
        names = tuple(names)
        values: dict[str, Any] = {
            "user_agent": USER_AGENT,
            "robots": robots,
            "hosts": hosts,
            "clock": clock.utc,
            "allow_private_hosts": frozenset(names),
            "connect_to": tuple((name, ("127.0.0.1", web.port)) for name in names),
            "default_delay_s": 0.0,
            "limits": Limits(deadline_s=5.0, silence_s=5.0),
            "monotonic": clock.monotonic,
            "sleep": clock.sleep,
            "ssl_context": certificates,
        }
        fetcher = Fetcher(**values | more)
        made.append(fetcher)
        return fetcher

    yield make
    for fetcher in made:
        await fetcher.aclose()
