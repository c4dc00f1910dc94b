"""Which feeds are written as files besides those of everything, for a plain web server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.errors import InputError
from data.records import Severity
from desk.pages.settings import save, setting_page
from desk.permissions import Permission
from flows.feed_files import FEEDS_KEY, selections_of
from flows.feed_filters import STATUSES, filter_of, query_of, said

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from desk.frame import Call, Desk


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the selections."""
    path = "/setelan/umpan"
    return [
        desk.route(path, show, Permission.SETELAN),
        desk.route(path, add, Permission.SETELAN, methods=["POST"]),
        desk.route(f"{path}/{{number:int}}", remove, Permission.SETELAN, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """List the selections, with a form for another one."""
    tools = call.tools
    chosen = selections_of(call.store.desk_settings.get(FEEDS_KEY), tools.gazetteer, tools.taxonomy)
    return setting_page(
        call,
        (FEEDS_KEY,),
        "settings_feeds.html",
        selections=[(one, said(one.asked, tools.gazetteer, tools.taxonomy)) for one in chosen],
        folder=str(tools.publish.folder),
        address=tools.publish.feeds_url,
        signals=tools.taxonomy.signals,
        levels=[(one.value, one.name.lower()) for one in Severity if one.value],
        statuses=list(STATUSES),
    )


def add(call: Call) -> Response:
    """Let another selection be written from the next publication on."""
    names = ("wilayah", "sinyal", "tingkat", "status")
    asked = filter_of({name: call.texts(name) for name in names}, call.tools.gazetteer, call.tools.taxonomy)
    line = {"nama": call.text("nama").lower(), "judul": call.text("judul")[:80], "saring": query_of(asked)}
    return save(call, FEEDS_KEY, [*_setting(call), line])


def remove(call: Call) -> Response:
    """Write a selection no more; its files go with the next publication."""
    setting, number = _setting(call), call.number("number")
    if number >= len(setting):
        raise InputError("this selection is there no more; look at the list again")
    del setting[number]
    return save(call, FEEDS_KEY, setting)


def _setting(call: Call) -> list[dict[str, Any]]:
    return list(call.store.desk_settings.get(FEEDS_KEY) or [])
