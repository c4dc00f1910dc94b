"""Everything on one machine from one command: the engine's server, the process that runs the flows, and the desk.

The parent only starts, watches and ends its children; what they do is in the store, so it may be killed at any moment.
A child that dies is started again, each time a little later; SIGTERM ends all of them, the server last, so that flows
can still tell it how they ended. If the parent itself is killed outright, the kernel ends the children (Linux), and the
next start ends what is left and goes on where the store says.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from data.errors import LeaseError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flows.settings import Settings

log = structlog.get_logger(__name__)

SERVER_READY_S = 180.0
"""How long the engine's server may take to answer: 9 to 20 s were measured, a first start on a busy machine more."""

STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LOG_LOOK_S = 60.0
LEAST_GRACE_S = 3.0
GRACE_S = 25.0
"""After SIGTERM a child has this long; a page in flight takes 30 s at most and is settled or fetched again."""

FIRST_RESTART_S = 1.0
LONGEST_RESTART_S = 60.0
STEADY_S = 120.0
"""A child that ran this long has recovered: its next restart is quick again."""

LOOK_S = 0.5
LONGEST_LOG_BYTES = 10_000_000
"""A child's log that has grown past this becomes ``NAME.log.1``, in place of the one before."""

MARK = "KENTONGAN_UP_HOME"
"""In the environment of everything that `up` starts, and so of what that starts: by it what is left over is found."""

_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """One process that is kept running; ``ready`` is an address that answers once it serves (None: no need to wait)."""

    name: str
    command: tuple[str, ...]
    ready: str | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    next_start: float = 0.0
    wait_s: float = FIRST_RESTART_S
    restarts: int = 0
    log_file: Path | None = field(default=None)


def engine_environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which server and flows run: at home, on loopback, telling nobody.

    What the operator has set for the engine (a PostgreSQL connection URL, say) stays, except where it would phone home.
    """
    own = {
        "PREFECT_HOME": str(settings.home / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{settings.prefect_port}/api",
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(settings.prefect_port),
        # One row at a time costs the server 25 ms of CPU per task run, 200 at a time 7 ms (measured).
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
        # Flow runs are never removed by default: 100,000 a day would be 2 GB a day.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_EVENTS_RETENTION_PERIOD": "P2D",
        # What an event set off is begun that much later at most; every look costs the server some 20 ms of CPU.
        "PREFECT_RUNNER_POLL_FREQUENCY": "3",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    }
    forced = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    forced |= {"KENTONGAN_HOME": str(settings.home), MARK: str(settings.home)}
    return {**own, **environ, **forced, "PREFECT_API_URL": own["PREFECT_API_URL"], "PREFECT_HOME": own["PREFECT_HOME"]}


def children(settings: Settings, *, with_desk: bool = True) -> list[Child]:
    """Return what is to run, in the order of starting."""
    prefect = str(_script("prefect"))
    port = str(settings.prefect_port)
    server = (prefect, "server", "start", "--host", "127.0.0.1", "--port", port)
    found = [
        Child("server", server, ready=f"http://127.0.0.1:{port}/api/health"),
        Child("flows", (sys.executable, "-m", "flows.serve")),
    ]
    if with_desk:
        desk = ("desk", "--host", settings.desk_host, "--port", str(settings.desk_port))
        near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.desk_host, settings.desk_host)  # noqa: S104  # read, not bound
        where = f"[{near}]" if ":" in near else near
        ready = f"http://{where}:{settings.desk_port}/sehat"
        found.append(Child("desk", (sys.executable, "-m", "kentongan", *desk), ready=ready))
    return found


def _script(name: str) -> Path:
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        raise SettingsError(f"{path} is missing; install again with `make install`", where="installation")
    return path


class Up:
    """The parent of all; ``say`` takes a name and what became of it, for the person who watches."""

    def __init__(
        self, settings: Settings, environ: Mapping[str, str], say: Callable[[str, str], None], *, with_desk: bool = True
    ) -> None:
        self.settings = settings
        self.environ = engine_environment(settings, environ)
        self.children = children(settings, with_desk=with_desk)
        self.say = say
        self.stopping = False
        self._last_log_look = 0.0

    def run(self) -> None:
        """Keep everything running until SIGTERM, SIGINT or SIGHUP.

        Raises LeaseError where another `up` has this home, SettingsError where a port is taken or a child does not
        come up.
        """
        with _alone(self.settings.home):
            end_left_over(self.settings.home)
            self._refuse_taken_ports()
            previous = {number: signal.signal(number, self._stop) for number in STOPS}
            try:
                self._start_all()
                while not self.stopping:
                    self._look()
                    time.sleep(LOOK_S)
            finally:
                self._end_all()
                for number, handler in previous.items():
                    signal.signal(number, handler)

    def _start_all(self) -> None:
        for child in self.children:
            if self.stopping:
                return
            self._start(child)
            self._await(child)
        self.say("up", "ready")

    def _refuse_taken_ports(self) -> None:
        """Raise SettingsError where somebody else listens: their server would be taken for ours."""
        wanted = [("127.0.0.1", self.settings.prefect_port, "KENTONGAN_PREFECT_PORT")]
        if any(child.name == "desk" for child in self.children):
            wanted.append((self.settings.desk_host, self.settings.desk_port, "KENTONGAN_DESK_PORT"))
        for host, port, setting in wanted:
            with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((host, port))
                except OSError as error:
                    raise SettingsError(
                        f"{host}:{port} cannot be listened on ({error.strerror}); take another port", where=setting
                    ) from error

    def _stop(self, number: int, _frame: object) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        self.stopping = True

    def _start(self, child: Child) -> None:
        folder = self.settings.home / "log"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            child.log_file = folder / f"{child.name}.log"
            with child.log_file.open("ab") as output:
                child.process = subprocess.Popen(
                    child.command,
                    env=self.environ,
                    cwd=self.settings.home,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    # Its own group: Ctrl-C reaches the parent alone, which ends the children in order.
                    start_new_session=True,
                    preexec_fn=_dying_with(os.getpid()),  # noqa: PLW1509  # one thread here, and two system calls
                )
        except OSError as error:
            raise SettingsError(f"cannot be started ({error})", where=child.name) from error
        child.started = time.monotonic()
        self.say(child.name, "started")

    def _await(self, child: Child) -> None:
        """Wait until a child answers; SettingsError with the end of its log where it does not."""
        deadline = time.monotonic() + SERVER_READY_S
        while child.ready and not self.stopping:
            assert child.process is not None  # noqa: S101  # _start has just made it
            if child.process.poll() is not None or time.monotonic() > deadline:
                end = child.log_file.read_text(errors="replace")[-1500:] if child.log_file else ""
                raise SettingsError(
                    f"{child.name} does not come up (see {child.log_file}); is its port taken? It ends with:\n{end}",
                    where="kentongan up",
                )
            if _answers(child.ready):
                return
            time.sleep(LOOK_S)

    def _look(self) -> None:
        now = time.monotonic()
        for child in self.children:
            process = child.process
            if process is not None and process.poll() is not None:
                if now - child.started > STEADY_S:
                    child.wait_s = FIRST_RESTART_S
                self._retire(child, f"ended with {process.returncode}", now)
                _end_group(process.pid)
                child.process = None
            elif process is None and now >= child.next_start:
                try:
                    self._start(child)
                except SettingsError as error:
                    self._retire(child, str(error), now)
        if now - self._last_log_look > LOG_LOOK_S:
            self._last_log_look = now
            for child in self.children:
                if child.log_file is not None:
                    turn_over(child.log_file)

    def _retire(self, child: Child, what: str, now: float) -> None:
        """Say that a child is not running, and put its next start off, each time for longer."""
        self.say(child.name, f"{what}; again in {child.wait_s:.0f} s (see {child.log_file})")
        log.warning("child_ended", child=child.name, what=what)
        child.next_start = now + child.wait_s
        child.wait_s = min(child.wait_s * 2, LONGEST_RESTART_S)
        child.restarts += 1

    def _end_all(self) -> None:
        """End the children one after the other, the server last; whoever does not go in time is killed."""
        deadline = time.monotonic() + GRACE_S
        for child in reversed(self.children):
            process = child.process
            if process is None:
                continue
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)
            try:
                process.wait(max(LEAST_GRACE_S, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("child_killed", child=child.name)
            _end_group(process.pid)
            process.wait()
            self.say(child.name, "stopped")
        end_left_over(self.settings.home)


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold this home while the block runs; LeaseError where another `up` does.

    The kernel lets go of it when the process ends, however it ends.
    """
    path = home / "up.lock"
    try:
        home.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"cannot be written ({error.strerror})", where=str(path)) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read(20).strip()
            raise LeaseError(f"kentongan up in {home}", holder=f"process {holder}", until="it ends") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def left_over(home: Path) -> list[int]:
    """Return the processes that an `up` of this home started, or their children, which are still there (Linux)."""
    mark, found = f"{MARK}={home}".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) != os.getpid():
            with contextlib.suppress(OSError):
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    found.append(int(process.name))
    return found


def end_left_over(home: Path) -> None:
    """Kill what is still there of an `up` of this home, and wait until it is gone: its ports are free then."""
    deadline = time.monotonic() + LEAST_GRACE_S
    while (found := left_over(home)) and time.monotonic() < deadline:
        log.warning("ended_what_was_left", processes=found)
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)


def turn_over(path: Path, longest: int = LONGEST_LOG_BYTES) -> None:
    """Move what a log holds to ``NAME.1`` once it is longer than that.

    The child goes on writing into the same file, which it has open for appending: what it writes in the moment of
    copying is lost, no more.
    """
    with contextlib.suppress(OSError):  # no room for the copy: it is tried again
        if path.stat().st_size > longest:
            shutil.copyfile(path, path.with_name(f"{path.name}.1"))
            os.truncate(path, 0)


def _dying_with(parent: int) -> Callable[[], None]:
    """Return what a child does before its program: ask the kernel for SIGTERM when the parent dies (prctl(2), Linux).

    Elsewhere nothing: there the next start cannot clean up either, and the lock alone keeps two from running.
    """
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # it died before we had asked

    return ask


def _end_group(pid: int) -> None:
    """Kill whatever is left of a child's process group: flow runs are its children."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # our own loopback address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
