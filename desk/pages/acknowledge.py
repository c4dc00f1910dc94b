"""The page behind the link in a message: whoever got it says that they have it, without a login.

To open it changes nothing, for programs of mail open links by themselves; the button does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Route

from data.errors import KentonganError, UnknownItemError
from desk.entry.doorkeeper import refuse_foreign
from desk.frame import language_of
from flows.acknowledge import LONGEST_NOTE, PATH, acknowledge, of_token
from flows.alert_items import incident_item

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from desk.frame import Desk


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the route of a link."""

    async def answer(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=5) if request.method == "POST" else None
        return await run_in_threadpool(_answer, desk, request, form)

    return [Route(f"/{PATH}{{token}}", answer, methods=["GET", "POST"])]


def _answer(desk: Desk, request: Request, form: FormData | None) -> Response:
    store, token = desk.tools.store, str(request.path_params["token"])
    lang = language_of(request)
    try:
        if form is not None:
            refuse_foreign(request)
            acknowledge(store, token, str(form.get("catatan", "")), desk.tools.clock())
            return RedirectResponse(f"/{PATH}{token}", status_code=303)
        with store.reading():
            known = of_token(store, token)
            incident = store.incidents.get(known.incident_id)
            while incident is not None and incident.merged_into is not None:
                incident = store.incidents.get(incident.merged_into)
            if incident is None:
                raise UnknownItemError("incident", known.incident_id)
            told = incident_item(incident, desk.tools.publish).told()
            name = store.recipients.names().get(known.recipient_id, "")
            values = {"lang": lang, "request": request, "told": told, "known": known, "name": name}
            page = desk.render(
                "acknowledge.html", None, values | {"longest": LONGEST_NOTE, "action": f"/{PATH}{token}"}
            )
            return HTMLResponse(page)
    except KentonganError as error:
        return desk.failed(request, error, lang)
