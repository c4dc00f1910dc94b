"""Reports made, written in every format that is wanted, and kept: nothing is ever overwritten.

What a report says has a hash. The same content again is the same revision: only formats that are missing are added.
Other content (an incident was verified, an outlet took an article down) is the next revision, and both stay. A file is
written before the register knows of it: of a pass that was killed a file without a row is left, and the next one of the
same name takes its place.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import import_module
from typing import TYPE_CHECKING

import structlog

from data.errors import InputError, SettingsError
from data.gazetteer import KABKOTA
from data.store.reports import KeptReport, ReportFile
from feeds import REPORTS
from feeds.reports import FILE_FORMATS, file_format_named
from flows.desk_rules import calendar_in_use, office_in_use
from flows.leases import held
from flows.printing import chromium_printer
from flows.publish import write_whole
from flows.report_facts import Scope, daily_of, day_bounds, information_of, today, weekly_of
from flows.tools import publish_tools, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from data.gazetteer import Gazetteer
    from feeds.reports.daily import Daily
    from feeds.reports.document import Document
    from feeds.reports.laporan_informasi import Information
    from feeds.reports.weekly import Weekly
    from flows.printing import Printer
    from flows.publish import PublishTools
    from flows.settings import Settings

log = structlog.get_logger(__name__)

LEASE_NAME = "reports"
LEASE = timedelta(minutes=15)
FORMATS = ("html", "docx", "xlsx", "txt")
"""What is written unless something else is asked for: all that needs no browser."""
SCHEDULE = "jadwal"
"""Who made a report that nobody asked for."""
STEMS = {"daily": "laporan-harian", "weekly": "tren-mingguan", "incident": "laporan-informasi"}
CATCH_UP = 7
"""Days back for which a schedule makes up a report that is missing: a machine that was off over a holiday."""
WEEKS_CATCH_UP = 2


@dataclass(frozen=True, slots=True)
class ReportTools:
    """What has effects when reports are made: ``leaving`` reads the store, ``folder`` is where files are kept.

    ``office`` is the desk's name at the head. ``printer`` makes a PDF of a page (None: this machine cannot, and asking
    for one is an error that says so).
    """

    leaving: PublishTools
    folder: Path
    office: str
    printer: Callable[[], Printer] | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A report as it is kept now; ``is_new`` where this made a revision, ``added`` the formats written now."""

    report: KeptReport
    is_new: bool
    added: tuple[str, ...]


@contextmanager
def report_tools(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Iterator[ReportTools]:
    """Yield what making reports needs, made from ``settings``; Chromium is looked for when a PDF is asked for."""
    with publish_tools(settings, clock=clock) as tools:
        leaving = replace(tools, calendar=calendar_in_use(tools.store))
        office = office_in_use(tools.store, settings.office)
        yield ReportTools(leaving, settings.reports_dir, office, chromium_printer)


def make_daily(day: date, area: str | None, tools: ReportTools, *, by: str, formats: Sequence[str] = FORMATS) -> Made:
    """Make the daily report of ``day`` and keep it; LeaseError where reports are being made by somebody else."""
    daily = daily_of(day, Scope(tools.office, area), tools.leaving)
    return keep(document_of("daily", daily, tools.leaving.gazetteer), tools, by=by, formats=formats)


def make_weekly(
    monday: date, area: str | None, tools: ReportTools, *, by: str, formats: Sequence[str] = FORMATS
) -> Made:
    """Make the trend of the week that begins on ``monday`` and keep it; LeaseError as above."""
    weekly = weekly_of(monday, Scope(tools.office, area), tools.leaving)
    return keep(document_of("weekly", weekly, tools.leaving.gazetteer), tools, by=by, formats=formats)


def make_information(
    incident_id: int, area: str | None, tools: ReportTools, *, by: str, formats: Sequence[str] = FORMATS
) -> Made:
    """Make the Laporan Informasi on an incident and keep it; UnknownItemError where there is none of that id."""
    information = information_of(incident_id, Scope(tools.office, area), tools.leaving)
    return keep(document_of("incident", information, tools.leaving.gazetteer), tools, by=by, formats=formats)


def document_of(kind: str, record: Daily | Weekly | Information, gazetteer: Gazetteer) -> Document:
    """Return a report's record as a document, by its name in ``feeds.REPORTS``."""
    module = import_module(f"feeds.reports.{REPORTS[kind].module}")
    made: Document = module.document(record) if kind == "incident" else module.document(record, gazetteer)
    return made


def keep(document: Document, tools: ReportTools, *, by: str, formats: Sequence[str] = FORMATS) -> Made:
    """Write a document's files and keep them: as a new revision where it says something new, else what is missing.

    Raises UnknownItemError for a format that there is not, SettingsError where PDF is asked for and nothing prints it,
    DiskFullError; then no row was written.
    """
    chosen = {name: file_format_named(name) for name in dict.fromkeys(formats)}
    store, clock = tools.leaving.store, tools.leaving.clock
    printer = _printer(tools) if "pdf" in chosen else None
    store.check_room(tools.leaving.min_free_mb * 1_000_000)
    with held(store, LEASE_NAME, clock, LEASE):
        last = store.reports.latest(document.kind, document.subject, document.area)
        same = last is not None and last.content_hash == document.content_hash and not damaged(last, tools.folder)
        if last is not None and same:
            signed = replace(document, revision=last.revision, made_at=last.made_at, made_by=last.made_by)
        else:
            revision = 1 if last is None else last.revision + 1
            signed = replace(document, revision=revision, made_at=clock(), made_by=by)
        wanted = [name for name in chosen if not (last is not None and same and last.file(name))]
        contents = {name: _written(name, signed, printer) for name in wanted}
        files = tuple(_put(name, signed, content, tools) for name, content in contents.items())
        with store.transaction():
            if last is not None and same:
                kept = last
                for file in files:
                    kept = store.reports.add_file(last.id, file)
            else:
                kept = store.reports.add(_row(signed, files))
    log.info(
        "report_kept", kind=kept.kind, subject=kept.subject, revision=kept.revision, files=len(files), new=not same
    )
    return Made(kept, not same, tuple(wanted))


def damaged(report: KeptReport, folder: Path) -> list[str]:
    """Return the paths of a report's files that are no longer there, or no longer what was written."""
    return [file.path for file in report.files if _digest(folder / file.path) != file.sha256]


def copy_out(report: KeptReport, formats: Sequence[str], tools: ReportTools, folder: Path) -> tuple[Path, ...]:
    """Write copies of a kept report's files of ``formats`` into a folder of the caller's and return them."""
    files = [file for file in report.files if file.format in formats]
    return tuple(
        write_whole(folder / file.path.rpartition("/")[2], (tools.folder / file.path).read_bytes()) for file in files
    )


def due_days(tools: ReportTools, area: str | None) -> list[date]:
    """Return the days of the last week that are over and have no report yet, the first one first.

    None from before the first article: of those days there is nothing to say.
    """
    here, store = today(tools.leaving), tools.leaving.store
    begun = _begun(tools)
    days = [here - timedelta(days=back) for back in range(CATCH_UP, 0, -1)]
    return [
        day
        for day in days
        if begun is not None and day >= begun and store.reports.latest("daily", day.isoformat(), area or "") is None
    ]


def due_weeks(tools: ReportTools, area: str | None) -> list[date]:
    """Return the Mondays of the last weeks that are over and have no report yet, the first one first."""
    here, store = today(tools.leaving), tools.leaving.store
    begun = _begun(tools)
    this = here - timedelta(days=here.weekday())
    mondays = [this - timedelta(weeks=back) for back in range(WEEKS_CATCH_UP, 0, -1)]
    return [
        monday
        for monday in mondays
        if begun is not None
        and monday + timedelta(days=6) >= begun
        and store.reports.latest("weekly", week_name(monday), area or "") is None
    ]


def week_name(day: date) -> str:
    """Return the ISO 8601 name of the week that a day lies in: 2024-W48."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def monday_of(week: str) -> date:
    """Return the Monday of a week by its ISO 8601 name; InputError where it is none."""
    year, _, number = week.upper().partition("-W")
    try:
        return date.fromisocalendar(int(year), int(number), 1)
    except ValueError as error:
        raise InputError(f'"{week}" is no week; weeks are written 2024-W48') from error


def _begun(tools: ReportTools) -> date | None:
    """Return the day on which the first article was seen, on the desk's clock; None where none was yet."""
    first = min(tools.leaving.store.counts.first_articles().values(), default=None)
    if first is None:
        return None
    day = first.date()
    return day if first < day_bounds(day, tools.leaving.timezone)[1] else day + timedelta(days=1)


def _printer(tools: ReportTools) -> Printer:
    if tools.printer is None:
        raise SettingsError("this machine prints no PDF; take html or docx", where="--format pdf")
    return tools.printer()


def _written(name: str, document: Document, printer: Printer | None) -> bytes:
    if name == "pdf":
        if printer is None:
            raise SettingsError("this machine prints no PDF; take html or docx", where="--format pdf")
        return printer(FILE_FORMATS["html"].write(document))
    return FILE_FORMATS[name].write(document)


def _put(name: str, document: Document, content: bytes, tools: ReportTools) -> ReportFile:
    """Write a file under its name of all time and return what the register keeps of it."""
    path = path_of(name, document)
    write_whole(tools.folder / path, content)
    return ReportFile(name, path, hashlib.sha256(content).hexdigest(), len(content))


def path_of(name: str, document: Document) -> str:
    """Return where a document's file of a format lies below the folder of reports.

    As *2024/laporan-harian-2024-11-27-13-r1.html*; an incident's lies under the year in which it was made.
    """
    year = document.subject[:4] if document.kind != "incident" else f"{document.made_at.year}"
    parts = [STEMS[document.kind], document.subject, document.area[:KABKOTA], f"r{document.revision}"]
    drill = "latihan-" if document.exercise else ""
    return f"{year}/{drill}{'-'.join(part for part in parts if part)}.{FILE_FORMATS[name].suffix}"


def _row(document: Document, files: tuple[ReportFile, ...]) -> KeptReport:
    return KeptReport(
        id=0,
        kind=document.kind,
        subject=document.subject,
        area=document.area,
        revision=document.revision,
        title=f"{document.title}: {document.subtitle}",
        content_hash=document.content_hash,
        made_at=document.made_at,
        made_by=document.made_by,
        files=files,
    )


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""  # it is gone, or cannot be read: in either case it is not what was written
