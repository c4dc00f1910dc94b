"""The sample network on loopback: one server that answers for every host of it by the ``Host`` header.

::

    with SampleServer() as server:
        ...                                   # server.address is ("127.0.0.1", port), server.requests what was asked
    python -m data.samples.server --port 0    # prints the port, serves until it is stopped
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from data.errors import SettingsError
from data.samples.answers import PLAIN, Answer
from data.samples.blogspot import BlogspotSite
from data.samples.galat import GalatSite
from data.samples.network import HOSTS
from data.samples.varient import VarientSite
from data.samples.wordpress import WordPressSite

if TYPE_CHECKING:
    import socket
    from types import TracebackType

    from data.samples.answers import Site
    from data.samples.network import Host

LOOPBACK = "127.0.0.1"
SMALLEST_ZIPPED = 256
"""Bytes below which a body goes out plain, as web servers do it."""

DRIPS = 10
"""Bits in which a slow body is sent, spread over ``slow_s``."""

NEW_YORK = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True)
class Request:
    """One request that came in: ``at_s`` is the monotonic clock when it was read, ``path`` has its query.

    ``status`` is what was answered. ``conditional`` says that it asked "changed since?".
    """

    at_s: float
    host: str
    path: str
    status: int
    user_agent: str
    conditional: bool
    method: str = "GET"


class SampleServer:
    """Serves the network from a thread of this process until it is closed; also a context manager.

    ``at`` is the made-up moment (None: the end, when everything has been published); it may be set while serving, so
    that a second crawl finds something new. ``slow_s`` is how long a slow page takes. ``port`` 0 takes a free one.
    ``log`` names a file that gets one JSON line per request. ``requests`` holds them too, in the order in which they
    were answered.
    """

    def __init__(
        self, *, at: datetime | None = None, slow_s: float = 0.3, port: int = 0, log: Path | None = None
    ) -> None:
        if at is not None and at.tzinfo is None:
            raise SettingsError(
                "the moment of the sample network needs a zone, as in 2024-11-25T08:00:00+07:00", where="at"
            )
        self.at = at
        self.slow_s = slow_s
        self._log = log
        self._requests: list[Request] = []
        self._lock = threading.Lock()
        self._server = _Server((LOOPBACK, port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="samples", daemon=True)
        self._thread.start()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens: the loopback address and the port."""
        return LOOPBACK, self._server.server_port

    @property
    def requests(self) -> tuple[Request, ...]:
        """What was asked so far."""
        with self._lock:
            return tuple(self._requests)

    def forget(self) -> None:
        """Empty the list of requests."""
        with self._lock:
            self._requests.clear()

    def note(self, request: Request) -> None:
        """Keep one request; the handlers call this."""
        with self._lock:
            self._requests.append(request)
            if self._log is not None:
                with self._log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(request)) + "\n")

    def close(self) -> None:
        """Stop listening and cut what is still open."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.cut()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def site_of(host: Host) -> Site:
    """Return what answers for a host; the classic site's feed claims New York's zone, Varient's default."""
    if host.shape == "wordpress":
        return WordPressSite(host)
    if host.shape == "blogspot":
        return BlogspotSite(host)
    if host.shape == "galat":
        return GalatSite(host)
    return VarientSite(host, feed_zone=NEW_YORK if host.shape == "classic" else None)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], owner: SampleServer) -> None:
        super().__init__(address, _Handler)
        self.owner = owner
        self.sites: dict[str, Site] = {name: site_of(host) for name, host in HOSTS.items()}
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def cut(self) -> None:
        """Close the connections that clients keep alive."""
        with self._open_lock:
            still_open = list(self._open)
        for connection in still_open:
            with suppress(OSError):
                connection.shutdown(2)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that goes away in the middle (a crawl that is killed) is what the soak tests do on purpose.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    timeout = 30
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        began = time.monotonic()
        parts = urlsplit(self.path)
        host = (self.headers.get("Host") or parts.netloc).rpartition("@")[2].split(":")[0].lower().rstrip(".")
        site = self.server.sites.get(host)
        if site is None:
            answer = Answer(b"no such site here\n", status=421, content_type=PLAIN)
        else:
            query: dict[str, str] = {}
            for key, value in parse_qsl(parts.query, keep_blank_values=True):
                query.setdefault(key, value)
            answer = site.answer(unquote(parts.path) or "/", query, self.server.owner.at)
        self._send(answer, host, began)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        began, length = time.monotonic(), self.headers.get("Content-Length", "0")
        self.rfile.read(int(length) if length.isdigit() else 0)
        answer = Answer(b"", status=405, headers=(("Allow", "GET, HEAD"),))
        self._send(answer, (self.headers.get("Host") or "").lower(), began)

    def _send(self, answer: Answer, host: str, began: float) -> None:
        headers = [("Content-Type", answer.content_type), *answer.headers]
        body, status = answer.body, answer.status
        if answer.validators:
            etag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
            headers += [("ETag", etag), ("Cache-Control", "max-age=0")]
            if answer.last_modified is not None:
                headers.append(("Last-Modified", format_datetime(answer.last_modified.astimezone(UTC), usegmt=True)))
            if self._unchanged(etag, answer.last_modified):
                status, body = 304, b""
        if status != 304 and len(body) >= SMALLEST_ZIPPED and self._may_zip(headers):
            body = gzip.compress(body, compresslevel=5, mtime=0)
            headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        self._note(host, status, began)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(answer.declared_length or len(body)))
        if answer.declared_length is not None:
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD" and status != 304:
            self._write(body, drip=answer.drip)

    def _write(self, body: bytes, *, drip: bool) -> None:
        if not drip:
            self.wfile.write(body)
            return
        step = max(1, -(-len(body) // DRIPS))
        for start in range(0, len(body), step):
            time.sleep(self.server.owner.slow_s / DRIPS)
            self.wfile.write(body[start : start + step])

    def _unchanged(self, etag: str, last_modified: datetime | None) -> bool:
        """Return whether the client's copy is good; a date counts only where no tag came (RFC 9110, 13.2.2)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return tags.strip() == "*" or etag.removeprefix("W/") in {
                tag.strip().removeprefix("W/") for tag in tags.split(",")
            }
        since = self.headers.get("If-Modified-Since")
        if since is None or last_modified is None:
            return False
        try:
            return last_modified.replace(microsecond=0) <= parsedate_to_datetime(since)
        except (ValueError, TypeError):
            return False

    def _may_zip(self, headers: list[tuple[str, str]]) -> bool:
        accepted = {coding.split(";")[0].strip() for coding in self.headers.get("Accept-Encoding", "").split(",")}
        return "gzip" in accepted and all(name != "Content-Encoding" for name, _ in headers)

    def _note(self, host: str, status: int, began: float) -> None:
        conditional = "If-None-Match" in self.headers or "If-Modified-Since" in self.headers
        agent = self.headers.get("User-Agent", "")
        self.server.owner.note(Request(began, host, self.path, status, agent, conditional, self.command))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """Say nothing: ``requests`` is the log."""


def main() -> None:
    """Serve the network until SIGTERM or Ctrl-C, the port on the first line of standard output."""
    parser = argparse.ArgumentParser(prog="python -m data.samples.server", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on loopback (0: a free one)")
    parser.add_argument("--at", type=datetime.fromisoformat, help="made-up moment, as in 2024-11-25T08:00:00+07:00")
    parser.add_argument("--slow", type=float, default=0.3, metavar="SECONDS", help="how long a slow page takes")
    parser.add_argument("--log", type=Path, help="file that gets one JSON line per request")
    given = parser.parse_args()
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    try:
        server = SampleServer(at=given.at, slow_s=given.slow, port=given.port, log=given.log)
    except SettingsError as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(
            f"port {given.port} on {LOOPBACK} cannot be used ({error.strerror}); take another, or 0 for a free one"
        )
    with server:
        sys.stdout.write(f"{server.address[1]}\n")
        sys.stdout.flush()
        stopped.wait()


if __name__ == "__main__":
    main()
