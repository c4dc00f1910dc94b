"""The register of reports: which were made, their revisions, and where their files lie; nothing is overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from data.errors import StoreError, UnknownItemError
from data.store.counts import NOT_COUNTED
from data.store.incidents import LARGEST_ID
from data.store.tables import articles, incident_articles, incident_places, incidents, report_files, reports

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from data.store.database import Database

LATE = timedelta(days=3)
"""What was first seen so much after it was published is told as late; what is older came of an archive, not of a day.
By reasoning: a machine that was off over a long weekend (flows.publish.FRESH)."""


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file of a report: ``path`` is below the folder of reports, ``size`` in bytes, ``sha256`` in hex."""

    format: str
    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class KeptReport:
    """One revision of a report, with its files by format.

    ``kind`` is a name of ``feeds.REPORTS``; ``subject`` the day, the week or the incident's id; ``area`` a code or ""
    for the whole country. ``content_hash`` is of what it says, without who made it and when.
    """

    id: int
    kind: str
    subject: str
    area: str
    revision: int
    title: str
    content_hash: str
    made_at: datetime
    made_by: str
    files: tuple[ReportFile, ...] = ()

    def file(self, name: str) -> ReportFile | None:
        """Return the file of a format; None where it was not written in it."""
        return next((one for one in self.files if one.format == name), None)


class Reports:
    """Reports by kind, subject and area, every revision kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self, kind: str, subject: str, area: str) -> KeptReport | None:
        """Return the last revision; None where the report was never made."""
        mine = select(reports).where(reports.c.kind == kind, reports.c.subject == subject, reports.c.area == area)
        found = self._list(mine.order_by(reports.c.revision.desc()).limit(1))
        return found[0] if found else None

    def add(self, report: KeptReport) -> KeptReport:
        """Keep a new revision with its files and return it with its id; the id in it is not looked at.

        Raises StoreError where that revision, or one of the files' paths, is there already: then nothing is written.
        """
        values = {
            "kind": report.kind,
            "subject": report.subject,
            "area": report.area,
            "revision": report.revision,
            "title": report.title,
            "content_hash": report.content_hash,
            "made_at": report.made_at,
            "made_by": report.made_by,
        }
        statement = self._database.insert(reports).values(values).on_conflict_do_nothing().returning(reports.c.id)
        with self._database.write() as connection:
            number = connection.execute(statement).scalar()
            if number is None:
                raise StoreError(
                    f"revision {report.revision} of the {report.kind} report on {report.subject} is kept already;"
                    " a report is never overwritten"
                )
            for file in report.files:
                self._write_file(connection, number, file)
            return self._one(connection, number)

    def add_file(self, report_id: int, file: ReportFile) -> KeptReport:
        """Keep a further format of a revision and return that; UnknownItemError, StoreError as above."""
        with self._database.write() as connection:
            self._one(connection, report_id)
            self._write_file(connection, report_id, file)
            return self._one(connection, report_id)

    def get(self, report_id: int) -> KeptReport:
        """Return the revision of an id; UnknownItemError where there is none."""
        if not 0 < report_id <= LARGEST_ID:
            raise UnknownItemError("report", report_id)
        with self._database.read() as connection:
            return self._one(connection, report_id)

    def recent(self, kind: str | None = None, limit: int = 50) -> Sequence[KeptReport]:
        """Return the reports made last (of a kind), the newest first."""
        statement = select(reports).order_by(reports.c.made_at.desc(), reports.c.id.desc()).limit(limit)
        return self._list(statement if kind is None else statement.where(reports.c.kind == kind))

    def knows_path(self, path: str) -> bool:
        """Return whether a report's file is kept under this path."""
        with self._database.read() as connection:
            return (
                connection.execute(select(report_files.c.path).where(report_files.c.path == path)).first() is not None
            )

    def with_news(self, start: datetime, end: datetime, *, area: str | None, min_severity: int) -> list[int]:
        """Return the ids of incidents known before ``start`` of which an article was first seen in [start, end).

        Those first seen in it themselves are among them where they are at most `LATE` late; what a person has rejected
        is not.
        """
        chosen = [
            articles.c.first_seen >= start,
            articles.c.first_seen < end,
            incidents.c.known_at < start,
            or_(incidents.c.first_seen < start, incidents.c.known_at >= start - LATE),
            incidents.c.severity >= min_severity,
            incidents.c.status.not_in(NOT_COUNTED),
            *_in_area(area),
        ]
        found = (
            select(incidents.c.id)
            .join_from(incident_articles, incidents)
            .join(articles, articles.c.id == incident_articles.c.article_id)
            .where(and_(*chosen))
            .distinct()
            .order_by(incidents.c.id)
        )
        with self._database.read() as connection:
            return [row[0] for row in connection.execute(found)]

    def rejected(self, start: datetime, end: datetime, *, area: str | None) -> int:
        """Return how many incidents that became known in [start, end) a person has called none or a duplicate."""
        mine = [incidents.c.status.in_(NOT_COUNTED), *_in_area(area)]
        return sum(self._by_severity(start, end, mine).values())

    def unplaced(self, start: datetime, end: datetime) -> Mapping[int, int]:
        """Return by severity how many incidents that became known in [start, end) have no known place."""
        placed = select(incident_places.c.incident_id).where(incident_places.c.incident_id == incidents.c.id)
        return self._by_severity(start, end, [incidents.c.status.not_in(NOT_COUNTED), ~placed.exists()])

    def new_articles(self, start: datetime, end: datetime) -> Mapping[str, int]:
        """Return by source how many articles were first seen in [start, end); sources without any are left out."""
        seen = (articles.c.first_seen >= start, articles.c.first_seen < end)
        statement = select(articles.c.source_id, func.count()).where(*seen).group_by(articles.c.source_id)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def _by_severity(self, start: datetime, end: datetime, chosen: Sequence[ColumnElement[bool]]) -> dict[int, int]:
        known = (incidents.c.known_at >= start, incidents.c.known_at < end)
        statement = select(incidents.c.severity, func.count()).where(*known, *chosen).group_by(incidents.c.severity)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def _write_file(self, connection: Connection, report_id: int, file: ReportFile) -> None:
        values = {
            "report_id": report_id,
            "format": file.format,
            "path": file.path,
            "sha256": file.sha256,
            "size": file.size,
        }
        statement = self._database.insert(report_files).values(values).on_conflict_do_nothing()
        if connection.execute(statement.returning(report_files.c.path)).first() is None:
            raise StoreError(f"{file.path} is kept already; a report is never overwritten")

    def _one(self, connection: Connection, report_id: int) -> KeptReport:
        found = self._list(select(reports).where(reports.c.id == report_id), connection)
        if not found:
            raise UnknownItemError("report", report_id)
        return found[0]

    def _list(self, statement: Select[tuple[object, ...]], connection: Connection | None = None) -> list[KeptReport]:
        if connection is None:
            with self._database.read() as own:
                return self._list(statement, own)
        rows = connection.execute(statement).all()
        files: dict[int, list[ReportFile]] = {}
        numbers = [row.id for row in rows]
        for start in range(0, len(numbers), 500):
            mine = report_files.c.report_id.in_(numbers[start : start + 500])
            for row in connection.execute(select(report_files).where(mine).order_by(report_files.c.format)):
                files.setdefault(row.report_id, []).append(ReportFile(row.format, row.path, row.sha256, row.size))
        return [_report(row, tuple(files.get(row.id, ()))) for row in rows]


def _report(row: Row[tuple[object, ...]], files: tuple[ReportFile, ...]) -> KeptReport:
    return KeptReport(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        area=row.area,
        revision=row.revision,
        title=row.title,
        content_hash=row.content_hash,
        made_at=row.made_at,
        made_by=row.made_by,
        files=files,
    )


def _in_area(area: str | None) -> list[ColumnElement[bool]]:
    if area is None:
        return []
    inside = select(incident_places.c.incident_id).where(incident_places.c.code == area)
    return [incidents.c.id.in_(inside)]
