"""The queue (*antrean*): incidents by urgency and age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from desk.permissions import Permission
from flows.publish import incident_item

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from desk.frame import Call, Desk

PER_PAGE: Final = 50


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the queue."""
    return [desk.route("/", show, Permission.LIHAT)]


def show(call: Call) -> Response:
    """Show the incidents, the most urgent first, filtered by level, signal and place."""
    asked = _asked(call)
    tools = call.tools.publish
    found = call.store.incidents.list(
        min_severity=asked["min"], signal=asked["signal"], place=asked["place"], limit=PER_PAGE + 1
    )
    mine = [one for one in found if call.actor.sees(place.code for place in one.places)]
    return call.page(
        "queue.html",
        items=[incident_item(incident, tools) for incident in mine[:PER_PAGE]],
        more=len(found) > PER_PAGE,
        signals=tools.taxonomy.signals,
        articles=call.store.articles.count(),
        asked=asked,
    )


def _asked(call: Call) -> dict[str, Any]:
    """Return the filters of a request; what is no filter we know is left out rather than failing the page."""
    least, signal, place = call.asked("min"), call.asked("signal"), call.asked("place")
    return {
        "min": int(least) if least in {"0", "1", "2", "3", "4"} else 0,
        "signal": signal if signal in call.tools.taxonomy.slugs else None,
        "place": place if place and all(part.isdigit() for part in place.split(".")) else None,
    }
