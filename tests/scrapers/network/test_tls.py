"""A connection is secure under the site's own name, or it is none."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from data.outcomes import Outcome

HTML = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>"


def _certificate(tmp_path, name: str, *, days: int = 30) -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, private = tmp_path / f"{name}.pem", tmp_path / f"{name}.key"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(chain), str(private)


@pytest.fixture
async def secure(tmp_path, fetcher_for):
    """Serve over TLS with a certificate for a name, and make a fetcher that trusts it (or not)."""
    servers = []
    seen_names = []

    async def answer(reader, writer):
        with_error = (ConnectionError, asyncio.IncompleteReadError)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                missing = b"HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n"
                writer.write(missing if b"/robots.txt" in head else HTML)
                await writer.drain()
        except with_error:
            writer.close()

    async def make(name: str, *, trusted: bool, days: int = 30):
        chain, private = _certificate(tmp_path, name, days=days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, private)
        context.sni_callback = lambda _socket, server_name, _context: seen_names.append(server_name)
        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
        servers.append(server)
        port = server.sockets[0].getsockname()[1]
        trust = httpx.create_ssl_context(trust_env=False)
        if trusted:
            trust.load_verify_locations(chain)
        return fetcher_for(connect_to=(("situs.test", ("127.0.0.1", port)),), ssl_context=trust), seen_names

    yield make
    for server in servers:
        server.close()


async def test_the_name_that_is_checked_is_the_sites_and_not_the_addresss(secure, source_of):
    fetcher, seen_names = await secure("situs.test", trusted=True)
    page = await fetcher.fetch("https://situs.test/a", source_of())
    assert (page.outcome, page.body) == (Outcome.FETCHED, b"<html>")
    assert set(seen_names) == {"situs.test"}
    await fetcher.aclose()


@pytest.mark.parametrize(
    ("name", "trusted", "days", "word"),
    [
        ("lain.test", True, 30, "Hostname mismatch"),
        ("situs.test", False, 30, "self-signed"),
        ("situs.test", True, -1, "expired"),
    ],
)
async def test_a_certificate_that_does_not_hold_is_told_and_never_passed_over(
    secure, source_of, name, trusted, days, word
):
    fetcher, _ = await secure(name, trusted=trusted, days=days)
    page = await fetcher.fetch("https://situs.test/a", source_of())
    assert (page.outcome, page.status, page.body) == (Outcome.TLS_ERROR, None, None)
    assert word in page.detail.replace("self signed", "self-signed")


async def test_a_server_that_speaks_no_tls_is_a_tls_error(fetcher_for, source_of):
    async def plain(_reader, writer):
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    page = await fetcher_for(connect_to=(("situs.test", ("127.0.0.1", port)),)).fetch(
        "https://situs.test/a", source_of()
    )
    assert (page.outcome, page.status) == (Outcome.TLS_ERROR, None)
    server.close()
