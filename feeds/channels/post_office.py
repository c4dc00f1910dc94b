"""The mail server: connections to it that are kept, used by one mail at a time, and cut when time is up.

The standard library's smtplib in threads: it is kept with Python itself, and mails are few. The server is the
operator's own, so it may have a private address.
"""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Security = Literal["tls", "starttls", "none"]

CONNECT_S: Final = 20.0
"""Seconds for the connection, and again for the greeting, which Postfix's postscreen holds back for 6 s."""

DEADLINE_S: Final = 60.0
"""Seconds for one mail, from the look-up to the server's last word. RFC 5321 (4.5.3.2) would wait ten minutes for that
word; the office's own server takes seconds, and what it took without our hearing of it keeps its Message-ID."""

CONNECTIONS: Final = 4
"""Connections at a time: what public mail servers allow one sender without taking it for a flood (Postfix's default is
50, Exim's 20, Gmail's relay fewer)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and how: *tls* from the first byte, *starttls* (never without it), or *none*.

    ``user`` "" is no login. ``helo`` is the name by which we greet.
    """

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    helo: str = "localhost"


class PostOffice:
    """Hands mails to a server.

    ``tls`` makes the context in which its certificate is checked (None: the machine's own authorities).
    """

    def __init__(
        self,
        server: MailServer,
        *,
        tls: Callable[[], ssl.SSLContext] | None = None,
        deadline_s: float = DEADLINE_S,
        connections: int = CONNECTIONS,
    ) -> None:
        self._server = server
        self._tls = tls or ssl.create_default_context
        self._deadline_s = deadline_s
        self._turns = asyncio.Semaphore(connections)
        self._idle: list[smtplib.SMTP] = []

    async def post(self, sender: str, to: str, mail: bytes) -> None:
        """Hand one mail in and wait until the server has taken it.

        Raises smtplib.SMTPException or OSError for what went wrong, TimeoutError where the time was up.
        """
        async with self._turns:
            task = _Errand(self._idle.pop() if self._idle else None)
            timer = asyncio.get_running_loop().call_later(self._deadline_s, task.cut)
            try:
                await asyncio.to_thread(self._run, task, sender, to, mail)
            except (OSError, smtplib.SMTPException):
                if task.is_cut:
                    raise TimeoutError from None
                raise
            finally:
                timer.cancel()
                if not task.done:
                    task.cut()  # cancelled: the thread must not go on for a minute
                elif task.link is not None and task.link.sock is not None:
                    self._idle.append(task.link)

    async def aclose(self) -> None:
        """Take leave of the server."""
        idle, self._idle = self._idle, []
        for link in idle:
            await asyncio.to_thread(_quit, link)

    def _run(self, task: _Errand, sender: str, to: str, mail: bytes) -> None:
        try:
            if task.link is None or not _is_alive(task.link):
                task.link = None
                self._connect(task)
            if task.link is not None:
                task.link.sendmail(sender, [to], mail)
        finally:
            task.done = not task.is_cut
            if task.is_cut and task.link is not None:
                task.link.close()

    def _connect(self, task: _Errand) -> None:
        server, link = self._server, self._greeted()
        try:
            task.take(link)
            if link.sock is not None:
                link.sock.settimeout(self._deadline_s)
            if server.security == "starttls":
                link.starttls(context=self._tls())
            if server.user:
                link.login(server.user, server.password)
        except BaseException:
            link.close()
            raise

    def _greeted(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, server.helo, timeout=CONNECT_S, context=self._tls())
        return smtplib.SMTP(server.host, server.port, server.helo, CONNECT_S)


class _Errand:
    """One mail on its way in a thread, which the loop can cut short."""

    def __init__(self, link: smtplib.SMTP | None) -> None:
        self.link = link
        self.is_cut = False
        self.done = False

    def take(self, link: smtplib.SMTP) -> None:
        self.link = link
        if self.is_cut:
            raise TimeoutError

    def cut(self) -> None:
        """End whatever the thread waits for on its connection."""
        self.is_cut = True
        sock = self.link.sock if self.link is not None else None
        if sock is not None:
            with suppress(OSError):
                # Not that of an SSLSocket, which takes the session away from the thread that reads it.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _is_alive(link: smtplib.SMTP) -> bool:
    try:
        return link.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        link.close()
        return False


def _quit(link: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):
        link.quit()
