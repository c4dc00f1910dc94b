"""What the API tells of recipients and deliveries: targets cut short, and no key but of a recipient just added."""

from datetime import datetime

from data.delivering import ChannelName, DeliveryState, MessageKind, Mode
from data.records import Urgency
from desk.api.views import View


class RuleView(View):
    """What a recipient wants, and when; empty regions, signals and urgencies are all. Times are HH:MM of its clock."""

    regions: tuple[str, ...]
    signals: tuple[str, ...]
    from_level: int
    urgencies: tuple[Urgency, ...]
    unverified: bool
    quiet: tuple[str, str] | None
    p1_breaks_quiet: bool
    mode: Mode
    digest_at: tuple[str, ...]
    most_per_hour: int | None
    escalations: tuple[Urgency, ...]


class CircuitView(View):
    """How its endpoint fares: failures in a row, how often it was left alone; ``open_until`` null: it is sent to."""

    failures: int
    trips: int
    open_until: datetime | None
    detail: str


class RecipientState(View):
    """What was set of a recipient: where to and what; ``target`` is cut short."""

    version: int
    name: str
    channel: ChannelName
    target: str
    active: bool
    exercise: bool
    timezone: str
    rule: RuleView


class RecipientView(RecipientState):
    """Somebody who is sent alerts; ``version`` is what a change is made against.

    ``deliveries`` is how many deliveries of alerts are in each state; what is left out is none.
    """

    id: int
    since: datetime | None
    endpoint: CircuitView
    deliveries: dict[DeliveryState, int]


class Recipients(View):
    """Every recipient, by name."""

    items: tuple[RecipientView, ...]


class RecipientAdded(View):
    """A recipient who was added; ``key`` is what a webhook's messages are signed with, told this once (else null)."""

    recipient: RecipientView
    key: str | None


class RecipientVersion(RecipientState):
    """What a recipient was from a moment on, and who made it so."""

    at: datetime
    by: str


class RecipientHistory(View):
    """What a recipient was, the newest first."""

    items: tuple[RecipientVersion, ...]


class RecipientRemoved(View):
    """``parked`` is how much was still to be sent to a recipient that was removed."""

    parked: int


class DeliveryView(View):
    """One message on its way to one recipient, and what became of it.

    ``why`` is the slug of what held it back or of why it was not wanted, ``detail`` what the other side said; "" for
    neither. ``carried_by`` is the digest or summary that it is in. ``may_have``: the other side may have it, whatever
    it answered. ``revision`` 0: it tells of no single alert.
    """

    id: int
    key: str
    kind: MessageKind
    state: DeliveryState
    recipient_id: int
    recipient: str
    incident_id: int | None
    alert_uid: str | None
    revision: int
    why: str
    detail: str
    attempts: int
    may_have: bool
    at: datetime
    due: datetime | None
    ended_at: datetime | None
    carried_by: int | None


class Deliveries(View):
    """The log of deliveries, the newest first; ``counts`` are those of alerts in each state, whatever was asked for."""

    items: tuple[DeliveryView, ...]
    counts: dict[DeliveryState, int]
    next: str | None
