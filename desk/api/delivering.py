"""Alerts that leave the house: recipients, what was sent to them, and sending again what was parked."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query

from data.delivering import Delivery, DeliveryRule, Recipient
from data.errors import UnknownItemError
from data.store.recipients import public
from desk.actions import recipients
from desk.actions.recipients import Checks
from desk.api.answers import cursor_of, read_cursor, version_in
from desk.api.bodies import Number
from desk.api.deciding import against_version
from desk.api.delivering_bodies import Activity, DeliveryQuery, NewRecipient, RecipientChange, Rule
from desk.api.delivering_views import (
    CircuitView,
    Deliveries,
    DeliveryView,
    RecipientAdded,
    RecipientHistory,
    RecipientRemoved,
    Recipients,
    RecipientVersion,
    RecipientView,
)
from desk.api.door import Caller, CanAlert, CanSeeDeliveries, CanSeeRecipients, CanSet
from desk.api.problems import reworded
from desk.api.routing import IfMatch, operation
from desk.hours import span_of, time_of

router = APIRouter(tags=["deliveries"])


@operation(router, "GET", "/recipients")
def list_recipients(caller: CanSeeRecipients) -> Recipients:
    """List who is sent alerts, with how each one fares."""
    return Recipients(items=tuple(_view(caller, one) for one in caller.store.recipients.all()))


@operation(router, "POST", "/recipients", errors=(404,), status=201)
def add_recipient(body: NewRecipient, caller: CanSet) -> RecipientAdded:
    """Add somebody who is sent alerts; a webhook's key is made up and told this once."""
    secret = recipients.made_up_secret() if body.saluran == "webhook" else ""
    wanted = Recipient(
        id=0,
        name=body.nama.strip(),
        channel=body.saluran,
        target=body.tujuan.strip(),
        secret=secret,
        exercise=body.latihan,
        rule=_rule(body.aturan),
        timezone=body.zona or caller.tools.publish.timezone,
    )
    made = recipients.add_recipient(caller.store, _checks(caller), caller.actor.name, wanted, caller.now)
    return RecipientAdded(recipient=_view(caller, made), key=secret or None)


@operation(router, "GET", "/recipients/{number}", errors=(404,))
def get_recipient(number: Number, caller: CanSeeRecipients) -> RecipientView:
    """Tell a recipient: its rule, how its endpoint fares, what became of its alerts."""
    return _view(caller, _recipient(caller, number))


@operation(router, "PUT", "/recipients/{number}", errors=(404, 412, 428))
def change_recipient(number: Number, body: RecipientChange, if_match: IfMatch, caller: CanSet) -> RecipientView:
    """Change a recipient; what waits for it is sent to where it is then."""
    before = _recipient(caller, number)
    wanted = replace(
        before,
        name=body.nama.strip(),
        target=body.tujuan.strip() if body.tujuan is not None else before.target,
        exercise=body.latihan,
        rule=_rule(body.aturan),
        timezone=body.zona or before.timezone,
        version=version_in(if_match),
    )
    with against_version():
        after = recipients.change_recipient(caller.store, _checks(caller), caller.actor.name, wanted, caller.now)
    return _view(caller, after)


@operation(router, "DELETE", "/recipients/{number}", errors=(404, 412, 428))
def remove_recipient(number: Number, if_match: IfMatch, caller: CanSet) -> RecipientRemoved:
    """Take a recipient out, its target and key with it; what was still to be sent is parked."""
    seen = replace(_recipient(caller, number), version=version_in(if_match))
    with against_version():
        parked = recipients.remove_recipient(caller.store, caller.actor.name, seen, caller.now)
    return RecipientRemoved(parked=parked)


@operation(router, "GET", "/recipients/{number}/history", errors=(404,))
def get_recipient_history(number: Number, caller: CanSeeRecipients) -> RecipientHistory:
    """Tell what a recipient was and who changed it, the newest first."""
    versions = caller.store.recipients.versions(_recipient(caller, number).id)
    return RecipientHistory(items=tuple(RecipientVersion.model_validate(one) for one in reversed(versions)))


@operation(router, "PUT", "/recipients/{number}/state", errors=(404, 409))
def switch_recipient(number: Number, body: Activity, caller: CanSet) -> RecipientView:
    """Pause a recipient, or go on; what comes meanwhile is told in one summary then."""
    before = _recipient(caller, number)
    after = recipients.set_active(caller.store, caller.actor.name, before, caller.now, active=body.aktif)
    return _view(caller, after)


@operation(router, "POST", "/recipients/{number}/trials", errors=(404,), status=201)
def send_recipient_trial(number: Number, caller: CanSet) -> DeliveryView:
    """Send a recipient a message marked LATIHAN that says only that it arrived, and tell what became of it.

    It goes out in exercise mode, in quiet hours and to a paused recipient too, and is not tried again: `state` is
    *sent* where it was taken. It takes up to a minute.
    """
    one = _recipient(caller, number)
    done = recipients.send_trial(caller.store, caller.tools.send_trial, caller.actor.name, one, caller.now)
    return _told(caller, [done])[0]


@operation(router, "GET", "/deliveries", errors=(404,))
def list_deliveries(query: Annotated[DeliveryQuery, Query()], caller: CanSeeDeliveries) -> Deliveries:
    """List who got what and when, or why not, the newest first; *parked* is what was given up."""
    parts = read_cursor(query.cursor, (int,))
    uid = None
    if query.kejadian is not None:
        alert = caller.store.alerts.of_incident(query.kejadian)
        if alert is None:
            raise UnknownItemError("alert", f"kejadian/{query.kejadian}", hint="none was raised of this incident")
        uid = alert.uid
    found = caller.store.deliveries.log(
        alert_uid=uid,
        recipient_id=query.penerima,
        states=(query.keadaan,) if query.keadaan else (),
        before=parts[0] if parts else None,
        limit=query.limit + 1,
    )
    shown = found[: query.limit]
    following = cursor_of(shown[-1].id) if len(found) > query.limit else None
    told = {"items": _told(caller, shown), "counts": caller.store.deliveries.counts(), "next": following}
    return Deliveries.model_validate(told)


@operation(router, "POST", "/deliveries/{delivery}/replays", errors=(404,), status=201)
def replay_delivery(delivery: Number, caller: CanAlert) -> DeliveryView:
    """Let what was parked go out again with the next pass, under the key that it had.

    *superseded* where a later revision was sent meanwhile. Of what is in a digest, the digest goes out again.
    """
    one = caller.store.deliveries.get(delivery)
    return _told(caller, recipients.replay(caller.store, caller.actor.name, [one], caller.now))[0]


def _recipient(caller: Caller, number: int) -> Recipient:
    found = caller.store.recipients.get(number)
    if found is None:
        raise UnknownItemError("recipient", number)
    return found


def _checks(caller: Caller) -> Checks:
    return Checks(caller.tools.gazetteer, caller.tools.taxonomy, caller.tools.settings.allow_private_hosts)


def _rule(body: Rule) -> DeliveryRule:
    return DeliveryRule(
        regions=body.wilayah,
        signals=body.sinyal,
        from_level=body.tingkat,
        urgencies=tuple(one.value for one in body.urgensi),
        unverified=body.belum_terverifikasi,
        quiet=span_of(body.tenang or ""),
        p1_breaks_quiet=not body.p1_menunggu,
        mode=body.cara,
        digest_at=tuple(sorted({time_of(one) for one in body.ringkasan})),
        most_per_hour=body.batas,
        escalations=body.eskalasi,
    )


def _view(caller: Caller, one: Recipient) -> RecipientView:
    circuit = caller.store.endpoints.get(one.endpoint)
    endpoint = CircuitView.from_record(circuit, detail=reworded(caller.request, circuit.detail))
    counts = caller.store.deliveries.counts(one.id)
    told = public(one) | {"id": one.id, "version": one.version, "since": one.since}
    return RecipientView.model_validate(told | {"endpoint": endpoint, "deliveries": counts})


def _told(caller: Caller, deliveries: list[Delivery]) -> list[DeliveryView]:
    names = caller.store.recipients.names()
    alerts = {uid: caller.store.alerts.get(uid) for uid in {one.alert_uid for one in deliveries} if uid is not None}
    incidents = {uid: alert.incident_id for uid, alert in alerts.items() if alert is not None}
    return [
        DeliveryView.from_record(
            one,
            recipient=names[one.recipient_id],
            incident_id=incidents.get(one.alert_uid or ""),
            detail=reworded(caller.request, one.detail),
        )
        for one in deliveries
    ]
