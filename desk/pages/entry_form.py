"""*Lapor*: the form in which a report from the field is entered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from data.errors import InputError, UnknownItemError
from data.records import Modality
from desk.actions.entering import CHANNELS, EVENT_MODALITIES, EntryTools, FieldReport, enter, zone_of_places
from desk.actions.merging import similar
from desk.moments import ZONES
from desk.pages.incident_article import MODALITIES, places_named
from desk.permissions import Permission
from desk.terminal.speech import reword
from feeds.items import SEVERITY_NAMES

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from desk.frame import Call, Desk

P = Permission
USUAL_SEVERITY: Final = "2"


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of manual entry."""
    return [
        desk.route("/lapor", show, P.ENTRI),
        desk.route("/lapor", keep, P.ENTRI, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """Show the empty form."""
    return _page(call)


def keep(call: Call) -> Response:
    """Keep the report; where incidents are near that may be the same, they are offered next."""
    tools = call.tools
    kept = EntryTools(call.store, tools.gazetteer, tools.taxonomy, tools.calendar, tools.publish.sources)
    try:
        incident = enter(kept, call.actor, report_of(call), call.now)
    except (InputError, UnknownItemError) as error:
        return _page(call, status=422, wrong=reword(call.say, str(error)))
    message = call.say("Laporan dicatat sebagai kejadian {}.", "The report is incident {} now.").format(incident.id)
    if call.actor.may(P.GABUNG) and any(one.signals for one in similar(call.store, call.actor, incident)):
        message += " " + call.say("Periksa apakah sudah ada di sini.", "Look whether it is among these already.")
        return call.go(f"/kejadian/{incident.id}/gabung", message)
    return call.go(f"/kejadian/{incident.id}", message)


def report_of(call: Call) -> FieldReport:
    """Return the report that the form holds. Raises InputError for a value that is none."""
    codes = places_of(call)
    try:
        modality, severity = Modality(call.text("modalitas")), int(call.text("tingkat"))
    except ValueError as error:
        raise InputError("choose a modality and a level from 0 to 4") from error
    return FieldReport(
        title=call.text("judul"),
        text=call.text("isi"),
        role=call.text("pelapor"),
        channel=call.text("lewat"),
        place_codes=codes,
        signals=tuple(call.texts("sinyal")),
        modality=modality,
        severity=severity,
        name=call.text("nama_pelapor"),
        happened=moment_of(call.text("waktu"), zone_of_places(codes)),
    )


def places_of(call: Call) -> tuple[str, ...]:
    """Return the codes that were picked or typed."""
    typed = call.text("tempat_kode").replace(",", " ").split()
    return tuple(dict.fromkeys([*(one for one in call.texts("tempat") if one), *typed]))


def moment_of(value: str, zone: str) -> datetime | None:
    """Return a moment that a browser wrote (``2024-11-26T14:30``), on the clock of ``zone``; None for an empty one.

    Raises InputError where it is none.
    """
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise InputError("write date and time as 2024-11-26T14:30") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone))


def _page(call: Call, *, status: int = 200, wrong: str = "") -> Response:
    codes = list(places_of(call))
    regions = call.actor.user.regions
    return call.page(
        "entry_form.html",
        status=status,
        wrong=wrong,
        kept={
            name: call.text(name)
            for name in ("judul", "isi", "pelapor", "nama_pelapor", "lewat", "waktu", "modalitas", "tingkat")
        }
        | {"sinyal": call.texts("sinyal")},
        places_chosen=places_named(call, codes),
        near=codes[0] if codes else regions[0] if regions else "",
        channels=CHANNELS,
        signals=call.tools.taxonomy.signals,
        modalities={one: MODALITIES[one] for one in EVENT_MODALITIES},
        severity_names=SEVERITY_NAMES,
        usual_severity=USUAL_SEVERITY,
        zone=ZONES.get(call.desk.zone.key, call.desk.zone.key),
        latest=call.now.astimezone(call.desk.zone).strftime("%Y-%m-%dT%H:%M"),
    )
