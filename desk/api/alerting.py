"""Alerts: which left the house, and raising, updating, cancelling one."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path

from data.errors import UnknownItemError
from data.records import Alert
from desk.actions.alerting import cancel_alert, raise_alert, update_alert
from desk.api.answers import version_in
from desk.api.bodies import Note, Number, Reason
from desk.api.deciding import against_version
from desk.api.door import Caller, CanAlert, CanSee
from desk.api.incidents import incident_of
from desk.api.routing import IfMatch, operation
from desk.api.views import AlertDetail, Alerts, AlertView
from flows.publish import item_of

router = APIRouter(tags=["alerts"])

MOST_ALERTS = 200
"""Alerts of one answer, and those that are looked through for the caller's regions."""

Uid = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


@operation(router, "GET", "/alerts")
def list_alerts(caller: CanSee) -> Alerts:
    """List the last 200 alerts of the desk that are of the caller's regions, the last changed first."""
    found = caller.store.alerts.current(limit=MOST_ALERTS)
    incidents = {one.id: one for one in caller.store.incidents.of(one.incident_id for one in found)}
    return Alerts(
        items=tuple(
            _view(one) for one in found if caller.actor.sees(place.code for place in incidents[one.incident_id].places)
        )
    )


@operation(router, "GET", "/alerts/{uid}", errors=(404,))
def get_alert(uid: Uid, caller: CanSee) -> AlertDetail:
    """Tell an alert with its headline, names masked, and its earlier revisions."""
    alert = caller.store.alerts.get(uid)
    if alert is None:
        raise UnknownItemError("alert", uid)
    incident = caller.store.incidents.get(alert.incident_id)
    if incident is None or not caller.actor.sees(place.code for place in incident.places):
        raise UnknownItemError("alert", uid)
    item = item_of(alert, incident, caller.tools.publish)
    earlier = tuple(_view(one) for one in item.earlier)
    return AlertDetail.from_record(alert, version=alert.revision, headline=item.headline, earlier=earlier)


@operation(router, "POST", "/incidents/{number}/alert", errors=(404, 409, 412, 428), status=201)
def raise_incident_alert(number: Number, body: Note, if_match: IfMatch, caller: CanAlert) -> AlertView:
    """Raise the alert of an incident, or again what was cancelled; If-Match is the alert's ETag, `"0"` for none."""
    return _done(caller, number, body.catatan, if_match, raise_alert)


@operation(router, "PUT", "/incidents/{number}/alert", errors=(404, 409, 412, 428))
def update_incident_alert(number: Number, body: Reason, if_match: IfMatch, caller: CanAlert) -> AlertView:
    """Send out an alert that stands as the incident is now, with what is new."""
    return _done(caller, number, body.catatan, if_match, update_alert)


@operation(router, "POST", "/incidents/{number}/alert/cancellation", errors=(404, 409, 412, 428), status=201)
def cancel_incident_alert(number: Number, body: Reason, if_match: IfMatch, caller: CanAlert) -> AlertView:
    """Take an alert back that stands, with the reason."""
    return _done(caller, number, body.catatan, if_match, cancel_alert)


def _done(caller: Caller, number: int, note: str, if_match: str, action: Callable[..., Alert]) -> AlertView:
    incident_of(caller, number)
    publish = caller.tools.publish
    with against_version():
        made = action(
            caller.store,
            caller.actor,
            number,
            note,
            caller.now,
            authority=publish.authority,
            exercise=publish.exercise,
            seen=version_in(if_match),
        )
    return _view(made)


def _view(alert: Alert) -> AlertView:
    return AlertView.from_record(alert, version=alert.revision)
