"""Making reports and taking their files away.

Who may have what: a report on an area those who are responsible for all of it; a Laporan Informasi those who make
reports and see its incident. Every file that leaves is in the audit log: who took what (domain dossier, 4.4).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.errors import InputError, UnknownItemError
from desk.actions.deciding import seen_by
from desk.permissions import Permission
from flows.desk_rules import office_in_use
from flows.printing import chromium_printer
from flows.reports import FORMATS, ReportTools, make_daily, make_information, make_weekly

if TYPE_CHECKING:
    from datetime import date, datetime

    from data.store import Store
    from data.store.reports import KeptReport, ReportFile
    from desk.permissions import Actor
    from flows.desk import DeskTools
    from flows.reports import Made

DAILY: Final = "daily"
WEEKLY: Final = "weekly"


def make_report(
    tools: DeskTools, actor: Actor, kind: str, day: date, area: str | None, now: datetime, *, pdf: bool = False
) -> Made:
    """Make the daily report of a day, or the weekly trend of its week, and keep it.

    What says the same as the last revision makes no new one. ``area`` None is the whole country. Raises
    UnknownItemError for a kind that is none and an area that is not the person's, InputError, LeaseError,
    SettingsError, ForbiddenError.
    """
    actor.require(Permission.LAPORAN)
    if not covers(actor, area or ""):
        raise UnknownItemError("area", area or "Indonesia")
    formats = (*FORMATS, "pdf") if pdf else FORMATS
    if kind == DAILY:
        made = make_daily(day, area, report_tools_of(tools), by=actor.name, formats=formats)
    elif kind == WEEKLY:
        monday = day - timedelta(days=day.weekday())
        made = make_weekly(monday, area, report_tools_of(tools), by=actor.name, formats=formats)
    else:
        raise UnknownItemError("report", kind)
    with tools.store.transaction():
        detail = {"jenis": kind, "tentang": made.report.subject, "wilayah": area or "", "revisi": made.report.revision}
        tools.store.audit.add(actor.name, "laporan_dibuat", f"laporan/{made.report.id}", now, detail)
    return made


def make_incident_report(tools: DeskTools, actor: Actor, incident_id: int, name: str, now: datetime) -> Made:
    """Make the Laporan Informasi on an incident in a format and keep it.

    Raises UnknownItemError for an incident that the person does not see and a format that is none, InputError,
    LeaseError, SettingsError, ForbiddenError.
    """
    actor.require(Permission.LAPORAN)
    seen_by(tools.store, actor, incident_id)
    made = make_information(incident_id, None, report_tools_of(tools), by=actor.name, formats=(name,))
    file = made.report.file(name)
    if file is None:
        raise UnknownItemError("format", name)
    detail = {"format": name, "revisi": made.report.revision, "sha256": file.sha256}
    with tools.store.transaction():
        tools.store.audit.add(actor.name, "laporan_dibuat", f"kejadian/{incident_id}", now, detail)
    return made


def report_file(tools: DeskTools, actor: Actor, number: int, name: str) -> ReportFile:
    """Return a report's file that a person may have; UnknownItemError where there is none, or it is not for them."""
    report = tools.store.reports.get(number)
    file = report.file(name)
    if file is None or not may_have(tools.store, actor, report):
        raise UnknownItemError("report", number)
    return file


def take_file(tools: DeskTools, actor: Actor, number: int, file: ReportFile, now: datetime) -> bytes:
    """Return a file of a report as it was written; that it was taken is kept.

    Raises InputError where the file is gone or was changed.
    """
    path = tools.settings.reports_dir / file.path
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise InputError("the file of this report is gone or was changed; make the report again")
    with tools.store.transaction():
        detail = {"berkas": file.path, "sha256": file.sha256}
        tools.store.audit.add(actor.name, "laporan_diambil", f"laporan/{number}", now, detail)
    return content


def may_have(store: Store, actor: Actor, report: KeptReport) -> bool:
    """Return whether a person may have a report."""
    if report.kind != "incident":
        return covers(actor, report.area)
    if not actor.may(Permission.LAPORAN) or not report.subject.isdecimal():
        return False
    incident = store.incidents.get(int(report.subject))
    return incident is not None and actor.sees([place.code for place in incident.places])


def covers(actor: Actor, area: str) -> bool:
    """Return whether all of an area ("" for the country) is the person's."""
    regions = actor.user.regions
    return not regions or any(area == region or area.startswith(f"{region}.") for region in regions)


def report_tools_of(tools: DeskTools) -> ReportTools:
    """Return what making reports needs, made of the desk's tools, with the stages and the name that the desk set."""
    leaving = replace(tools.publish, calendar=tools.calendar)
    office = office_in_use(tools.store, tools.settings.office)
    return ReportTools(leaving, tools.settings.reports_dir, office, chromium_printer)
