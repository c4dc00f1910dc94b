"""Alerts by Telegram and other messengers, through Apprise: which of its services may be used, and what came of it.

Apprise itself runs in a process apart (flows/apprise_child.py), which connects to no private address and starts no
program. Here its URLs are vetted: only messengers that are asked by HTTPS, with parameters that name a target; what
would write to this machine (dbus, syslog, windows, …), run something, read a file or take a list of services from the
net is not among them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import unquote

from data.delivering import Receipt
from data.errors import InputError

if TYPE_CHECKING:
    from data.delivering import Message, Recipient
    from feeds.channels import SendingTools

HOSTED: Final = frozenset(
    {
        "discord", "gchat", "line", "pover", "slack", "tgram", "threema", "twilio", "viber", "webex", "whatsapp",
        "workflow", "workflows", "wxteams", "zulip",
    }
)  # fmt: skip
"""Services at an address of their own, which Apprise knows; the URL carries only a token and a target."""

OWN_HOST: Final = frozenset({"gotifys", "matrixs", "mmosts", "nctalks", "ntfys", "rockets", "signals"})
"""Services that run on a host which the URL names, asked by TLS; without the *s* only on a host the operator named."""

PLAIN: Final = {name.removesuffix("s"): name for name in OWN_HOST}

PARAMETERS: Final = frozenset(
    {
        "api-version", "apikey", "batch", "channel", "channels", "from", "id", "key", "mode", "pa", "powerautomate",
        "priority", "route", "routeid", "sid", "sig", "silent", "sound", "team", "thread", "to", "token", "topic",
        "ver", "version",
    }
)  # fmt: skip
"""What may stand behind the ``?``: whom to, and by which key. Not ``verify``, ``redirect``, ``template`` (a file),
``attach``, ``retry`` (the outbox does that) and whatever else Apprise learns to do."""

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_HOST: Final = re.compile(r"(?:[^/?#]*@)?(\[[0-9a-f:.]+\]|[^/?#:]+)", re.IGNORECASE)
_SUCCESS, _REDIRECT, _OURS, _THEIRS = 200, 300, 400, 500
_LATER: Final = frozenset({408, 425, 429})

TROUBLES: Final = {
    "unreadable": Receipt("refused", "Apprise can make nothing of the URL; see its pages on the service"),
    "many": Receipt("refused", "the URL names several targets; make a recipient of each, so that none gets it twice"),
    "private": Receipt("refused", "its host has an address that is not of the public net"),
    "late": Receipt("retry", "the service was too slow"),
    "broken": Receipt("retry", "no connection to the service, or it broke"),
    "died": Receipt("retry", "the process that runs Apprise ended"),
    "missing": Receipt("retry", "Apprise is not installed; install the package apprise"),
}
"""What an attempt comes to that got no answer, by the word that `Notice` has for it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What Apprise did of one message.

    ``sent`` is its own word. ``statuses`` are the HTTP answers that it got, in order; ``wait_s`` what the last of them
    asked us to wait (None: nothing). ``trouble`` is a key of `TROUBLES`, "" without any.
    """

    sent: bool
    statuses: tuple[int, ...] = ()
    wait_s: float | None = None
    trouble: str = ""


class Notifier(Protocol):
    """What runs Apprise, somewhere."""

    async def __call__(self, url: str, title: str, text: str) -> Notice:
        """Send one text to one URL of Apprise's; raises nothing for what the other side does."""


class AppriseSender:
    """Sends short texts through a notifier; without one, everything waits."""

    def __init__(self, notifier: Notifier | None, *, plain_hosts: frozenset[str] = frozenset()) -> None:
        self._notifier = notifier
        self._plain_hosts = plain_hosts

    async def send(self, message: Message, recipient: Recipient) -> Receipt:
        """Hand a text over once; see `feeds.channels.Sender`."""
        try:
            check(recipient.target, self._plain_hosts)
        except InputError as error:
            return Receipt("refused", str(error))
        if self._notifier is None:
            return TROUBLES["missing"]
        return judged(await self._notifier(recipient.target, message.subject, message.text))


def sender(tools: SendingTools) -> AppriseSender:
    """Return what sends through Apprise."""
    return AppriseSender(tools.notifier, plain_hosts=tools.plain_hosts)


def check(target: str, plain_hosts: frozenset[str] = frozenset()) -> None:
    """Refuse a URL of Apprise's that nothing is ever sent to: InputError names the service or parameter."""
    found = _SCHEME.match(target)
    if found is None:
        raise InputError("a target of Apprise begins with its service, such as tgram://")
    service = found[1].lower()
    if service in PLAIN:
        host = _HOST.match(target, found.end())
        if host is None or host[1].strip("[]").lower() not in plain_hosts:
            raise InputError(f'"{service}" is not secure; take "{PLAIN[service]}"')
    elif service not in HOSTED | OWN_HOST:
        services = ", ".join(sorted(HOSTED | OWN_HOST))
        raise InputError(f'"{service}" is no service that alerts go to; there are {services}')
    _, _, rest = target.partition("?")
    for pair in re.split(r"[?&;]", rest):
        name = unquote(pair.partition("=")[0]).strip().lower()
        if name and name not in PARAMETERS:
            raise InputError(f'the parameter "{name}" is not allowed in a target of Apprise')


def judged(notice: Notice) -> Receipt:
    """Return what a notice means; an HTTP answer says more than Apprise's own yes or no."""
    if notice.trouble:
        return TROUBLES[notice.trouble]
    if notice.sent:
        return Receipt("delivered", "taken by the service")
    bad = next((status for status in reversed(notice.statuses) if not _SUCCESS <= status < _REDIRECT), None)
    if bad is None:
        return Receipt("retry", "the service did not take it")
    if bad in _LATER or bad >= _THEIRS:
        return Receipt("retry", f"the service answered {bad}", notice.wait_s)
    if _REDIRECT <= bad < _OURS:
        return Receipt("refused", f"the service answered {bad}: it redirects, and no redirect is followed")
    return Receipt("refused", f"the service answered {bad}; check the token and the target")
