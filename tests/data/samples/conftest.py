"""A running sample network, and a way to ask it without the product's own fetcher."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from data.samples.server import SampleServer


@dataclass(frozen=True, slots=True)
class Got:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        raw = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        return raw.decode("utf-8")


Ask = Callable[..., Got]


def _ask_of(server: SampleServer) -> Ask:
    def ask(url: str, method: str = "GET", **headers: str) -> Got:
        parts = urlsplit(url)
        connection = HTTPConnection(*server.address, timeout=20)
        try:
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.putrequest(method, path or "/", skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", parts.netloc)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Got(response.status, named, response.read())
        finally:
            connection.close()

    return ask


@pytest.fixture(scope="session")
def server() -> Iterator[SampleServer]:
    with SampleServer(slow_s=0.1) as running:
        yield running


@pytest.fixture(scope="session")
def ask_of() -> Callable[[SampleServer], Ask]:
    return _ask_of


@pytest.fixture(scope="session")
def ask(server: SampleServer) -> Ask:
    return _ask_of(server)
