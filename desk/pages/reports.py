"""Reports (*laporan*): which were made, each revision with its files to take away, and one that is made now.

Who may see what: a report on an area goes to those who are responsible for all of it; a Laporan Informasi to those who
make reports and see its incident. Every file that leaves is in the audit log: who took what (domain dossier, 4.4).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from data.errors import InputError, UnknownItemError
from data.gazetteer import Level
from desk.overview import overview_of
from desk.permissions import Permission
from feeds.reports import FILE_FORMATS
from flows.printing import chromium_printer
from flows.reports import FORMATS, ReportTools, make_daily, make_weekly

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from data.store.reports import KeptReport
    from desk.frame import Call, Desk
    from desk.permissions import Actor

MOST: Final = 100
KINDS: Final = {
    "daily": ("Laporan harian", "Daily report"),
    "weekly": ("Tren mingguan", "Weekly trend"),
    "incident": ("Laporan Informasi", "Laporan Informasi"),
}
FORMAT_NAMES: Final = {
    "html": ("halaman", "page"),
    "docx": ("Word", "Word"),
    "xlsx": ("Excel", "Excel"),
    "txt": ("pesan singkat", "short message"),
    "pdf": ("PDF", "PDF"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One revision of a report as the list shows it."""

    report: KeptReport
    kind: tuple[str, str]
    area: str


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the reports."""
    return [
        desk.route("/laporan", show, Permission.LIHAT),
        desk.route("/laporan", make, Permission.LAPORAN, methods=["POST"]),
        desk.route("/laporan/{number:int}/{format}", take, Permission.LIHAT),
    ]


def show(call: Call) -> Response:
    """List the reports made last that the person may have, and offer to make one."""
    kind = call.asked("jenis")
    kind = kind if kind in KINDS else ""
    found = [one for one in call.store.reports.recent(kind or None, MOST * 3) if may_have(call, one)][:MOST]
    gazetteer = call.tools.gazetteer
    today = overview_of(call.desk).today()
    values: dict[str, Any] = {
        "lines": [
            Line(one, KINDS[one.kind], gazetteer.name(one.area) if one.area in gazetteer else "") for one in found
        ],
        "kind": kind,
        "kinds": KINDS,
        "formats": FORMAT_NAMES,
        "areas": areas_of(call),
        "whole": not call.actor.user.regions,
        "today": today,
        "yesterday": today - timedelta(days=1),
    }
    return call.page("reports.html", **values)


def make(call: Call) -> Response:
    """Make a report now and keep it; what says the same as the last revision makes no new one."""
    kind, area = call.text("jenis"), call.text("wilayah") or None
    try:
        day = date.fromisoformat(call.text("tanggal"))
    except ValueError as error:
        raise InputError("a day is written as 2024-11-27") from error
    if not covers(call.actor, area or ""):
        raise UnknownItemError("area", area or "Indonesia")
    settings = call.tools.settings
    tools = ReportTools(call.tools.publish, settings.reports_dir, settings.office, chromium_printer)
    formats = (*FORMATS, "pdf") if call.text("pdf") else FORMATS
    if kind == "daily":
        made = make_daily(day, area, tools, by=call.actor.name, formats=formats)
    elif kind == "weekly":
        made = make_weekly(day - timedelta(days=day.weekday()), area, tools, by=call.actor.name, formats=formats)
    else:
        raise UnknownItemError("report", kind)
    with call.store.transaction():
        detail = {"jenis": kind, "tentang": made.report.subject, "wilayah": area or "", "revisi": made.report.revision}
        call.store.audit.add(call.actor.name, "laporan_dibuat", f"laporan/{made.report.id}", call.now, detail)
    if made.is_new:
        said = call.say(f"Dibuat: revisi {made.report.revision}.", f"Made: revision {made.report.revision}.")
    else:
        said = call.say("Isinya sama dengan revisi terakhir.", "It says the same as the last revision.")
    return call.go("/laporan", said)


def take(call: Call) -> Response:
    """Give a report's file away, as it was written; that it was taken is kept."""
    number, name = call.number("number"), call.request.path_params["format"]
    report = call.store.reports.get(number)
    file = report.file(name)
    if file is None or not may_have(call, report):
        raise UnknownItemError("report", number)
    path = call.tools.settings.reports_dir / file.path
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise InputError("the file of this report is gone or was changed; make the report again")
    with call.store.transaction():
        detail = {"berkas": file.path, "sha256": file.sha256}
        call.store.audit.add(call.actor.name, "laporan_diambil", f"laporan/{number}", call.now, detail)
    stem = file.path.rpartition("/")[2]
    headers = {"content-disposition": f'attachment; filename="{stem}"'}
    return Response(content, media_type=FILE_FORMATS[name].media_type, headers=headers)


def may_have(call: Call, report: KeptReport) -> bool:
    """Return whether a person may have a report."""
    if report.kind != "incident":
        return covers(call.actor, report.area)
    if not call.actor.may(Permission.LAPORAN) or not report.subject.isdecimal():
        return False
    incident = call.store.incidents.get(int(report.subject))
    return incident is not None and call.actor.sees([place.code for place in incident.places])


def covers(actor: Actor, area: str) -> bool:
    """Return whether all of an area ("" for the country) is the person's."""
    regions = actor.user.regions
    return not regions or any(area == region or area.startswith(f"{region}.") for region in regions)


def areas_of(call: Call) -> list[tuple[str, str]]:
    """Return code and name of what a person may have a report made on: provinces, or their own regions."""
    gazetteer = call.tools.gazetteer
    codes = call.actor.user.regions or tuple(gazetteer.codes(Level.PROVINCE))
    return [(code, gazetteer.name(code)) for code in codes if code in gazetteer and len(code) <= len("13.77")]
