"""The process in which Apprise runs: a line of JSON in is a message, a line out what became of it.

Apprise's services are code of many hands that asks whatever host a URL names. So it is kept apart: this process has no
store, no settings and no secret but the URL of the message at hand, it can be killed when time is up, and an audit hook
(PEP 578), which cannot be taken off again, refuses each connection to an address that is not of the public net - by
redirect, by another name, whoever asks for it - and the start of any program.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

PROCESSES: Final = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "pty.spawn"}
)
SENDING: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
TIMEOUT_S: Final = 10.0
"""Seconds that each connection and each answer may take; the parent ends the whole after its own deadline."""


class Guard:
    """The audit hook: what this process may not do. ``refused`` says that something was refused since it was set."""

    def __init__(self, is_public: Callable[[str], bool]) -> None:
        self.refused = False
        self.allowed: frozenset[str] = frozenset()
        self._is_public = is_public

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        """Raise PermissionError for what may not be done."""
        if event in PROCESSES:
            self._refuse("no program is started here")
        if event in SENDING and args[1] is not None:
            if args[0].family not in {socket.AF_INET, socket.AF_INET6}:
                self._refuse("only the net is reached from here")
            address = str(args[1][0])
            if not self._is_public(address) and address not in self.allowed:
                self._refuse("not an address of the public net")

    def _refuse(self, why: str) -> None:
        self.refused = True
        raise PermissionError(why)


class Answers:
    """What the services answered over HTTP: noted at requests' own floor, for Apprise itself only says yes or no."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.wait_s: float | None = None

    def note(self, response: Any) -> None:
        """Keep an answer's status, and what it asks us to wait (RFC 9110, 10.2.3; Telegram says it in its JSON)."""
        self.statuses.append(int(response.status_code))
        self.wait_s = None
        if response.status_code not in {429, 503}:
            return
        said = response.headers.get("Retry-After", "")
        if said.isascii() and said.isdigit():
            self.wait_s = min(float(said), 86_400.0)
            return
        try:
            self.wait_s = min(float(response.json()["parameters"]["retry_after"]), 86_400.0)
        except (ValueError, KeyError, TypeError):
            self.wait_s = None


def asset_of(apprise: Any) -> Any:
    """Return how Apprise behaves here: it keeps nothing, follows no redirect and shows no picture of its own."""
    return apprise.AppriseAsset(
        async_mode=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        http_redirects=False,
        app_id="Kentongan",
        app_desc="Kentongan",
        app_url="",
        image_url_mask="",
        image_url_logo="",
    )


def notify(apprise: Any, asset: Any, task: dict[str, Any], guard: Guard, answers: Answers) -> dict[str, Any]:
    """Send one message to one service and return what became of it, as `feeds.channels.apprise.Notice` has it."""
    guard.allowed = _addresses(task.get("allowed", ()))
    service = apprise.Apprise.instantiate(task["url"], asset=asset)
    guard.refused = False
    if service is None:
        return {"sent": False, "trouble": "unreadable"}
    if len(service) > 1:
        return {"sent": False, "trouble": "many"}
    service.redirects = False
    service.verify_certificate = True
    service.socket_connect_timeout = service.socket_read_timeout = TIMEOUT_S
    service.overflow_mode = apprise.OverflowMode.SPLIT
    sending = apprise.Apprise(asset=asset)
    sending.add(service)
    sent = bool(sending.notify(title=task["title"], body=task["text"], body_format=apprise.NotifyFormat.TEXT))
    trouble = "" if sent or answers.statuses else "private" if guard.refused else "broken"
    return {"sent": sent, "statuses": answers.statuses, "wait_s": answers.wait_s, "trouble": trouble}


def _addresses(hosts: Any) -> frozenset[str]:
    """Return the addresses of hosts whose operator allowed them to be private."""
    found = set()
    for host in hosts:
        try:
            found |= {str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
        except OSError:
            continue  # then it is not reached either
    return frozenset(str(ipaddress.ip_address(address.partition("%")[0])) for address in found)


def main() -> None:
    """Answer each line of the input until it ends."""
    import apprise
    import requests

    from scrapers.addresses import is_public

    logging.disable(logging.CRITICAL)  # its lines name tokens and texts
    asset = asset_of(apprise)
    guard, answers = Guard(is_public), Answers()
    send = requests.adapters.HTTPAdapter.send

    def noted(self: Any, *args: Any, **options: Any) -> Any:
        response = send(self, *args, **options)
        answers.note(response)
        return response

    requests.adapters.HTTPAdapter.send = noted  # type: ignore[method-assign]
    sys.addaudithook(guard)
    for line in sys.stdin:
        answers.statuses, answers.wait_s = [], None
        sys.stdout.write(json.dumps(notify(apprise, asset, json.loads(line), guard, answers)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
