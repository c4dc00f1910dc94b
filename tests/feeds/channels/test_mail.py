"""A mail that a real server on loopback has taken is read back; what it refuses, delays or breaks is told apart."""

from __future__ import annotations

import asyncio
import email
import email.policy
import smtplib
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from data.errors import InputError
from feeds.channels.mail import Letterhead, mail_of, message_id, page_of
from feeds.channels.post_office import MailServer, PostOffice
from feeds.channels.surel import MailSender, check, judged

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
LETTERHEAD = Letterhead("peringatan@desk.example", "Desk Pilkada Sumbar", "desk.example")


class Box:
    """What a server on loopback took, and what it answers: by address, or once each from ``data``."""

    def __init__(self) -> None:
        self.mails: list[SimpleNamespace] = []
        self.rcpt: dict[str, list[str]] = {}
        self.data: list[str] = []
        self.helos: list[str] = []
        self.connections = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.helos.append(hostname)
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802
        answers = self.rcpt.get(address, [])
        if answers:
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.data:
            answer = self.data.pop(0)
            if answer == "close":
                server.transport.abort()
                return "421 bye"
            return answer
        self.mails.append(
            SimpleNamespace(raw=envelope.content, sender=envelope.mail_from, to=envelope.rcpt_tos, session=session)
        )
        return "250 2.0.0 queued"


@pytest.fixture
def box():
    return Box()


@pytest.fixture
async def serving(box):
    """Start mail servers in this loop, each with ``more`` for aiosmtpd; they are stopped in the end."""
    started = []

    async def start(context=None, **more):
        loop = asyncio.get_running_loop()
        made = await loop.create_server(lambda: SMTP(box, loop=loop, **more), "127.0.0.1", 0, ssl=context)
        started.append(made)
        return made.sockets[0].getsockname()[1]

    yield start
    for made in started:
        made.close()
        await made.wait_closed()


@pytest.fixture
async def server(serving):
    return await serving()


@pytest.fixture
async def sender(server):
    office = PostOffice(MailServer("127.0.0.1", server, "none", helo="desk.example"), deadline_s=5.0)
    yield MailSender(office, LETTERHEAD, clock=lambda: NOW)
    await office.aclose()


@pytest.fixture
def camat(recipient_of):
    return recipient_of("camat@pariaman.example", "surel")


def read(mail):
    return email.message_from_bytes(mail.raw, policy=email.policy.default)


async def test_a_mail_arrives_as_it_was_meant(sender, box, message, camat):
    receipt = await sender.send(message, camat)
    assert (receipt.state, receipt.reason) == ("delivered", "taken by the mail server")
    (mail,) = box.mails
    assert (mail.sender, mail.to) == ("peringatan@desk.example", ["camat@pariaman.example"])
    assert box.helos == ["desk.example"]
    got = read(mail)
    assert got["From"] == "Desk Pilkada Sumbar <peringatan@desk.example>"
    assert got["To"] == "camat@pariaman.example"
    assert got["Subject"] == "[TINGGI] Perusakan, Pariaman: Posko dibakar (belum terverifikasi)"
    assert got["Date"].datetime == NOW
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["List-Id"] == "Kentongan <peringatan.desk.example>"
    assert got["Message-ID"] == message_id(message.key, "desk.example")
    assert got["In-Reply-To"] is None
    assert got.get_content_type() == "multipart/alternative"
    plain, page = got.iter_parts()
    assert (plain.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().splitlines() == ["Izin melaporkan, posko dibakar.", "1. Waktu: 26-11-2026"]
    assert "<p>Izin melaporkan, posko dibakar.<br>1. Waktu: 26-11-2026</p>" in page.get_content()


SUBJECTS = [
    "Posko “dibakar” – ricuh di Dharmasraya 🔥🔥 " + "é" * 90,
    "نشرة عاجلة عن حادث في المدينة " * 4,
    "選挙の知らせ" * 20,
    "kata " * 38,
    "x" * 190,
    "a  b   c",
]


@pytest.mark.parametrize("subject", SUBJECTS)
async def test_a_subject_of_any_letters_and_length_comes_back_as_it_was(sender, box, message_of, camat, subject):
    assert (await sender.send(message_of(subject=subject), camat)).state == "delivered"
    assert read(box.mails[0])["Subject"] == " ".join(subject.split())


TEXT = (
    "Baris pendek\n" + "é🔥" * 4000 + "\n.\n..titik di depan\nFrom desa ke kota\n\n   \tmenjorok\n" + "a" * 3000 + "\n"
)


async def test_long_lines_dots_and_letters_of_any_kind_arrive_whole(sender, box, message_of, camat):
    assert (await sender.send(message_of(text=TEXT), camat)).state == "delivered"
    (mail,) = box.mails
    assert mail.raw.isascii()
    assert max(map(len, mail.raw.split(b"\r\n"))) <= 78
    assert b"\n" not in mail.raw.replace(b"\r\n", b"")
    plain, _ = read(mail).iter_parts()
    assert plain.get_content().splitlines() == [" ".join(line.split()) for line in TEXT.splitlines()]


HOSTILE = [
    "a\r\nBcc: lain@jahat.example",
    "a\nBcc: lain@jahat.example\n\nisi lain",
    "a\rBcc: lain@jahat.example",
    "a\u2028Bcc: x\u2029y\x85z\x0bq\x0cr",
    "a\x00\x1b[31m\u202eb",
    "\ud800 setengah",
    "=?utf-8?q?x=0D=0ABcc:_lain=40jahat.example?= y",
    "=?utf-8?b?eA0KQmNjOiBsYWluQGphaGF0LmV4YW1wbGU=?=",
]


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_subject_or_text_adds_a_header_or_a_recipient(sender, box, message_of, camat, hostile):
    receipt = await sender.send(message_of(subject=hostile, text=f"{hostile}\n.\nRCPT TO:<x@y>\n"), camat)
    assert receipt.state == "delivered"
    (mail,) = box.mails
    assert mail.to == ["camat@pariaman.example"]
    got = read(mail)
    assert got.defects == []
    assert got["Bcc"] is None
    assert set(got.keys()) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "List-Id",
        "MIME-Version",
        "Content-Type",
    }


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "Nama <a@b.example>",
        "a b@c.example",
        "@b.example",
        "a@",
        "a@b@c.example",
        "ä@b.example",
        "",
        "a@b.example\x00",
        "a..b@c.example",
        ".a@b.example",
        "a@b..example",
        "=?utf-8?q?a=2C?=@b.example",
    ],
)
def test_what_is_not_one_plain_address_gets_nothing(message, camat, address):
    with pytest.raises(InputError, match="name@domain, and only one"):
        check(address)
    odd = replace(camat)
    object.__setattr__(odd, "target", address)
    with pytest.raises(InputError):
        mail_of(message, odd, LETTERHEAD, NOW)


async def test_each_revision_hangs_below_the_first_one_and_every_attempt_is_the_same_mail(
    sender, box, message_of, camat
):
    uid = "tag:desk.example,2026-11-26:kejadian:7"
    for revision in (1, 2, 3):
        await sender.send(message_of(revision=revision, key=f"{uid}.{revision}.3"), camat)
    await sender.send(message_of(revision=3, key=f"{uid}.3.3"), camat)
    first, second, third, again = map(read, box.mails)
    assert first["References"] is None
    assert (second["In-Reply-To"], second["References"]) == (first["Message-ID"], first["Message-ID"])
    assert third["In-Reply-To"] == second["Message-ID"]
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert again["Message-ID"] == third["Message-ID"]
    assert len({first["Message-ID"], second["Message-ID"], third["Message-ID"]}) == 3
    assert box.connections == 1, "one connection for all"


async def test_another_recipients_mail_has_an_id_of_its_own(sender, box, message_of, recipient_of):
    for number in (3, 4):
        key = f"tag:desk.example,2026-11-26:kejadian:7.1.{number}"
        await sender.send(message_of(key=key), recipient_of(f"a{number}@b.example", "surel", id=number))
    one, other = map(read, box.mails)
    assert one["Message-ID"] != other["Message-ID"]


async def test_an_exercise_can_be_sorted_out_by_its_header(sender, box, message_of, camat):
    await sender.send(message_of(exercise=True), camat)
    assert read(box.mails[0])["Keywords"] == "LATIHAN"


def test_the_page_shows_what_the_text_says_and_runs_nothing():
    page = page_of('Judul <script>alert("x")</script> & lain\n\nLihat https://kabar.example/a?x=1&y=2.\njavascript:x')
    assert page.splitlines()[2:-1] == [
        "<p>Judul &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; lain</p>",
        (
            '<p>Lihat <a href="https://kabar.example/a?x=1&amp;y=2" rel="noreferrer noopener">'
            "https://kabar.example/a?x=1&amp;y=2</a>.<br>javascript:x</p>"
        ),
    ]


async def test_greylisting_is_for_later_and_then_it_is_taken(sender, box, message, camat):
    box.rcpt["camat@pariaman.example"] = ["451 4.7.1 Greylisted, try again in 300 seconds"]
    receipt = await sender.send(message, camat)
    assert (receipt.state, receipt.reason) == ("retry", "the mail server does not take the address now (451 4.7.1)")
    assert (await sender.send(message, camat)).state == "delivered"
    assert box.connections == 1, "the connection outlives a refusal"


async def test_an_address_that_is_unknown_is_refused_for_good_and_its_name_stays_out_of_the_reason(
    sender, box, message, camat
):
    box.rcpt["camat@pariaman.example"] = ["550 5.1.1 <camat@pariaman.example>: no such user"]
    receipt = await sender.send(message, camat)
    assert (receipt.state, receipt.reason) == ("refused", "the mail server refuses the address (550 5.1.1)")


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        ("452 4.3.1 full", "retry", "the mail server does not take the mail now (452 4.3.1)"),
        ("421 4.3.2 going down", "retry", "the mail server does not take the mail now (421 4.3.2)"),
        ("552 5.3.4 too big", "refused", "the mail server refuses the mail (552 5.3.4)"),
        ("554 spam", "refused", "the mail server refuses the mail (554)"),
        ("close", "retry", "the mail server closed the connection before it had taken the mail"),
    ],
)
async def test_what_the_server_says_of_the_mail_decides(sender, box, message, camat, answer, state, reason):
    box.data = [answer]
    receipt = await sender.send(message, camat)
    assert (receipt.state, receipt.reason) == (state, reason)
    assert box.mails == []
    assert (await sender.send(message, camat)).state == "delivered"


async def test_nobody_there_is_for_later(message, camat):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    sender = MailSender(PostOffice(MailServer("127.0.0.1", port, "none")), LETTERHEAD, clock=lambda: NOW)
    receipt = await sender.send(message, camat)
    assert (receipt.state, receipt.reason) == ("retry", "no connection to the mail server")


async def hanging(answers, context=None):
    """Start a server that answers line by line and then says nothing more; return it and its port."""

    async def serve(reader, writer):
        for answer in answers:
            writer.write(answer)
            await writer.drain()
            await reader.readline()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    return server, server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("answers", [[b"220 hai\r\n"], [b"220 hai\r\n", b"250 desk\r\n", b"250 OK\r\n"]])
async def test_a_server_that_falls_silent_is_cut_off_when_time_is_up(message, camat, answers):
    server, port = await hanging(answers)
    office = PostOffice(MailServer("127.0.0.1", port, "none"), deadline_s=0.2)
    receipt = await MailSender(office, LETTERHEAD, clock=lambda: NOW).send(message, camat)
    await office.aclose()
    server.close()
    await server.wait_closed()
    assert (receipt.state, receipt.reason) == ("retry", "the mail server was too slow")


async def test_a_server_that_falls_silent_behind_tls_is_cut_off_too(message, camat, tmp_path):
    path = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server, port = await hanging([b"220 hai\r\n"], context)
    receipt = await post(MailServer("localhost", port, "tls"), trusting(path), message, camat, deadline_s=0.3)
    server.close()
    await server.wait_closed()
    assert (receipt.state, receipt.reason) == ("retry", "the mail server was too slow")


async def test_whoever_gives_up_waiting_leaves_no_thread_waiting(message, camat):
    server, port = await hanging([b"220 hai\r\n"])
    office = PostOffice(MailServer("127.0.0.1", port, "none"), deadline_s=30.0)
    sending = asyncio.ensure_future(MailSender(office, LETTERHEAD, clock=lambda: NOW).send(message, camat))
    await asyncio.sleep(0.1)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    async with asyncio.timeout(5):
        await asyncio.get_running_loop().shutdown_default_executor()
    server.close()
    await server.wait_closed()


async def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew(server, box, message, camat):
    office = PostOffice(MailServer("127.0.0.1", server, "none"), deadline_s=5.0)
    sender = MailSender(office, LETTERHEAD, clock=lambda: NOW)
    await sender.send(message, camat)
    for link in office._idle:
        link.sock.shutdown(socket.SHUT_RDWR)
    assert (await sender.send(message, camat)).state == "delivered"
    await office.aclose()
    assert box.connections == 2


# TLS and login.


def certificate(folder):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "surat.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def trusting(path):
    return lambda: ssl.create_default_context(cafile=path)


def right(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"desk" and data.password == b"sandi", handled=False)


@pytest.fixture
def secure(serving, tmp_path):
    """Start servers with a certificate: offered by STARTTLS, or needed from the first byte."""
    path = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)

    async def start(*, implicit=False, **more):
        return await (serving(context) if implicit else serving(tls_context=context, **more)), path

    return start


async def post(server, tls, message, camat, deadline_s=5.0):
    office = PostOffice(server, tls=tls, deadline_s=deadline_s)
    receipt = await MailSender(office, LETTERHEAD, clock=lambda: NOW).send(message, camat)
    await office.aclose()
    return receipt


async def test_starttls_and_login_come_before_the_mail(secure, box, message, camat):
    port, path = await secure(authenticator=right, auth_required=True, auth_require_tls=True)
    receipt = await post(MailServer("localhost", port, "starttls", "desk", "sandi"), trusting(path), message, camat)
    assert receipt.state == "delivered"
    assert box.mails[0].session.ssl is not None


async def test_tls_from_the_first_byte(secure, box, message, camat):
    port, path = await secure(implicit=True)
    assert (await post(MailServer("localhost", port, "tls"), trusting(path), message, camat)).state == "delivered"
    assert len(box.mails) == 1


async def test_a_login_that_is_not_taken_is_ours_to_mend_and_no_mail_is_lost_by_it(secure, box, message, camat):
    port, path = await secure(authenticator=right, auth_required=True, auth_require_tls=True)
    receipt = await post(MailServer("localhost", port, "starttls", "desk", "salah"), trusting(path), message, camat)
    assert (receipt.state, receipt.reason) == ("retry", "the mail server does not take our login (535)")
    assert "salah" not in receipt.reason


async def test_a_certificate_that_nobody_vouches_for_gets_neither_login_nor_mail(secure, box, message, camat):
    port, _ = await secure(authenticator=right)
    receipt = await post(MailServer("localhost", port, "starttls", "desk", "sandi"), None, message, camat)
    assert (receipt.state, receipt.reason) == ("retry", "the secure connection failed: self-signed certificate")
    assert box.mails == []


async def test_a_certificate_of_another_name_gets_nothing(secure, box, message, camat):
    port, path = await secure()
    receipt = await post(MailServer("127.0.0.1", port, "starttls"), trusting(path), message, camat)
    assert receipt.state == "retry"
    assert receipt.reason.startswith("the secure connection failed: IP address mismatch")


async def test_a_server_without_starttls_never_gets_a_mail_in_the_clear(server, box, message, camat):
    receipt = await post(MailServer("127.0.0.1", server, "starttls"), None, message, camat)
    assert receipt.state == "retry"
    assert receipt.reason == "the mail server offers no TLS or no login; nothing is sent without what is set"
    assert box.mails == []


def test_a_sender_that_is_refused_is_ours_to_mend():
    receipt = judged(smtplib.SMTPSenderRefused(550, b"5.7.1 not yours", "peringatan@desk.example"))
    assert (receipt.state, receipt.reason) == ("retry", "the mail server does not take our sender (550 5.7.1)")
