"""Who got what, when, or why not: the log of deliveries, and sending again what was parked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.delivering import DELIVERY_STATES
from data.errors import InputError, UnknownItemError
from desk.actions.recipients import replay
from desk.delivery_words import KINDS, STATES
from desk.pages.settings import whole_or_none
from desk.permissions import Permission
from feeds.delivering import HELD, NOT_WANTED

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.delivering import Acknowledgement, Delivery
    from data.records import Alert, Incident
    from desk.frame import Call, Desk

HERE: Final = "/kiriman"
SHOWN: Final = 50

MOST_TOLD: Final = 400
"""Deliveries of one alert that are looked through for who was told last: fifty recipients and eight revisions."""


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the log of deliveries."""
    return [
        desk.route(HERE, show, Permission.PERINGATAN),
        desk.route(f"{HERE}/{{number:int}}/ulang", again, Permission.PERINGATAN, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """Show the log, the newest first, of one incident, one recipient, in one state."""
    state = call.asked("keadaan")
    if state and state not in DELIVERY_STATES:
        raise InputError("choose one of the states that the page offers")
    incident = whole_or_none(call.asked("kejadian"), "kejadian")
    recipient = whole_or_none(call.asked("penerima"), "penerima")
    uid = None
    if incident is not None:
        alert = call.store.alerts.of_incident(incident)
        if alert is None:
            raise UnknownItemError("alert", f"kejadian/{incident}", hint="none was raised of this incident")
        uid = alert.uid
    found = call.store.deliveries.log(
        alert_uid=uid,
        recipient_id=recipient,
        states=(state,) if state else (),
        before=whole_or_none(call.asked("sebelum"), "sebelum"),
        limit=SHOWN + 1,
    )
    shown = found[:SHOWN]
    return call.page(
        "deliveries.html",
        lines=[(one, incident_of(call, one), said_of(call, one)) for one in shown],
        more=shown[-1].id if len(found) > SHOWN else None,
        names=call.store.recipients.names(),
        recipients=call.store.recipients.all(),
        states=STATES,
        kinds=KINDS,
        asked={"keadaan": state, "kejadian": incident or "", "penerima": recipient or ""},
        counts=call.store.deliveries.counts(),
    )


def again(call: Call) -> Response:
    """Let a parked delivery go out again, under the key that it had."""
    one = call.store.deliveries.get(call.number("number"))
    (done,) = replay(call.store, call.actor.name, [one], call.now)
    told = {
        "superseded": ("Revisi yang lebih baru sudah terkirim; yang ini tidak dikirim lagi.", "A later one was sent."),
    }.get(done.state, ("Dikirim lagi pada putaran berikutnya.", "It goes out again with the next pass."))
    return call.go(f"{HERE}?keadaan=parked", call.say(*told))


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who was told of an incident: the last delivery, and what they answered (None: nothing yet)."""

    name: str
    delivery: Delivery
    answer: Acknowledgement | None


def told_of(call: Call, incident: Incident, alert: Alert | None) -> list[Told]:
    """Return who was told of an incident, by name; [] for whoever has no right to raise alerts."""
    if not call.actor.may(Permission.PERINGATAN):
        return []
    store = call.store
    answers = {one.recipient_id: one for one in reversed(store.acknowledgements.of_incident(incident.id))}
    last: dict[int, Delivery] = {}
    for one in store.deliveries.log(alert_uid=alert.uid, limit=MOST_TOLD) if alert is not None else ():
        if one.state != "not_wanted":
            last.setdefault(one.recipient_id, one)
    names = store.recipients.names()
    told = [Told(names.get(number, "?"), one, answers.get(number)) for number, one in last.items()]
    return sorted(told, key=lambda one: one.name.casefold())


def incident_of(call: Call, one: Delivery) -> int | None:
    """Return the incident that a delivery tells of; None for what tells of several or none."""
    if one.alert_uid is None:
        return None
    alert = call.store.alerts.get(one.alert_uid)
    return alert.incident_id if alert is not None else None


def said_of(call: Call, one: Delivery) -> str:
    """Return why a delivery is held back or was not wanted, or what the other side said of it."""
    known = NOT_WANTED.get(one.why) or HELD.get(one.why)
    return call.say(*known) if known and one.state != "sent" else one.detail
