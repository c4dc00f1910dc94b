"""What is sent to whom: recipients and their rules, the message on its way, and what a channel says became of it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime, time  # noqa: TC003 - fields of dataclasses that others may inspect
from typing import Final, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data.errors import InputError
from data.records import Urgency

ChannelName = Literal["webhook", "surel", "apprise"]
Mode = Literal["segera", "ringkasan"]
MessageKind = Literal["alert", "digest", "summary", "escalation", "test"]
ReceiptState = Literal["delivered", "retry", "refused"]
DeliveryState = Literal["waiting", "held", "carried", "sent", "superseded", "parked", "not_wanted"]

CHANNEL_NAMES: Final = get_args(ChannelName)
MODES: Final = get_args(Mode)
MESSAGE_KINDS: Final = get_args(MessageKind)
RECEIPT_STATES: Final = get_args(ReceiptState)
DELIVERY_STATES: Final = get_args(DeliveryState)
ENDED: Final = frozenset({"sent", "superseded", "parked", "not_wanted"})
"""The states in which a delivery stays; each ends in exactly one of them."""

ENV: Final = "env:"
"""How a target or secret begins that is not itself stored: the rest names the variable that holds it."""

LONGEST_NAME: Final = 80
LONGEST_TARGET: Final = 2000
LEAST_SECRET: Final = 24
"""Characters of a webhook's key: 24 of base64 are 144 bits, more than the 128 that RFC 2104 asks for at the least."""
MOST_AN_HOUR: Final = 1000
HIGHEST_LEVEL: Final = 4

_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CODE = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?")
_MAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[^@\s<>,;:\"()\[\]\\]{1,255}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class DeliveryRule:
    """What a recipient wants, and when.

    ``regions`` are codes, each with all below it, and ``signals`` slugs; () is all. ``from_level`` is the least
    severity, 0 to 4; what is 0 or 1 goes out in a digest and never by itself. ``urgencies`` () is all.
    ``unverified``: what no person has verified yet is wanted too. ``quiet`` is a span of the recipient's own clock in
    which nothing is sent, over midnight where it ends before it begins; P1 is sent all the same where
    ``p1_breaks_quiet``. ``mode`` *ringkasan* gathers everything for the hours ``digest_at``; with *segera* those are
    when what may only go in a digest is sent (none: it is not wanted). ``most_per_hour`` None: no limit; what is above
    it is held back and told of in one summary. ``escalations`` are the urgencies whose escalation goes here.
    Raises InputError.
    """

    regions: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    from_level: int = 2
    urgencies: tuple[str, ...] = ()
    unverified: bool = False
    quiet: tuple[time, time] | None = None
    p1_breaks_quiet: bool = True
    mode: Mode = "segera"
    digest_at: tuple[time, ...] = ()
    most_per_hour: int | None = None
    escalations: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        for code in self.regions:
            if not _CODE.fullmatch(code):
                raise InputError(f'"{code}" is no region code, such as 13, 13.77, 13.77.01 or 13.77.01.1001')
        if not 0 <= self.from_level <= HIGHEST_LEVEL:
            raise InputError(f"a level is a number from 0 to {HIGHEST_LEVEL}")
        for urgency in (*self.urgencies, *self.escalations):
            if urgency not in {one.value for one in Urgency}:
                raise InputError(f'there is no urgency "{urgency}"; there are P1, P2, P3, P4')
        if self.quiet is not None and self.quiet[0] == self.quiet[1]:
            raise InputError("quiet hours begin and end at the same time; pause the recipient to send it nothing")
        if self.mode not in MODES:
            raise InputError(f'there is no mode "{self.mode}"; there are {", ".join(MODES)}')
        if self.mode == "ringkasan" and not self.digest_at:
            raise InputError("a recipient of digests needs the hours at which they are sent, such as 06:00,18:00")
        if any(moment.tzinfo is not None for moment in (*(self.quiet or ()), *self.digest_at)):
            raise InputError("quiet hours and digests are on the recipient's own clock: times without a zone")
        if self.quiet is not None and any(_lies_in(moment, *self.quiet) for moment in self.digest_at):
            raise InputError("a digest cannot be sent in quiet hours; choose another hour for one of them")
        if self.most_per_hour is not None and not 1 <= self.most_per_hour <= MOST_AN_HOUR:
            raise InputError(f"at most this many an hour is a number from 1 to {MOST_AN_HOUR}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody outside who is sent alerts through one channel.

    ``target`` is where to: an ``https`` URL for a webhook, an address for *surel*, a URL of Apprise's else; like
    ``secret`` (the key by which a webhook's messages are signed, "" for other channels) it is never printed whole, and
    either may be ``env:NAME``, which is looked up when something is sent. ``exercise``: a recipient for drills, which
    gets exercise alerts only; any other never gets one. ``timezone`` is the clock of quiet hours and digests.
    ``version`` counts the changes of the record from 1. ``since`` is when it was added: what was alerted of before is
    not sent to it (None: it is). Raises InputError.
    """

    id: int
    name: str
    channel: ChannelName
    target: str = field(repr=False)
    secret: str = field(default="", repr=False)
    active: bool = True
    exercise: bool = False
    rule: DeliveryRule = DeliveryRule()
    timezone: str = "Asia/Jakarta"
    version: int = 1
    since: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what no channel could send to."""
        if not self.name.strip() or self.name != self.name.strip() or not self.name.isprintable():
            raise InputError("a recipient has a name, in one line and without blanks around it")
        if len(self.name) > LONGEST_NAME:
            raise InputError(f"a recipient's name has at most {LONGEST_NAME} characters")
        if self.channel not in CHANNEL_NAMES:
            raise InputError(f'there is no channel "{self.channel}"; there are {", ".join(CHANNEL_NAMES)}')
        if not is_reference(self.target):
            _check_target(self.channel, self.target)
        if self.channel == "webhook":
            if not is_reference(self.secret) and len(self.secret) < LEAST_SECRET:
                raise InputError(f"a webhook's key has at least {LEAST_SECRET} characters")
        elif self.secret:
            raise InputError("only a webhook has a key to sign with")
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise InputError(
                f'"{self.timezone}" is no time zone; take Asia/Jakarta, Asia/Makassar or Asia/Jayapura'
            ) from error

    @property
    def shown_target(self) -> str:
        """Return where it goes so that it may be read by anybody: without passwords, paths, queries and tokens."""
        if is_reference(self.target):
            return self.target
        if self.channel == "surel":
            name, _, host = self.target.partition("@")
            return f"{name[:1]}…@{host}"
        scheme, _, rest = self.target.partition("://")
        if self.channel == "apprise":
            return f"{scheme}://…"  # with many of its services the host is the token itself
        host = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
        return f"{scheme}://{host}/…"

    @property
    def endpoint(self) -> str:
        """Return the name of what fails as one and is left alone as one: channel and target, which is not told."""
        return f"{self.channel}:{hashlib.sha256(self.target.encode()).hexdigest()[:24]}"


def _lies_in(moment: time, start: time, end: time) -> bool:
    return start <= moment < end if start < end else moment >= start or moment < end


def is_reference(value: str) -> bool:
    """Return whether a target or secret names a variable of the environment; InputError where it names none."""
    if not value.startswith(ENV):
        return False
    if not _ENV_NAME.fullmatch(value[len(ENV) :]):
        raise InputError('"env:" is followed by the name of a variable: letters, digits and "_"')
    return True


def _check_target(channel: ChannelName, target: str) -> None:
    if not target or len(target) > LONGEST_TARGET or not target.isprintable() or " " in target:
        raise InputError(f"a target is one line of 1 to {LONGEST_TARGET} characters without blanks")
    if channel == "surel":
        if not target.isascii() or not _MAIL.fullmatch(target):
            raise InputError("an e-mail address is written as name@domain, and only one")
    elif channel == "apprise":
        if not _SCHEME.match(target):
            raise InputError("a target of Apprise begins with its service, such as tgram://")
    else:
        try:
            parts = urlsplit(target)
            fits = parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fits = False
        if not fits:
            raise InputError("a webhook is a URL that begins with https://")


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one recipient, the same in every attempt.

    ``key`` is its idempotency key: ``<alert uid>.<revision>.<recipient id>``, or one of its own for what is about
    several alerts. ``uid``, ``revision`` and ``incident_id`` are those of the alert; "" and 0 for what is about several
    or none. ``subject`` is one line, ``text`` what people read, ``body`` JSON in UTF-8: the item of the JSON Feed (a
    whole feed for a digest or summary). ``state`` is the alert's ("" for what is about none).
    """

    key: str
    kind: MessageKind
    uid: str
    revision: int
    incident_id: int
    subject: str
    text: str
    body: bytes
    exercise: bool
    state: Literal["raised", "updated", "cancelled", ""] = ""

    def __post_init__(self) -> None:
        """Refuse a key that could not be a header's value."""
        if not self.key or not self.key.isascii() or not self.key.isprintable() or " " in self.key:
            raise InputError(f"an idempotency key is printable ASCII without blanks: {self.key!r}")
        if self.kind not in MESSAGE_KINDS:
            raise InputError(f'there is no kind of message "{self.kind}"; there are {", ".join(MESSAGE_KINDS)}')


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one attempt came to: ``delivered``, ``retry`` (later may work) or ``refused`` (never will).

    ``reason`` is for people and names no secret; ``after_s`` are the seconds that the other side asked us to wait
    (None: it asked for nothing).
    """

    state: ReceiptState
    reason: str = ""
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way to one recipient: who got what, when, or why not.

    ``state``: *waiting* goes out by itself at ``due``; *held* waits for a digest or summary, *carried* is in one
    (``carried_by``, another delivery) that is not sent yet; *sent* (with ``carried_by``: in that one), *superseded* (a
    later revision went in its place), *parked* (it was given up; ``detail`` says why) and *not_wanted* are ends.
    ``why`` is the slug of what held it back or of why it was not wanted, "" for neither. ``urgent`` ones go out in
    quiet hours too. ``attempts`` counts how often it was taken in hand, ``may_have`` says that the other side may have
    it, whatever it answered. ``claimed_until`` None: nobody is sending it. ``message_id`` None: nothing was written.
    """

    id: int
    key: str
    recipient_id: int
    message_id: int | None
    kind: MessageKind
    alert_uid: str | None
    revision: int
    state: DeliveryState
    why: str
    urgent: bool
    at: datetime
    due: datetime | None
    attempts: int = 0
    may_have: bool = False
    detail: str = ""
    ended_at: datetime | None = None
    carried_by: int | None = None
    claimed_by: str | None = None
    claimed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Circuit:
    """What is known of an endpoint: ``failures`` in a row, and since it was last well how often it was left alone.

    ``open_until`` None: it is sent to. Else nothing is sent before that moment, and then one delivery to try.
    """

    failures: int = 0
    trips: int = 0
    open_until: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """That somebody who was sent a message about an incident can say with a link that they have it.

    ``acknowledged_at`` None: they did not yet. ``note`` is what they wrote with it.
    """

    token_hash: str
    incident_id: int
    recipient_id: int
    created_at: datetime
    acknowledged_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Escalation:
    """A step by which an incident was told to others because nobody had looked at it by ``due``.

    ``told`` is how many recipients were called, 0 where nobody was there to be called.
    """

    incident_id: int
    step: int
    due: datetime
    at: datetime
    told: int
