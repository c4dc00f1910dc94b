"""What leaves the house about one incident by a person's hand: alerts and the Laporan Informasi."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.responses import Response

from data.errors import ConflictError, InputError, LeaseError, SettingsError, UnknownItemError
from desk.actions.alerting import cancel_alert, raise_alert, update_alert
from desk.actions.reporting import make_incident_report
from desk.pages.incident import refused
from desk.permissions import Permission
from feeds.reports import FILE_FORMATS

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from desk.frame import Call, Desk

P = Permission
STEPS: Final = {"naikkan": raise_alert, "perbarui": update_alert, "batalkan": cancel_alert}


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of alerts and reports of one incident."""
    here = "/kejadian/{number:int}"
    return [
        desk.route(f"{here}/peringatan", alert_here, P.PERINGATAN, methods=["POST"]),
        desk.route(f"{here}/laporan", report_here, P.LAPORAN, methods=["POST"]),
    ]


def alert_here(call: Call) -> Response:
    """Raise, update or cancel the alert of the incident."""
    number, step = call.number("number"), call.text("langkah")
    revision = call.text("revisi")
    if step not in STEPS or not revision.isdecimal() or len(revision) > 9:
        raise InputError("choose one of the decisions that the page offers")
    try:
        alert = STEPS[step](
            call.store,
            call.actor,
            number,
            call.text("catatan_peringatan"),
            call.now,
            authority=call.tools.publish.authority,
            exercise=call.tools.publish.exercise,
            seen=int(revision),
        )
    except (ConflictError, InputError) as error:
        return refused(call, error)
    told = {
        "naikkan": ("Peringatan dinaikkan.", "The alert is raised."),
        "perbarui": ("Peringatan diperbarui.", "The alert is updated."),
        "batalkan": ("Peringatan dibatalkan.", "The alert is cancelled."),
    }
    return call.go(f"/kejadian/{number}", f"{call.say(*told[step])} (r{alert.revision})")


def report_here(call: Call) -> Response:
    """Make the Laporan Informasi on the incident and hand over its file."""
    number, chosen = call.number("number"), call.text("format", "docx")
    try:
        made = make_incident_report(call.tools, call.actor, number, chosen, call.now)
    except (InputError, LeaseError, SettingsError, UnknownItemError) as error:
        return refused(call, error)
    file = made.report.file(chosen)
    if file is None:
        raise UnknownItemError("format", chosen)
    name = file.path.rpartition("/")[2]
    return Response(
        (call.tools.settings.reports_dir / file.path).read_bytes(),
        media_type=FILE_FORMATS[chosen].media_type,
        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )
