"""The session itself: what every test is kept from, and what is said of tests that could not be run."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parent / "conftest.py"


@pytest.mark.parametrize("address", ["192.0.2.1", "169.254.169.254", "10.0.0.1", "0.0.0.0"])
def test_no_connection_leaves_loopback(only_loopback, address):
    with socket.socket() as connection, pytest.raises(ConnectionRefusedError, match="nothing beyond loopback"):
        connection.connect((address, 80))
    assert only_loopback == [f"connect {address}"]
    only_loopback.clear()


def test_no_datagram_leaves_loopback(only_loopback):
    with socket.socket(type=socket.SOCK_DGRAM) as sender, pytest.raises(ConnectionRefusedError):
        sender.sendto(b"x", ("192.0.2.1", 53))
    only_loopback.clear()


def test_no_name_server_is_asked(only_loopback):
    with pytest.raises(socket.gaierror, match="nothing beyond loopback: name berita"):
        socket.getaddrinfo("berita.example", 443)
    only_loopback.clear()


async def test_neither_does_an_event_loop(only_loopback):
    with pytest.raises(OSError, match="nothing beyond loopback"):
        await asyncio.open_connection("192.0.2.1", 80)
    only_loopback.clear()


async def test_loopback_is_open():
    async def answer(_reader, writer):
        writer.write(b"ya")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "localhost", 0, family=socket.AF_INET) as server:
        reader, writer = await asyncio.open_connection("localhost", server.sockets[0].getsockname()[1])
        assert await reader.read() == b"ya"
        writer.close()
        await writer.wait_closed()


def test_the_home_of_whoever_runs_the_tests_is_not_used(own_home):
    assert Path(os.environ["KENTONGAN_HOME"]) == own_home
    assert list(own_home.iterdir()) == []


TESTS = """
import socket
import pytest

def test_needs_a_kettle(require):
    require("a kettle", "none on the stove")

@pytest.mark.skip(reason="not today")
def test_left_out():
    pass

@pytest.mark.xfail(strict=True)
def test_known_to_fail():
    assert False

def test_runs():
    pass
"""

CALLS_OUT = """
import socket

def test_calls_out_and_hides_it():
    try:
        socket.create_connection(("192.0.2.1", 80))
    except OSError:
        pass
"""


@pytest.fixture
def session(tmp_path):
    """Run a session of its own over some tests, with this folder's conftest."""

    def run(tests, **environ):
        (tmp_path / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
        (tmp_path / "test_some.py").write_text(tests, encoding="utf-8")
        (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    postgresql\n    browser\n", encoding="utf-8")
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KENTONGAN_", "PYTEST_"))}
        done = subprocess.run(words, cwd=tmp_path, env=kept | environ, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    return run


def test_what_could_not_be_run_is_listed_at_the_end(session):
    code, said = session(TESTS)
    assert code == 0
    listed = said.partition("what this machine could not run")[2]
    assert "1 test: a kettle (none on the stove)" in listed
    assert "1 test: not today" in listed


def test_where_all_is_required_nothing_may_be_left_out(session):
    code, said = session(TESTS, KENTONGAN_REQUIRE_ALL="1")
    assert code == 1
    assert "1 failed, 1 passed, 1 xfailed, 1 error" in said
    assert "lets nothing be left out, and this was: not on this machine: a kettle (none on the stove)" in said


def test_markers_leave_tests_out_where_the_program_is_missing(session, tmp_path):
    tests = "import pytest\n\n@pytest.mark.browser\ndef test_a_page():\n    assert False\n"
    code, said = session(tests, PATH=str(tmp_path))
    assert code == 0
    assert "1 test: Chromium (no chromium; sudo bash scripts/install-services.sh installs it)" in said


def test_a_test_that_calls_out_fails_even_if_it_hides_it(session):
    code, said = session(CALLS_OUT)
    assert code == 1
    assert "this one tried: connect 192.0.2.1" in said


def test_the_installer_is_a_shell_script_that_parses():
    script = CONFTEST.parent.parent / "scripts" / "install-services.sh"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)
