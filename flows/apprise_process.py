"""Apprise's processes, seen from here: started when needed, one message at a time each, killed when time is up."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from feeds.channels.apprise import Notice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DEADLINE_S: Final = 30.0
"""Seconds for one message, a start of the process (about one) and a long text in several parts included."""

PROCESSES: Final = 2
"""At a time: each has about 60 MB, and one service that hangs does not hold up the others."""

CHILD: Final = (sys.executable, "-I", "-m", "flows.apprise_child")
KEPT: Final = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "SYSTEMROOT")
"""All that the process learns of our environment: nothing of ours, no proxy."""


class AppriseProcesses:
    """Runs Apprise; a `feeds.channels.apprise.Notifier`.

    ``private_hosts`` are the names that may have a private address; ``command`` is what is started.
    """

    def __init__(
        self,
        *,
        private_hosts: Iterable[str] = (),
        command: Sequence[str] = CHILD,
        deadline_s: float = DEADLINE_S,
        processes: int = PROCESSES,
    ) -> None:
        self._private_hosts = sorted(private_hosts)
        self._command = tuple(command)
        self._deadline_s = deadline_s
        self._turns = asyncio.Semaphore(processes)
        self._idle: list[asyncio.subprocess.Process] = []

    async def __call__(self, url: str, title: str, text: str) -> Notice:
        """Send one message; see `feeds.channels.apprise.Notifier`."""
        task = {"url": url, "title": title, "text": text, "allowed": self._private_hosts}
        async with self._turns:
            child = self._idle.pop() if self._idle else await self._start()
            kept = False
            try:
                async with asyncio.timeout(self._deadline_s):
                    line = await _asked(child, json.dumps(task).encode() + b"\n")
                kept = line.endswith(b"\n")
            except TimeoutError:
                return Notice(sent=False, trouble="late")
            finally:
                if kept:
                    self._idle.append(child)
                else:
                    await _end(child)
            return _notice(line) if kept else Notice(sent=False, trouble="died")

    async def aclose(self) -> None:
        """End the processes."""
        idle, self._idle = self._idle, []
        for child in idle:
            await _end(child)

    async def _start(self) -> asyncio.subprocess.Process:
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        # No .netrc gives a service somebody's password, and nothing of Apprise's is kept in a home.
        environment |= {"NETRC": os.devnull, "HOME": os.devnull}
        return await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
        )


async def _asked(child: asyncio.subprocess.Process, line: bytes) -> bytes:
    if child.stdin is None or child.stdout is None:
        return b""
    try:
        child.stdin.write(line)
        await child.stdin.drain()
        return await child.stdout.readline()
    except (ConnectionError, ValueError):  # it ended; or its line has no end
        return b""


def _notice(line: bytes) -> Notice:
    said = json.loads(line)
    return Notice(
        sent=bool(said["sent"]),
        statuses=tuple(said.get("statuses", ())),
        wait_s=said.get("wait_s"),
        trouble=said.get("trouble", ""),
    )


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.stdin is not None:
        child.stdin.close()
    with suppress(ProcessLookupError):
        child.kill()
    await child.wait()
