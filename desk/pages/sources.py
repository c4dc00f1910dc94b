"""The sources: the health of each, the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.permissions import Permission
from flows.watch import watch_sources

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from desk.frame import Call, Desk


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the sources."""
    return [desk.route("/sumber", show, Permission.LIHAT)]


def show(call: Call) -> Response:
    """Show the health of every source."""
    sources = call.tools.load_sources()
    return call.page("sources.html", lines=watch_sources(sources.values(), call.store, call.now), sources=sources)
