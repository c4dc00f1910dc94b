"""A webhook gets a signed POST once, and what it answers (or does not) decides what becomes of the message."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from data.errors import InputError
from feeds.channels.webhook import LONGEST_ANSWER, WebhookSender, asked_to_wait, check

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
PLAIN = frozenset({"127.0.0.1"})


@pytest.fixture(scope="module")
def certificates():
    return httpx.create_ssl_context(trust_env=False)


@pytest.fixture
async def client(certificates):
    async with httpx.AsyncClient(trust_env=False, verify=certificates) as client:
        yield client


@pytest.fixture
def sender(client):
    return WebhookSender(client, clock=lambda: NOW, plain_hosts=PLAIN, deadline_s=5.0)


async def test_a_message_is_posted_with_its_time_its_key_and_a_signature_over_both_time_and_body(
    sender, receiver, message, recipient_of
):
    receipt = await sender.send(message, recipient_of(receiver.url("/masuk"), secret="rahasia-yang-panjang-sekali"))
    assert (receipt.state, receipt.reason) == ("delivered", "answered 204")
    (post,) = receiver.posts
    assert (post.method, post.path, post.body) == ("POST", "/masuk", message.body)
    stamp = post.headers["kentongan-timestamp"]
    assert stamp == "1795662000"
    expected = hmac.new(b"rahasia-yang-panjang-sekali", b"1795662000." + message.body, hashlib.sha256).hexdigest()
    assert post.headers["kentongan-signature"] == f"v1={expected}"
    assert post.headers["idempotency-key"] == "tag:desk.example,2026-11-26:kejadian:7.1.3"
    assert post.headers["kentongan-event"] == "alert.raised"
    assert post.headers["content-type"] == "application/json"


async def test_a_known_signature_stays_what_it_is(receiver, client, message_of, recipient_of):
    # By `printf '1795662000.{}' | openssl dgst -sha256 -hmac kunci-kunci-kunci-kunci-1`.
    sender = WebhookSender(client, clock=lambda: NOW, plain_hosts=PLAIN)
    await sender.send(message_of(body=b"{}"), recipient_of(receiver.url("/"), secret="kunci-kunci-kunci-kunci-1"))
    assert receiver.posts[0].headers["kentongan-signature"] == (
        "v1=7c71c880618ab9ad5e0759569d97e7636ae5587f0819cb7698f27cabf44e5bf8"
    )


async def test_the_same_message_has_the_same_key_in_every_attempt_and_a_new_time(
    client, receiver, message, recipient_of
):
    clock = iter([NOW, NOW + timedelta(minutes=5)])
    sender = WebhookSender(client, clock=lambda: next(clock), plain_hosts=PLAIN)
    for _ in range(2):
        await sender.send(message, recipient_of(receiver.url("/")))
    first, second = receiver.posts
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert int(second.headers["kentongan-timestamp"]) - int(first.headers["kentongan-timestamp"]) == 300
    assert first.headers["kentongan-signature"] != second.headers["kentongan-signature"]
    assert receiver.connections == 1, "the connection is kept"


async def test_what_the_documentation_tells_a_receiver_to_check_takes_ours_once_and_nobody_elses(
    sender, receiver, message, recipient_of
):
    page = (Path(__file__).parents[3] / "docs" / "deliveries.md").read_text("utf-8")
    house: dict[str, Any] = {"hashlib": hashlib, "hmac": hmac}
    exec(page.split("```python\n")[1].split("```")[0], house)
    await sender.send(message, recipient_of(receiver.url("/"), secret="k" * 32))
    (post,) = receiver.posts
    headers, body = httpx.Headers(post.headers), post.body
    older = httpx.Headers({**post.headers, "kentongan-timestamp": "1795661999"})
    now, known = NOW.timestamp(), set()
    assert house["taken"](headers, body, b"k" * 32, now + 20, known)
    assert not house["taken"](headers, body, b"k" * 32, now + 40, known), "the same once more"
    for odd in (
        (headers, body + b" ", b"k" * 32, now),
        (headers, body, b"x" * 32, now),
        (headers, body, b"k" * 32, now + 301),
        (older, body, b"k" * 32, now),
    ):
        with pytest.raises(PermissionError):
            house["taken"](*odd, set())


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, "delivered"),
        (201, "delivered"),
        (202, "delivered"),
        (299, "delivered"),
        (400, "refused"),
        (401, "refused"),
        (404, "refused"),
        (410, "refused"),
        (422, "refused"),
        (408, "retry"),
        (425, "retry"),
        (429, "retry"),
        (500, "retry"),
        (502, "retry"),
        (503, "retry"),
        (599, "retry"),
    ],
)
async def test_each_status_means_one_thing(sender, receiver, message, recipient_of, status, state):
    receiver.answers["/"] = f"HTTP/1.1 {status} X\r\ncontent-length: 2\r\n\r\nhm".encode()
    receipt = await sender.send(message, recipient_of(receiver.url("/")))
    assert receipt.state == state
    assert receipt.reason.startswith(f"answered {status}")


async def test_a_user_and_password_in_the_url_are_sent_as_such_and_a_query_is_kept(
    sender, receiver, message, recipient_of
):
    target = f"http://desk:sandi@127.0.0.1:{receiver.port}/masuk?jalur=2#bagian"
    assert (await sender.send(message, recipient_of(target))).state == "delivered"
    (post,) = receiver.posts
    assert post.path == "/masuk?jalur=2"
    assert post.headers["authorization"] == "Basic ZGVzazpzYW5kaQ=="


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
async def test_no_redirect_is_followed_whatever_its_kind(sender, receiver, message, recipient_of, status):
    contacts = []
    other = await asyncio.start_server(lambda _, writer: (contacts.append(1), writer.close()), "127.0.0.1", 0)
    target = f"http://127.0.0.1:{other.sockets[0].getsockname()[1]}/dalam"
    receiver.answers["/"] = f"HTTP/1.1 {status} X\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n".encode()
    receipt = await sender.send(message, recipient_of(receiver.url("/")))
    other.close()
    await other.wait_closed()
    assert (receipt.state, contacts) == ("refused", [])
    assert receipt.reason == f"answered {status}: it redirects, and no redirect is followed; enter the new URL"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Thu, 26 Nov 2026 03:02:00 GMT", 120.0),
        ("Thu, 26 Nov 2026 02:00:00 GMT", 0.0),
        ("99999999", 86_400.0),
        ("9" * 400, 86_400.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        (None, None),
    ],
)
def test_what_a_receiver_asks_to_wait_is_seconds_or_a_date_and_a_day_at_most(said, seconds):
    assert asked_to_wait(said, lambda: NOW) == seconds


async def test_a_receiver_that_asks_for_time_gets_it(sender, receiver, message, recipient_of):
    receiver.answers["/"] = b"HTTP/1.1 429 X\r\nretry-after: 17\r\ncontent-length: 0\r\n\r\n"
    receipt = await sender.send(message, recipient_of(receiver.url("/")))
    assert (receipt.state, receipt.after_s) == ("retry", 17.0)


async def test_half_an_answer_is_none_even_with_a_good_status(sender, receiver, message, recipient_of):
    for head in (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", b"HTTP/1.1 200 OK\r\ncontent-", b""):

        async def script(writer, head=head):
            writer.write(head)
            await writer.drain()

        receiver.answers["/"] = script
        receipt = await sender.send(message, recipient_of(receiver.url("/")))
        assert (receipt.state, receipt.reason) == ("retry", "the answer broke off or was not HTTP")


async def test_an_answer_without_end_is_read_to_a_bound_only(sender, receiver, message, recipient_of):
    sent = 0

    async def endless(writer):
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
            sent += 0x4000
            await writer.drain()

    receiver.answers["/"] = endless
    receipt = await sender.send(message, recipient_of(receiver.url("/")))
    assert receipt.state == "delivered"
    assert LONGEST_ANSWER < sent < LONGEST_ANSWER + 20_000_000, "what lay in the buffers of the system besides"
    receiver.answers["/"] = b"HTTP/1.1 204 X\r\n\r\n"
    assert (await sender.send(message, recipient_of(receiver.url("/")))).state == "delivered"


async def test_a_packed_answer_is_not_unpacked(sender, receiver, message, recipient_of):
    receiver.answers["/"] = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nhaha"
    assert (await sender.send(message, recipient_of(receiver.url("/")))).state == "delivered"


@pytest.mark.parametrize("drip", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"])
async def test_the_deadline_is_for_the_whole_answer_not_for_each_byte(client, receiver, message, recipient_of, drip):
    async def slowly(writer):
        writer.write(drip)
        while True:
            await writer.drain()
            await asyncio.sleep(0.02)
            writer.write(b"x" if drip else b"")

    receiver.answers["/"] = slowly
    sender = WebhookSender(client, clock=lambda: NOW, plain_hosts=PLAIN, deadline_s=0.1)
    receipt = await sender.send(message, recipient_of(receiver.url("/")))
    assert (receipt.state, receipt.reason) == ("retry", "no whole answer within 0.1 s")


async def test_nobody_there_is_for_later(sender, receiver, message, recipient_of):
    closed = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = closed.sockets[0].getsockname()[1]
    closed.close()
    await closed.wait_closed()
    receipt = await sender.send(message, recipient_of(f"http://127.0.0.1:{port}/"))
    assert (receipt.state, receipt.reason) == ("retry", "no connection")


async def test_what_does_not_speak_tls_gets_nothing_over_https(sender, message, recipient_of):
    heard = []

    async def serve(reader, writer):
        heard.append(await reader.read(4))
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    receipt = await sender.send(message, recipient_of(url))
    server.close()
    await server.wait_closed()
    assert receipt.state == "retry"
    assert receipt.reason.startswith("the secure connection failed: ")
    assert heard == [b"\x16\x03\x01\x02"], "a TLS greeting and nothing of ours"


async def test_a_certificate_that_nobody_vouches_for_gets_nothing(client, message, recipient_of, tmp_path):
    context = own_certificate(tmp_path)
    heard = []

    async def serve(reader, writer):
        heard.append(await reader.read(10))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    receipt = await WebhookSender(client, clock=lambda: NOW).send(message, recipient_of(url))
    server.close()
    await server.wait_closed()
    assert (receipt.state, receipt.reason) == ("retry", "the secure connection failed: self-signed certificate")
    assert heard == []


def own_certificate(folder) -> ssl.SSLContext:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = serialization.PrivateFormat.PKCS8
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.mark.parametrize(
    "target",
    [
        "ftp://desk.example/x",
        "https://",
        "https:///x",
        "//desk.example",
        "javascript:alert(1)",
        "https://h:0/",
        "https://[::1/",
    ],
)
def test_what_is_no_web_address_is_refused(target):
    with pytest.raises(InputError, match="begins with https://"):
        check(target)


def test_without_tls_only_a_host_that_the_operator_named_gets_anything():
    check("https://desk.example:8443/masuk?kunci=1")
    check("http://dalam.test/masuk", frozenset({"dalam.test"}))
    for target in ("http://desk.example/masuk", "http://dalam.test.example/", "http://dalam.test@desk.example/"):
        with pytest.raises(InputError, match="others on the way read along"):
            check(target, frozenset({"dalam.test"}))


async def test_a_target_that_became_unfit_is_refused_with_a_reason_and_not_asked(
    client, receiver, message, recipient_of
):
    receipt = await WebhookSender(client, clock=lambda: NOW).send(message, recipient_of(receiver.url("/")))
    assert (receipt.state, receiver.posts) == ("refused", [])
    assert receipt.reason == "a webhook begins with https://; without it others on the way read along"


async def test_no_reason_names_the_secret_parts_of_a_target(client, receiver, message, recipient_of):
    sender = WebhookSender(client, clock=lambda: NOW, plain_hosts=PLAIN, deadline_s=0.3)
    closed = "http://127.0.0.1:9/rahasia?token=abc123"
    for status in (302, 404, 410, 429, 500):
        receiver.answers["/rahasia?token=abc123"] = (
            f"HTTP/1.1 {status} token=abc123\r\nlocation: /rahasia\r\ncontent-length: 6\r\n\r\nabc123".encode()
        )
        for target in (receiver.url("/rahasia?token=abc123"), closed):
            receipt = await sender.send(message, recipient_of(target))
            assert "abc123" not in receipt.reason
            assert "rahasia" not in receipt.reason
