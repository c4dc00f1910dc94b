"""What Apprise really sends, in the process that it runs in: to a loopback server, and to Telegram as far as its door."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest

from feeds.channels.apprise import Notice
from flows.apprise_child import Answers, Guard, asset_of, notify
from flows.apprise_process import CHILD, AppriseProcesses

# Apprise 1.13 looks for a module that Python 3.13 has no more; the process shows nobody the warning.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

TITLE = "[TINGGI] Perusakan, Pariaman: Posko dibakar (belum terverifikasi)"
TEXT = "Izin melaporkan, posko <dibakar> & ricuh.\n1. Waktu: 26-11-2026\n"


@pytest.fixture
async def service():
    """Yield a port that answers each POST with what is put into the list (200 without), and the posts it got."""
    posts: list[tuple[str, dict]] = []
    answers: list[bytes] = []

    async def serve(reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(
                int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-len")
            )
            posts.append((head.split(" ")[1], json.loads(await reader.readexactly(length))))
            answer = answers.pop(0) if answers else b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
            writer.write(answer)
        except asyncio.IncompleteReadError:
            posts.append(("closed", {}))
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1], posts, answers
    server.close()
    await server.wait_closed()


@pytest.fixture
async def notifier():
    made = AppriseProcesses(private_hosts=["127.0.0.1"], deadline_s=60.0)
    yield made
    await made.aclose()


async def test_a_message_goes_out_once_and_the_answer_comes_back(service, notifier):
    port, posts, answers = service
    url = f"gotify://127.0.0.1:{port}/tokenAbc123"
    assert await notifier(url, TITLE, TEXT) == Notice(sent=True, statuses=(200,))
    ((path, said),) = posts
    assert path == "/message"
    assert (said["title"], said["message"]) == (TITLE, TEXT.rstrip("\n"))
    answers.append(b"HTTP/1.1 401 X\r\ncontent-length: 0\r\n\r\n")
    assert await notifier(url, TITLE, TEXT) == Notice(sent=False, statuses=(401,))
    answers.append(b"HTTP/1.1 429 X\r\nretry-after: 9\r\ncontent-length: 0\r\n\r\n")
    assert await notifier(url, TITLE, TEXT) == Notice(sent=False, statuses=(429,), wait_s=9.0)
    answers.append(b"HTTP/1.1 302 X\r\nlocation: http://127.0.0.1:%d/lain\r\ncontent-length: 0\r\n\r\n" % port)
    assert await notifier(url, TITLE, TEXT) == Notice(sent=False, statuses=(302,))
    assert [path for path, _ in posts] == ["/message"] * 4, "each once, and no redirect followed"
    assert len(notifier._idle) == 1, "all by one process"
    several = f"ntfy://127.0.0.1:{port}/satu/dua"
    assert await notifier(several, TITLE, TEXT) == Notice(sent=False, trouble="many")
    assert await notifier("tgram://", TITLE, TEXT) == Notice(sent=False, trouble="unreadable")
    assert len(posts) == 4


async def test_a_private_address_is_never_connected_to_by_any_of_its_names(service):
    port, posts, _ = service
    notifier = AppriseProcesses(deadline_s=60.0)
    for host in ("127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]"):
        said = await notifier(f"gotifys://{host}:{port}/tokenAbc123", TITLE, TEXT)
        assert (said.sent, said.statuses) == (False, ())
        # What Apprise itself does not take for a host.
        assert said.trouble == ("unreadable" if host == "127.1" else "private"), host
    await notifier.aclose()
    assert posts == []


FORBIDDEN = """
import os, socket, subprocess, sys
from flows.apprise_child import Guard
from scrapers.addresses import is_public
port = int(sys.argv[1])
guard = Guard(is_public)
sys.addaudithook(guard)
def tried(do):
    guard.refused = False
    try:
        do()
    except PermissionError:
        return guard.refused
    return False
def udp():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port))
def unix():
    socket.socket(socket.AF_UNIX).connect("/run/x")
print([
    tried(lambda: socket.create_connection(("127.0.0.1", port))),
    tried(lambda: socket.create_connection(("localhost", port))),
    tried(lambda: socket.socket().connect_ex(("10.0.0.1", 80))),
    tried(udp),
    tried(unix),
    tried(lambda: subprocess.run(["true"])),
    tried(lambda: os.system("true")),
    tried(lambda: os.execv("/bin/true", ["true"])),
    tried(lambda: os.posix_spawn("/bin/true", ["true"], {})),
    tried(os.fork),
])
"""


async def test_no_code_in_that_process_reaches_a_private_address_or_starts_a_program(service):
    port, posts, _ = service
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FORBIDDEN, str(port), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await child.communicate()
    assert said.decode().strip() == str([True] * 10)
    assert posts == []


async def test_a_process_that_hangs_is_ended_and_the_next_message_has_a_new_one():
    notifier = AppriseProcesses(command=[sys.executable, "-c", "input(); input()"], deadline_s=0.3)
    assert await notifier("tgram://x", TITLE, TEXT) == Notice(sent=False, trouble="late")
    assert notifier._idle == []
    await notifier.aclose()


async def test_a_process_that_dies_is_told_and_loses_nothing_else():
    notifier = AppriseProcesses(command=[sys.executable, "-c", "raise SystemExit(3)"], deadline_s=30.0)
    assert await notifier("tgram://x", TITLE, TEXT) == Notice(sent=False, trouble="died")
    await notifier.aclose()


async def test_that_process_ends_by_itself_when_whoever_started_it_is_gone():
    child = await asyncio.create_subprocess_exec(
        *CHILD, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL
    )
    assert child.stdin is not None
    child.stdin.close()
    async with asyncio.timeout(120):
        assert await child.wait() == 0


async def test_that_process_knows_nothing_of_our_environment(monkeypatch):
    monkeypatch.setenv("KENTONGAN_MAIL_SERVER", "smtps://desk:sandi@surat.example")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9/")
    told = "import os,json; input(); print(json.dumps({'sent': False, 'trouble': ','.join(sorted(os.environ))}))"
    notifier = AppriseProcesses(command=[sys.executable, "-c", told], deadline_s=30.0)
    names = set((await notifier("x://", "", "")).trouble.split(","))
    await notifier.aclose()
    assert not [name for name in names if name.startswith("KENTONGAN") or "PROXY" in name.upper()]


# Telegram, as far as its door.


@pytest.fixture
def telegram(monkeypatch):
    """Take requests' place at the wire: return what Telegram was asked, and what it answers."""
    import requests
    import urllib3

    asked: list[requests.PreparedRequest] = []
    answer = {"status": 200, "body": b'{"ok":true,"result":{}}'}
    answers = Answers()

    def send(self, request, **options):
        assert options["verify"], "or a certificate is not looked at"
        asked.append(request)
        response = requests.Response()
        response.status_code, response._content, response.request = answer["status"], answer["body"], request
        response.url, response.raw = request.url, urllib3.HTTPResponse(preload_content=False)
        answers.note(response)
        return response

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    return asked, answer, answers


def told(url, answers, text=TEXT):
    import apprise

    return notify(
        apprise, asset_of(apprise), {"url": url, "title": TITLE, "text": text}, Guard(lambda _: False), answers
    )


BOT = "tgram://123456789:AAaabbccddeeffgghhiijjkkllmmnnoopp/-100200300"


def test_telegram_is_asked_to_send_the_text_to_the_chat_with_nothing_of_it_read_as_markup(telegram):
    asked, _, answers = telegram
    assert told(BOT, answers) == {"sent": True, "statuses": [200], "wait_s": None, "trouble": ""}
    (request,) = asked
    assert request.method == "POST"
    assert request.url == "https://api.telegram.org/bot123456789:AAaabbccddeeffgghhiijjkkllmmnnoopp/sendMessage"
    said = json.loads(request.body)
    assert said["chat_id"] == -100200300
    assert said["parse_mode"] == "HTML"
    assert "[TINGGI] Perusakan, Pariaman: Posko dibakar (belum terverifikasi)" in said["text"]
    assert "posko &lt;dibakar&gt; &amp; ricuh." in said["text"]
    assert "1. Waktu: 26-11-2026" in said["text"]


def test_telegram_that_wants_time_says_so_in_its_answer(telegram):
    _, answer, answers = telegram
    answer |= {"status": 429, "body": b'{"ok":false,"error_code":429,"parameters":{"retry_after":13}}'}
    assert told(BOT, answers) == {"sent": False, "statuses": [429], "wait_s": 13.0, "trouble": ""}


def test_a_token_that_was_taken_back_is_told(telegram):
    _, answer, answers = telegram
    answer |= {"status": 401, "body": b'{"ok":false,"error_code":401,"description":"Unauthorized"}'}
    assert told(BOT, answers)["statuses"] == [401]


def test_a_text_longer_than_telegram_takes_is_sent_whole_in_parts(telegram):
    asked, _, answers = telegram
    lines = [f"{number}. baris {'x' * 80}" for number in range(80)]
    assert told(BOT, answers, "\n".join(lines))["sent"]
    assert len(asked) == 4, "the title is one of its own"
    whole = "".join(json.loads(request.body)["text"] for request in asked)
    assert all(f"{number}. baris" in whole for number in range(80))
    assert max(len(json.loads(request.body)["text"]) for request in asked) <= 4096
