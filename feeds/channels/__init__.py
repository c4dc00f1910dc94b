"""How messages leave the house: one file for each channel, which says what it can send to and has what sends.

What has effects (the guarded HTTP client, the mail server, the process that Apprise runs in, the clock) is handed in by
flows. What the other side does is never an error here, but a `Receipt`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from data.errors import UnknownItemError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import httpx

    from data.delivering import Message, Receipt, Recipient
    from feeds.channels.apprise import Notifier
    from feeds.channels.mail import Letterhead
    from feeds.channels.post_office import PostOffice


class Sender(Protocol):
    """What sends by one channel."""

    async def send(self, message: Message, recipient: Recipient) -> Receipt:
        """Try once to hand a message over and say what that came to; raises nothing for what the other side does.

        ``target`` and ``secret`` of the recipient are the real ones, no reference to a variable.
        """


@dataclass(frozen=True, slots=True)
class SendingTools:
    """What has effects in sending, for all channels.

    ``client`` is made by flows over the guarded transport, so that no private address is connected to; ``plain_hosts``
    are the hosts, named by the operator, to which a webhook may go without TLS. ``post_office`` and ``letterhead`` are
    None where no mail server is set, ``notifier`` where Apprise is not to be run.
    """

    client: httpx.AsyncClient
    clock: Callable[[], datetime]
    plain_hosts: frozenset[str] = frozenset()
    post_office: PostOffice | None = None
    letterhead: Letterhead | None = None
    notifier: Notifier | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A channel: what people call it, and the module under ``feeds.channels`` that has it, imported when it is used.

    The module has ``check(target, plain_hosts)``, which raises InputError for a target that it would never send to, and
    ``sender(tools)``, which returns its `Sender`.
    """

    title: str
    module: str

    def check(self, target: str, plain_hosts: frozenset[str] = frozenset()) -> None:
        """Raise InputError where the channel would refuse to send to ``target`` by its looks."""
        self._module.check(target, plain_hosts)

    def sender(self, tools: SendingTools) -> Sender:
        """Return what sends by this channel."""
        made: Sender = self._module.sender(tools)
        return made

    @property
    def _module(self) -> Any:
        return import_module(f"feeds.channels.{self.module}")


CHANNELS = {
    "webhook": Way("webhook", "webhook"),
    "surel": Way("surel", "surel"),
    "apprise": Way("Apprise (Telegram dan lainnya)", "apprise"),
}
"""Every channel by the name that a recipient has (`data.delivering.CHANNEL_NAMES`)."""


def channel_named(name: str) -> Way:
    """Return the channel of that name; UnknownItemError lists them where there is none."""
    if name not in CHANNELS:
        raise UnknownItemError("channel", name, hint=f"there are {', '.join(CHANNELS)}")
    return CHANNELS[name]
