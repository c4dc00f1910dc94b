"""Reports (*laporan*): which were made, each revision with its files to take away, and one that is made now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from data.errors import InputError
from data.gazetteer import Level
from desk.actions.reporting import make_report, may_have, report_file, take_file
from desk.overview import overview_of
from desk.permissions import Permission
from feeds.reports import FILE_FORMATS

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from data.store.reports import KeptReport
    from desk.frame import Call, Desk

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
    found = [one for one in call.store.reports.recent(kind or None, MOST * 3) if may_have(call.store, call.actor, one)][
        :MOST
    ]
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
    made = make_report(call.tools, call.actor, kind, day, area, call.now, pdf=bool(call.text("pdf")))
    if made.is_new:
        said = call.say(f"Dibuat: revisi {made.report.revision}.", f"Made: revision {made.report.revision}.")
    else:
        said = call.say("Isinya sama dengan revisi terakhir.", "It says the same as the last revision.")
    return call.go("/laporan", said)


def take(call: Call) -> Response:
    """Give a report's file away, as it was written; that it was taken is kept."""
    number, name = call.number("number"), call.request.path_params["format"]
    file = report_file(call.tools, call.actor, number, name)
    content = take_file(call.tools, call.actor, number, file, call.now)
    stem = file.path.rpartition("/")[2]
    headers = {"content-disposition": f'attachment; filename="{stem}"'}
    return Response(content, media_type=FILE_FORMATS[name].media_type, headers=headers)


def areas_of(call: Call) -> list[tuple[str, str]]:
    """Return code and name of what a person may have a report made on: provinces, or their own regions."""
    gazetteer = call.tools.gazetteer
    codes = call.actor.user.regions or tuple(gazetteer.codes(Level.PROVINCE))
    return [(code, gazetteer.name(code)) for code in codes if code in gazetteer and len(code) <= len("13.77")]
