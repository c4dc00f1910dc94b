"""What every test gets: no packet beyond loopback, no real home folder, and a plain word about what this machine cannot
run.

A test that needs a program says so by a fixture (``postgresql_url``, ``chromium_path``, ``node_path``), by a marker
(``postgresql``, ``browser``) or by ``require(what, reason)``. Where the program is missing the test is left out and
listed at the end of the session; with ``KENTONGAN_REQUIRE_ALL=1`` whatever is left out, for this or any other reason,
fails.
"""

from __future__ import annotations

import ipaddress
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Prefect must not phone home from a test either, however pytest was started.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")

# No deadline: this machine may be busy. No database: a failing example belongs into the test, not into a hidden folder.
settings.register_profile("kentongan", deadline=None, max_examples=60, database=None, derandomize="CI" in os.environ)
settings.load_profile("kentongan")

REQUIRE_ALL = os.environ.get("KENTONGAN_REQUIRE_ALL", "") not in {"", "0"}
NOT_HERE = "not on this machine: "
INSTALL = "sudo bash scripts/install-services.sh installs it"
STARTUP_S = 60.0


# What cannot be run here.


def _left_out(what: str, reason: str) -> None:
    pytest.skip(f"{NOT_HERE}{what} ({reason})")


@pytest.fixture
def require() -> Callable[[str, str], None]:
    """Return what leaves the running test out because ``what`` is missing here, for ``reason``."""
    return _left_out


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("postgresql") and postgresql_programs() is None:
        _left_out("PostgreSQL", f"no initdb and postgres; {INSTALL}")
    if item.get_closest_marker("browser") and chromium() is None:
        _left_out("Chromium", f"no chromium; {INSTALL}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files first that wait for a server or a browser: the longest, and a long file that is dealt last keeps one
    process busy while the others have nothing left (files stay whole, and in their order otherwise)."""
    long = ("server", "browser")
    rank: dict[Path, int] = {}
    for item in items:
        mine = next((at for at, mark in enumerate(long) if item.get_closest_marker(mark)), len(long))
        rank[item.path] = min(mine, rank.get(item.path, mine))
    items.sort(key=lambda item: rank[item.path])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"KENTONGAN_REQUIRE_ALL=1 lets nothing be left out, and this was: {_reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:
    report = yield
    if REQUIRE_ALL and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"KENTONGAN_REQUIRE_ALL=1 lets nothing be left out, and this was: {_reason(report)}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    terminalreporter.section("what this machine could not run")
    if not reasons:
        terminalreporter.write_line("nothing was left out")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count} test{'s' if count != 1 else ''}: {reason.removeprefix(NOT_HERE)}")


def _reason(report: Any) -> str:
    longrepr = report.longrepr
    text = str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)
    return " ".join(text.removeprefix("Skipped: ").split())


# Programs.


def postgresql_programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, the newest of Debian's or the one on the path; None without
    them."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _number(path.parent.name))
    on_path = shutil.which("initdb")
    folders = [*reversed(versions), *([Path(on_path).resolve().parent] if on_path else [])]
    return next((path for path in folders if (path / "initdb").exists() and (path / "postgres").exists()), None)


def _number(name: str) -> int:
    return int(name) if name.isdigit() else 0


def chromium() -> str | None:
    """Return the path of a Chromium; None where there is none."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return the path of a Chromium."""
    path = chromium()
    if path is None:
        _left_out("Chromium", f"no chromium; {INSTALL}")
    return str(path)


@pytest.fixture
def node_path() -> str:
    """Return the path of Node."""
    path = shutil.which("node")
    if path is None:
        _left_out("Node", "no node; install Debian's nodejs")
    return str(path)


# Stores. PostgreSQL: one server per session, started by the first test that asks for it; one database per test.


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Yield the folder of the socket of a server of this session's own; it listens on no network."""
    programs = postgresql_programs()
    if programs is None:
        _left_out("PostgreSQL", f"no initdb and postgres; {INSTALL}")
        return
    folder = Path(tempfile.mkdtemp(prefix="kentongan-pg-"))
    as_user: dict[str, Any] = {"stdin": subprocess.DEVNULL, "cwd": folder}
    if os.geteuid() == 0:
        # The server refuses to run as root.
        account = next(pwd.getpwnam(name) for name in ("postgres", "nobody") if _exists(name))
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_user |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    cluster, log = folder / "data", folder / "log"
    make = [
        programs / "initdb",
        "-D",
        cluster,
        "-U",
        "kentongan",
        "--auth=trust",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    made = subprocess.run(make, capture_output=True, text=True, check=False, **as_user)
    if made.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.fail(f"initdb failed: {made.stderr.strip()}")
    # Nothing here outlives the session, so nothing need reach the disk.
    words = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "full_page_writes=off")
    options = [option for word in (*words, "shared_buffers=32MB", "timezone=Asia/Jakarta") for option in ("-c", word)]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [programs / "postgres", "-D", cluster, *options], stdout=output, stderr=output, **as_user
        )
    try:
        _wait_for(server, folder, log)
        yield str(folder)
    finally:
        server.send_signal(signal.SIGQUIT)  # "immediate shutdown": nothing of it is wanted any more
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: str) -> Callable[..., Any]:
    """Return what makes a database on the session's server (of ``template``) and returns its URL."""
    import psycopg

    numbers = itertools.count(1)

    def make(template: str = "template0") -> str:
        name = f"test_{next(numbers)}"
        with psycopg.connect(
            host=postgresql_server, user="kentongan", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return f"postgresql+psycopg://kentongan@/{name}?host={postgresql_server}"

    return make


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of a SQLite store that was just made: all the migrations (0.2 s of processor) once per session.

    A test that needs a store and is not about making one writes these where it wants it: ``new_store`` does.
    """
    from data.store import Store

    path = tmp_path_factory.mktemp("empty") / "store.sqlite3"
    Store.open(f"sqlite:///{path}").close()
    return path.read_bytes()


@pytest.fixture
def new_store(empty_store: bytes) -> Callable[[Path], str]:
    """Return what makes an empty store at a path and returns its URL, which ``Store.open`` takes."""

    def make(path: Path) -> str:
        path.write_bytes(empty_store)
        return f"sqlite:///{path}"

    return make


@pytest.fixture
def postgresql_url(postgresql_database: Callable[..., str]) -> str:
    """Return the URL of an empty database of this test's own."""
    return postgresql_database()


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _wait_for(server: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    import psycopg

    deadline = time.monotonic() + STARTUP_S
    while True:
        try:
            psycopg.connect(host=str(folder), user="kentongan", dbname="postgres", connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')}") from error
            time.sleep(0.05)
        else:
            return


# No packet beyond loopback, and nobody's home.


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Refuse, and fail the test for, whatever would leave this machine: connections, datagrams, questions to a name
    server."""
    tried: list[str] = []
    allowed = {"", "localhost", "localhost.localdomain", "ip6-localhost", socket.gethostname().lower()}

    def refuse(what: str) -> str:
        tried.append(what)
        return f"a test reaches nothing beyond loopback: {what}"

    def guarded(name: str, at: int) -> Callable[..., Any]:
        real = getattr(socket.socket, name)

        def call(self: socket.socket, *args: Any) -> Any:
            address = args[at] if at < 0 or at < len(args) else None
            if self.family in {socket.AF_INET, socket.AF_INET6} and address and not _is_loopback(address[0], allowed):
                raise ConnectionRefusedError(refuse(f"{name} {address[0]}"))
            return real(self, *args)

        return call

    for name, at in (("connect", 0), ("connect_ex", 0), ("sendto", -1)):
        monkeypatch.setattr(socket.socket, name, guarded(name, at))
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **options: Any) -> Any:
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if name is not None and not _is_address(name) and name.lower().rstrip(".") not in allowed:
            raise socket.gaierror(socket.EAI_NONAME, refuse(f"name {name}"))
        return resolve(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield tried
    if tried:
        pytest.fail(f"a test reaches nothing beyond loopback, and this one tried: {', '.join(tried)}")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_loopback(host: str, names: set[str]) -> bool:
    if not _is_address(host):
        return host.lower() in names
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return this test's own KENTONGAN_HOME; no other setting of whoever runs the tests gets in."""
    for name in [name for name in os.environ if name.startswith("KENTONGAN_") and name != "KENTONGAN_REQUIRE_ALL"]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("KENTONGAN_HOME", str(home))
    return home
