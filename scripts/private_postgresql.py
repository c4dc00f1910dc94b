"""A PostgreSQL server for as long as a benchmark runs: on a socket in a folder of its own, thrown away at the end.

It runs with the settings that ``initdb`` writes, except that nothing need reach the disk: what is measured is reading.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTUP_S: Final = 60.0
NANOSECONDS: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: the URL of its one database, and the process that all others of it are children of."""

    url: str
    pid: int

    def cpu_s(self) -> float:
        """Return how many seconds of a processor the server has used so far, with all that it started (Linux)."""
        try:
            children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii").split()
        except FileNotFoundError:
            children = []
        # Those that have ended, as workers of a parallel query do, are in their parent's own account.
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ended = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
        return ended + sum(map(_cpu_s, children))


def _cpu_s(pid: str) -> float:
    # "schedstat" counts nanoseconds; "stat" only hundredths of a second, as much as a whole query.
    with suppress(FileNotFoundError, ProcessLookupError):
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) * NANOSECONDS
    return 0.0


def programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, the newest of Debian's or the one on the path; None: none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    folders = [*found, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((path for path in folders if (path / "initdb").exists() and (path / "postgres").exists()), None)


@contextmanager
def running(where: Path) -> Iterator[Server]:
    """Yield a server with an empty database, made by the programs in ``where``."""
    folder = Path(tempfile.mkdtemp(prefix="kentongan-pg-"))
    as_user: dict[str, Any] = {"stdin": subprocess.DEVNULL, "cwd": folder}
    if os.geteuid() == 0:
        # The server refuses to run as root.
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_user |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    cluster = folder / "data"
    make: list[str | Path] = [
        where / "initdb",
        "-D",
        cluster,
        "-U",
        "kentongan",
        "--auth=trust",
        "--no-sync",
        "-E",
        "UTF8",
    ]
    words = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "max_wal_size=4GB")
    options = [option for word in words for option in ("-c", word)]
    server: subprocess.Popen[bytes] | None = None
    try:
        subprocess.run([*make, "--locale=C"], check=True, stdout=subprocess.DEVNULL, **as_user)
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen([where / "postgres", "-D", cluster, *options], stdout=log, stderr=log, **as_user)
        _make_database(str(folder), server)
        yield Server(f"postgresql+psycopg://kentongan@/desk?host={folder}", server.pid)
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)
            server.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _make_database(socket: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTUP_S
    while True:
        try:
            connection = psycopg.connect(host=socket, user="kentongan", dbname="postgres", autocommit=True)
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"PostgreSQL did not start: {(Path(socket) / 'log').read_text()}") from error
            time.sleep(0.05)
        else:
            with connection:
                connection.execute("CREATE DATABASE desk TEMPLATE template0")
            connection.close()
            return
