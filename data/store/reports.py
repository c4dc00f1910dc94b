"""The register of reports: which were made, their revisions, and where their files lie; nothing is overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a field of a dataclass that others may inspect
from typing import TYPE_CHECKING

from sqlalchemy import select

from data.errors import StoreError, UnknownItemError
from data.store.tables import report_files, reports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row, Select

    from data.store.database import Database


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
