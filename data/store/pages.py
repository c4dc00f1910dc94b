"""The log of every request, where its bytes lie, and the validators for asking "changed since?"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a field of a dataclass that others may inspect
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import func, select

from data.outcomes import Outcome
from data.records import Validators
from data.store.tables import pages, validators

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from data.records import Page
    from data.store.database import Database


class WarcPlace(Protocol):
    """Where a page's raw bytes lie: a file of the archive and the offset of the record in it."""

    @property
    def file(self) -> object:
        """Name or path of the file."""

    @property
    def offset(self) -> int:
        """Offset in bytes."""


@dataclass(frozen=True, slots=True)
class PageLog:
    """One request as it was logged; ``url`` is canonical for an article's page, as declared for a ``finder``'s.

    ``warc_file`` is None where no bytes were kept.
    """

    id: int
    run_id: str
    url: str
    finder: bool
    source_id: str
    outcome: Outcome
    status: int | None
    fetched_at: datetime
    wire_bytes: int
    elapsed_s: float
    detail: str
    warc_file: str | None
    warc_offset: int | None
    article_id: int | None
    revision: int | None


class Pages:
    """The log of requests, one row per URL and run."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def validators(self, url: str) -> Validators:
        """Return what to ask ``url`` with (a finder's as declared, a page's canonical); empty where nothing is kept.

        A page's are there only if an article was read from it: a 304 then hides nothing.
        """
        with self._database.read() as connection:
            row = connection.execute(select(validators).where(validators.c.url == url)).first()
        return Validators() if row is None else Validators(row.etag, row.last_modified)

    def log(self, page: Page, run_id: str) -> None:
        """Log a finder's page and keep its validators.

        Call it in one transaction with ``frontier.offer`` of what the page listed: otherwise a kill between the two
        would leave validators whose 304 hides what was never taken in.
        """
        with self._database.write() as connection:
            self.write(
                connection,
                run_id,
                page.url,
                page.outcome,
                page=page,
                at=page.fetched_at,
                source_id=page.source_id,
                finder=True,
            )
            if page.outcome in {Outcome.FETCHED, Outcome.NOT_MODIFIED}:
                self.keep_validators(connection, page.url, page.validators)

    def of_url(self, url: str, *, limit: int = 100) -> list[PageLog]:
        """Return the last requests for ``url``, newest first."""
        return self._list(select(pages).where(pages.c.url == url), limit)

    def of_run(self, run_id: str, *, limit: int = 100_000) -> list[PageLog]:
        """Return the requests of a run, newest first."""
        return self._list(select(pages).where(pages.c.run_id == run_id), limit)

    def quarantined(self, *, limit: int = 100) -> list[PageLog]:
        """Return the pages whose parser crashed or took too long, newest first; their bytes are in the archive."""
        return self._list(select(pages).where(pages.c.outcome == Outcome.QUARANTINED.value), limit)

    def counts(self, *, run_id: str | None = None, since: datetime | None = None) -> dict[Outcome, int]:
        """Return the number of logged requests per outcome, of one run or since a time."""
        statement = select(pages.c.outcome, func.count()).group_by(pages.c.outcome)
        if run_id is not None:
            statement = statement.where(pages.c.run_id == run_id)
        if since is not None:
            statement = statement.where(pages.c.fetched_at >= since)
        with self._database.read() as connection:
            return {Outcome(word): count for word, count in connection.execute(statement)}

    def _list(self, statement: Any, limit: int) -> list[PageLog]:
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(pages.c.fetched_at.desc(), pages.c.id.desc()).limit(limit))
            return [_log(row) for row in rows]

    # What follows is for data.store.settlement: it works inside its transaction.

    def settled(self, connection: Connection, run_id: str, url: str) -> PageLog | None:
        """Return how ``url`` ended in this run already; None where it did not."""
        mine = (pages.c.url == url, pages.c.run_id == run_id, pages.c.finder.is_(False))
        row = connection.execute(select(pages).where(*mine)).first()
        return None if row is None else _log(row)

    def write(
        self,
        connection: Connection,
        run_id: str,
        url: str,
        outcome: Outcome,
        *,
        page: Page | None,
        at: datetime,
        source_id: str,
        finder: bool = False,
        warc: WarcPlace | None = None,
        article_id: int | None = None,
        revision: int | None = None,
    ) -> None:
        """Log how ``url`` ended in a run, in place of what was logged for it in the same run."""
        values = {
            "run_id": run_id,
            "url": url,
            "finder": finder,
            "source_id": source_id,
            "outcome": outcome.value,
            "status": page.status if page else None,
            "fetched_at": at,
            "wire_bytes": page.wire_bytes if page else 0,
            "elapsed_s": page.elapsed_s if page else 0.0,
            "detail": page.detail if page else "",
            "warc_file": str(warc.file) if warc else None,
            "warc_offset": warc.offset if warc else None,
            "article_id": article_id,
            "revision": revision,
        }
        statement = self._database.insert(pages).values(values)
        connection.execute(statement.on_conflict_do_update(index_elements=["url", "run_id", "finder"], set_=values))

    def keep_validators(self, connection: Connection, url: str, new: Validators) -> None:
        """Keep ``new`` for ``url``; an answer without any leaves those there were (a 304 need not repeat them)."""
        if new.etag is None and new.last_modified is None:
            return
        values = {"url": url, "etag": new.etag, "last_modified": new.last_modified}
        statement = self._database.insert(validators).values(values)
        connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_=values))


def _log(row: Row[Any]) -> PageLog:
    values = row._asdict()
    return PageLog(**values | {"outcome": Outcome(row.outcome)})
