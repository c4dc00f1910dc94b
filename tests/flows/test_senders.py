"""The client that posts webhooks connects to the public net only; the mail server is what the settings say."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpcore
import httpx
import pytest

from data.delivering import Message, Recipient
from data.errors import SettingsError
from feeds.channels import CHANNELS
from feeds.channels.webhook import WebhookSender
from flows.mail_settings import letterhead_of, mail_server_of
from flows.senders import open_senders, webhook_client
from flows.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
PUBLIC = "93.184.216.34"
MESSAGE = Message(
    "k.1.3", "alert", "k", 1, 7, "Posko dibakar", "Posko dibakar\n", b"{}", exercise=False, state="raised"
)


class Watched(httpcore.AsyncNetworkBackend):
    """Writes down every address that is connected to, and leads each to a loopback server that would answer."""

    def __init__(self, port: int) -> None:
        self.connected: list[str] = []
        self._port = port

    async def connect_tcp(self, host: str, port: int, **options: Any) -> httpcore.AsyncNetworkStream:
        self.connected.append(host)
        return await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", self._port, **options)


class Names(dict[str, list[list[str]]]):
    """A resolver that gives its answers one after the other, the last one for ever."""

    async def __call__(self, host: str) -> list[str]:
        if host not in self:
            raise OSError("no such name")
        return self[host].pop(0) if len(self[host]) > 1 else self[host][0]


@pytest.fixture(scope="module")
def certificates():
    return httpx.create_ssl_context(trust_env=False)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url="sqlite://", contact="https://desk.example/")


@pytest.fixture
async def web():
    """Yield a port that answers everything with 204 over plain HTTP, the requests it got, and what it answers by path."""
    asked: list[bytes] = []
    answers: dict[bytes, bytes] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            asked.append(head)
            writer.write(answers.get(head.split(b" ")[1], b"HTTP/1.1 204 X\r\nconnection: close\r\n\r\n"))
        except asyncio.IncompleteReadError as error:
            asked.append(error.partial)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1], asked, answers
    server.close()
    await server.wait_closed()


def to(target: str) -> Recipient:
    return Recipient(3, "Bawaslu", "webhook", target, secret="k" * 32)


HOSTILE = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[fd00:ec2::254]",
    "[64:ff9b::7f00:1]",
    "localhost",
    "metadata.google.internal",
    "dalam.example",
    "campur.example",
]
NAMES = {
    "localhost": [["127.0.0.1"]],
    "127.1": [["127.0.0.1"]],
    "2130706433": [["127.0.0.1"]],
    "0x7f.0.0.1": [["127.0.0.1"]],
    "metadata.google.internal": [["169.254.169.254"]],
    "dalam.example": [["10.1.2.3"]],
    "campur.example": [[PUBLIC, "10.0.0.1"]],
}


@pytest.mark.parametrize("host", HOSTILE)
async def test_a_webhook_at_an_address_that_is_not_public_is_refused_and_never_connected_to(
    settings, certificates, web, host
):
    port, asked, _ = web
    backend = Watched(port)
    async with webhook_client(settings, resolver=Names(NAMES), backend=backend, ssl_context=certificates) as client:
        receipt = await WebhookSender(client, clock=lambda: NOW).send(MESSAGE, to(f"https://{host}/masuk"))
    assert (receipt.state, receipt.reason) == ("refused", "its host has an address that is not of the public net")
    assert (backend.connected, asked) == ([], [])


async def test_a_redirect_to_a_private_address_is_refused_and_its_target_never_contacted(settings, certificates, web):
    port, asked, answers = web
    answers[b"/masuk"] = (
        b"HTTP/1.1 307 X\r\nlocation: http://169.254.169.254/latest/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    backend = Watched(port)
    names = Names({"luar.example": [[PUBLIC]]})
    async with webhook_client(settings, resolver=names, backend=backend, ssl_context=certificates) as client:
        sender = WebhookSender(client, clock=lambda: NOW, plain_hosts=frozenset({"luar.example"}))
        receipt = await sender.send(MESSAGE, to("http://luar.example/masuk"))
    assert receipt.state == "refused"
    assert receipt.reason == "answered 307: it redirects, and no redirect is followed; enter the new URL"
    assert backend.connected == [PUBLIC]
    assert len(asked) == 1


async def test_a_name_that_turns_private_after_it_was_looked_up_gains_nothing(settings, certificates, web):
    port, asked, _ = web
    backend = Watched(port)
    names = Names({"ganti.example": [[PUBLIC], ["127.0.0.1"]]})
    async with webhook_client(settings, resolver=names, backend=backend, ssl_context=certificates) as client:
        sender = WebhookSender(client, clock=lambda: NOW, plain_hosts=frozenset({"ganti.example"}))
        for _ in range(2):
            assert (await sender.send(MESSAGE, to("http://ganti.example/"))).state == "delivered"
    assert set(backend.connected) == {PUBLIC}
    assert len(asked) == 2


async def test_a_name_without_an_address_is_for_later(settings, certificates, web):
    port, _, _ = web
    backend = Watched(port)
    async with webhook_client(settings, resolver=Names(NAMES), backend=backend, ssl_context=certificates) as client:
        receipt = await WebhookSender(client, clock=lambda: NOW).send(MESSAGE, to("https://tiada.example/"))
    assert (receipt.state, receipt.reason) == ("retry", "its host's name does not resolve")


async def test_only_a_host_that_the_operator_named_may_be_private_and_without_tls(settings, web):
    port, asked, _ = web
    named = replace(
        settings, allow_private_hosts=frozenset({"dalam.test"}), connect_to=(("dalam.test", ("127.0.0.1", port)),)
    )
    async with open_senders(named, clock=lambda: NOW) as senders:
        assert (await senders["webhook"].send(MESSAGE, to("http://dalam.test/masuk"))).state == "delivered"
        assert (await senders["webhook"].send(MESSAGE, to("http://lain.test/masuk"))).state == "refused"
    assert len(asked) == 1
    assert b"host: dalam.test\r\n" in asked[0].lower()


async def test_who_posts_says_so_and_neither_keeps_cookies_nor_takes_a_proxy(settings, certificates, web, monkeypatch):
    port, asked, answers = web
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    answers[b"/"] = b"HTTP/1.1 204 X\r\nset-cookie: jejak=1\r\nconnection: close\r\n\r\n"
    names = Names({"luar.example": [[PUBLIC]]})
    async with webhook_client(settings, resolver=names, backend=Watched(port), ssl_context=certificates) as client:
        sender = WebhookSender(client, clock=lambda: NOW, plain_hosts=frozenset({"luar.example"}))
        for _ in range(2):
            assert (await sender.send(MESSAGE, to("http://luar.example/"))).state == "delivered"
    assert all(b"user-agent: kentongan/" in head.lower() for head in asked)
    assert not any(b"jejak" in head for head in asked)


async def test_each_channel_has_what_sends_and_without_a_mail_server_mail_waits(settings):
    async with open_senders(settings, clock=lambda: NOW) as senders:
        assert list(senders) == list(CHANNELS) == ["webhook", "surel", "apprise"]
        receipt = await senders["surel"].send(MESSAGE, Recipient(4, "Camat", "surel", "camat@desk.example"))
    assert receipt.state == "retry"
    assert receipt.reason == "no mail server is set; set KENTONGAN_MAIL_SERVER and KENTONGAN_MAIL_FROM"


@pytest.mark.parametrize(
    ("url", "host", "port", "security", "user", "password"),
    [
        ("smtps://surat.example", "surat.example", 465, "tls", "", ""),
        ("smtp://surat.example", "surat.example", 587, "starttls", "", ""),
        ("smtps://desk%40x:a%2Fb%20c@surat.example:4650/", "surat.example", 4650, "tls", "desk@x", "a/b c"),
        ("smtp+plain://127.0.0.1:2525", "127.0.0.1", 2525, "none", "", ""),
        ("smtp+plain://localhost", "localhost", 25, "none", "", ""),
    ],
)
def test_a_mail_server_is_one_url(settings, url, host, port, security, user, password):
    server = mail_server_of(replace(settings, mail_server=url, mail_from="peringatan@desk.example"))
    assert server is not None
    assert (server.host, server.port, server.security) == (host, port, security)
    assert (server.user, server.password, server.helo) == (user, password, "desk.example")
    assert not password or password not in repr(server)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("surat.example", "written as smtps://"),
        ("https://surat.example", "written as smtps://"),
        ("smtps://surat.example/kotak", "written as smtps://"),
        ("smtps://surat.example:99999", "written as smtps://"),
        ("smtps://", "written as smtps://"),
        ("smtp+plain://surat.example", "is for this machine and for hosts in"),
        ("smtps://désk:x@surat.example", "are ASCII"),
    ],
)
def test_a_mail_server_that_cannot_be_meant_is_told(settings, url, why):
    with pytest.raises(SettingsError, match=why) as caught:
        mail_server_of(replace(settings, mail_server=url))
    assert caught.value.where == "KENTONGAN_MAIL_SERVER"


def test_whoever_writes_has_an_address_and_the_desks_name_unless_another_is_set(settings):
    assert letterhead_of(settings) is None
    own = letterhead_of(replace(settings, mail_from="peringatan@desk.example"))
    assert own is not None
    assert (own.address, own.name, own.authority) == ("peringatan@desk.example", "Desk Pilkada", "kentongan.local")
    named = letterhead_of(replace(settings, mail_from="Desk Sumbar <p@desk.example>"))
    assert named is not None
    assert (named.address, named.name) == ("p@desk.example", "Desk Sumbar")
    for wrong in ("desk", "a@b, c@d", "a@b\r\nBcc: x@y"):
        with pytest.raises(SettingsError) as caught:
            letterhead_of(replace(settings, mail_from=wrong))
        assert caught.value.where == "KENTONGAN_MAIL_FROM"
    with pytest.raises(SettingsError, match="an address to write from"):
        letterhead_of(replace(settings, mail_server="smtps://surat.example"))


def test_a_mistake_in_it_is_told_before_anything_runs(tmp_path):
    environ = {"KENTONGAN_HOME": str(tmp_path), "KENTONGAN_MAIL_SERVER": "surat.example"}
    with pytest.raises(SettingsError, match="KENTONGAN_MAIL_SERVER: written as smtps://"):
        Settings.from_environ(environ)
    environ["KENTONGAN_MAIL_SERVER"] = "smtps://surat.example"
    with pytest.raises(SettingsError, match="KENTONGAN_MAIL_FROM: a mail server needs"):
        Settings.from_environ(environ)
    read = Settings.from_environ(environ | {"KENTONGAN_MAIL_FROM": "p@desk.example"})
    assert (read.mail_server, read.mail_from) == ("smtps://surat.example", "p@desk.example")


def test_the_password_of_the_mail_server_is_never_printed(settings):
    assert "sandi" not in repr(replace(settings, mail_server="smtps://desk:sandi@surat.example"))
