"""Everything on one machine from one command: the engine's server, the process that runs the flows, and the desk.

The parent only starts, watches and ends its children; what they do is in the store, so it may be killed at any moment.
A child that dies is started again, each time a little later; SIGTERM ends all of them, the desk last to lose its store
first. If the parent itself is killed outright, the kernel ends the children (Linux), and the next start ends what is
left and goes on where the store says.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
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
from flows.holders import is_dead, this_holder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flows.settings import Settings

log = structlog.get_logger(__name__)

SERVER_READY_S = 180.0
"""How long the engine's server may take to answer: 9 to 20 s were measured, a first start on a busy machine more."""

GRACE_S = 25.0
"""After SIGTERM a child has this long; a page in flight takes 30 s at most and is settled or fetched again."""

FIRST_RESTART_S = 1.0
LONGEST_RESTART_S = 60.0
STEADY_S = 120.0
"""A child that ran this long has recovered: its next restart is quick again."""

LOOK_S = 0.5
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
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    }
    forced = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1", "KENTONGAN_HOME": str(settings.home)}
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
        found.append(Child("desk", (sys.executable, "-m", "kentongan", *desk)))
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
        self._note = settings.home / "up.json"

    def run(self) -> None:
        """Keep everything running until SIGTERM or SIGINT; LeaseError where another `up` has this home."""
        self.settings.home.mkdir(parents=True, exist_ok=True)
        self._end_what_is_left()
        previous = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            for child in self.children:
                if self.stopping:
                    break
                self._start(child)
                self._await(child)
            if not self.stopping:
                self.say("up", "ready")
            while not self.stopping:
                self._look()
                time.sleep(LOOK_S)
        finally:
            self._end_all()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _stop(self, number: int, _frame: object) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        self.stopping = True

    def _start(self, child: Child) -> None:
        folder = self.settings.home / "log"
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
                preexec_fn=_die_with_parent,  # noqa: PLW1509  # one thread here, and nothing but one system call
            )
        child.started = time.monotonic()
        self._write_note()
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
                self.say(
                    child.name, f"ended with {process.returncode}; again in {child.wait_s:.0f} s (see {child.log_file})"
                )
                log.warning("child_ended", child=child.name, code=process.returncode)
                _end_group(process.pid)
                child.process, child.next_start = None, now + child.wait_s
                child.wait_s = min(child.wait_s * 2, LONGEST_RESTART_S)
                child.restarts += 1
            elif process is None and now >= child.next_start:
                self._start(child)

    def _end_all(self) -> None:
        running = [child for child in reversed(self.children) if child.process is not None]
        for child in running:
            assert child.process is not None  # noqa: S101  # filtered above
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_S
        for child in running:
            assert child.process is not None  # noqa: S101
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("child_killed", child=child.name)
            _end_group(child.process.pid)
            child.process.wait()
            self.say(child.name, "stopped")
        self._note.unlink(missing_ok=True)

    def _write_note(self) -> None:
        pids = [child.process.pid for child in self.children if child.process is not None]
        self._note.write_text(json.dumps({"holder": this_holder(), "groups": pids}), encoding="utf-8")

    def _end_what_is_left(self) -> None:
        """End the children of an earlier parent that was killed; LeaseError where that parent is alive."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        except ValueError:
            # Half written when the machine went down; the processes of that life are gone with it.
            self._note.unlink(missing_ok=True)
            return
        if not is_dead(note["holder"]):
            raise LeaseError(f"kentongan up in {self.settings.home}", holder=note["holder"], until="it ends")
        for pid in note["groups"]:
            if _is_ours(pid, self.settings.home):
                _end_group(pid)
        self._note.unlink(missing_ok=True)


def _die_with_parent() -> None:
    """Ask the kernel to send SIGTERM when the parent dies (prctl(2), Linux); elsewhere the next start cleans up."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _end_group(pid: int) -> None:
    """Kill whatever is left of a child's process group: flow runs are its children."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _is_ours(pid: int, home: Path) -> bool:
    """Return whether the process of that number has this home in its environment: numbers are used again."""
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    return f"KENTONGAN_HOME={home}".encode() in environment.split(b"\0")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # our own loopback address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
