"""One incident: what, where, when, why it was flagged, who reported it, how it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.errors import UnknownItemError
from desk.changes import words_of
from desk.permissions import Permission
from flows.publish import incident_item

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.records import Incident
    from desk.frame import Call, Desk


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of one incident."""
    return [desk.route("/kejadian/{number:int}", show, Permission.LIHAT)]


def incident_of(call: Call) -> Incident:
    """Return the incident of the path; UnknownItemError where there is none, or it is not of the person's regions."""
    number = call.number("number")
    incident = call.store.incidents.get(number)
    if incident is None or not call.actor.sees(place.code for place in incident.places):
        raise UnknownItemError("incident", number)
    return incident


def show(call: Call) -> Response:
    """Show one incident."""
    incident = incident_of(call)
    return call.page(
        "incident.html",
        item=incident_item(incident, call.tools.publish),
        history=call.store.incidents.history(incident.id),
        words_of=words_of,
    )
