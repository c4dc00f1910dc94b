"""What is taken out of the store again: texts that are old, pages of the archive, log entries, one article on request.

What the desk counts and learns by stays: incidents, assessments, places, labels, the hashed signatures of texts. A text
that labels were given for stays too: it is what the model learns from.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, delete, exists, func, insert, or_, select, text, update

from data.errors import ConflictError, UnknownItemError
from data.store.articles import TEXTLESS
from data.store.audit import CUT
from data.store.deliveries import forget_words
from data.store.desk_tables import audit_entries, erasures, login_failures, sessions
from data.store.erasures import url_hash
from data.store.tables import (
    article_revisions,
    articles,
    audit_draws,
    frontier,
    incident_articles,
    incident_changes,
    incidents,
    join_profiles,
    join_regions,
    label_offers,
    label_tasks,
    labels,
    pages,
    reviews,
    signature_bands,
    signatures,
    validators,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from data.store.audit import Audit
    from data.store.database import Database
    from data.store.search import SearchIndex

ERASED_TITLE: Final = "[dihapus atas permintaan]"
ERASED_HASH: Final = "0" * 64
"""In place of the hash of a text, which would prove that it was that one."""
_FILES: Final = 500
SECURE_INDEX: Final = (3, 42, 0)
"""From this SQLite on its index of words can overwrite what it deletes."""


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """Where a page lies in the archive of raw pages."""

    file: str
    offset: int


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure took out: the names that are not read again, the archive's records, the incidents it was in."""

    article_id: int
    names: int
    revisions: int
    pages: tuple[ArchivedPage, ...]
    incident_ids: tuple[int, ...]


class Retention:
    """Taking out what is too old, or what somebody may ask to be taken out."""

    def __init__(self, database: Database, index: SearchIndex, audit: Audit) -> None:
        self._database = database
        self._index = index
        self._audit = audit

    # Old texts.

    def old_texts(self, before: datetime, limit: int) -> list[int]:
        """Return articles whose last revision is from before then and still has its text, the first seen first.

        Without those that somebody labelled, or waits to label.
        """
        statement = select(articles.c.id).where(*_old(before), ~_labelled()).order_by(articles.c.first_seen)
        with self._database.read() as connection:
            return list(connection.execute(statement.limit(limit)).scalars())

    def count_old_texts(self, before: datetime) -> tuple[int, int]:
        """Return how many articles ``old_texts`` would give, and how many more are kept because they are labelled."""
        with self._database.read() as connection:
            every = connection.execute(select(func.count()).select_from(articles).where(*_old(before))).scalar_one()
            kept = select(func.count()).select_from(articles).where(*_old(before), _labelled())
            labelled = connection.execute(kept).scalar_one()
        return every - labelled, labelled

    def blank(self, article_ids: Sequence[int]) -> int:
        """Take the texts of all revisions of these articles out of tables and search; titles stay. Return how many."""
        with self._database.write() as connection:
            for number in article_ids:
                row = _held(connection, number)
                if row is None:
                    continue
                self._forget_text(connection, row)
                connection.execute(
                    update(article_revisions).where(article_revisions.c.article_id == number).values(text="")
                )
                self._index.put(connection, number, _title(connection, row), "", old=None)
                connection.execute(update(articles).where(articles.c.id == number).values(assessed_with=TEXTLESS))
        return len(article_ids)

    def _forget_text(self, connection: Connection, row: Row[Any]) -> None:
        """Take title and text of an article's present revision out of the search."""
        self._index.drop(connection, row.id, _title(connection, row), _text(connection, row))

    # The archive of raw pages.

    def forget_archive(self, files: Sequence[str]) -> int:
        """Forget where in these files pages lie, before the files go; return how many pages."""
        count = 0
        for at in range(0, len(files), _FILES):
            mine = pages.c.warc_file.in_(files[at : at + _FILES])
            with self._database.write() as connection:
                gone = update(pages).where(mine).values(warc_file=None, warc_offset=None)
                count += connection.execute(gone).rowcount
        return count

    # The log.

    def old_entries(self, before: datetime) -> int:
        """Return how many entries of the audit log are from before then."""
        counted = select(func.count()).select_from(audit_entries).where(audit_entries.c.at < before)
        with self._database.read() as connection:
            return connection.execute(counted).scalar_one()

    def cut_log(self, before: datetime, by: str, now: datetime) -> int:
        """Take the audit log's entries from before then off its beginning and return how many.

        That it was cut, where, and the digest that the rest is chained to, is an entry of the log itself: what was cut
        without one shows as before.
        """
        with self._database.write() as connection:
            # In the order of the chain: up to the first entry that must stay.
            stays = select(func.min(audit_entries.c.id)).where(audit_entries.c.at >= before)
            first = connection.execute(stays).scalar()
            older = audit_entries.c.id < first if first is not None else audit_entries.c.at < before
            last = connection.execute(
                select(audit_entries).where(older).order_by(audit_entries.c.id.desc()).limit(1)
            ).first()
            if last is None:
                return 0
            count = connection.execute(select(func.count()).select_from(audit_entries).where(older)).scalar_one()
            detail = {"sampai": last.id, "sidik": last.digest, "jumlah": count}
            self._audit.add(by, CUT, "audit", now, detail)
            connection.execute(delete(audit_entries).where(audit_entries.c.id <= last.id))
        return int(count)

    def count_logins(self, before: datetime) -> tuple[int, int]:
        """Return how many logins were last used before then, and how many failures are from before then."""
        with self._database.read() as connection:
            logins = select(func.count()).select_from(sessions).where(sessions.c.last_seen < before)
            failures = select(func.count()).select_from(login_failures).where(login_failures.c.at < before)
            return connection.execute(logins).scalar_one(), connection.execute(failures).scalar_one()

    # One article.

    def erase(self, article_id: int, by: str, now: datetime) -> Erased:
        """Take everything out that was read of an article, for good; what stays is that there was one.

        Title, text, author, addresses, tags of every revision, its place in the search, signature and profile go, the
        words of messages about its incident, and the places of its pages in the archive, which are returned. Its
        addresses are known by their hashes from then on and are not read again. Raises UnknownItemError where there is
        no such article, ConflictError where it was erased before.
        """
        with self._database.write() as connection:
            row = _held(connection, article_id)
            if row is None:
                raise UnknownItemError("article", article_id)
            before = connection.execute(select(erasures).where(erasures.c.article_id == article_id).limit(1)).first()
            if before is not None:
                raise ConflictError(f"article {article_id}", by=before.by, at=before.at)
            self._really(connection, on=True)
            revisions = connection.execute(
                select(article_revisions).where(article_revisions.c.article_id == article_id)
            ).all()
            names = self._names(connection, row, revisions)
            self._forget_text(connection, row)
            gone = f"urn:kentongan:dihapus:{url_hash(row.canonical_url)}"
            mine = article_revisions.c.article_id == article_id
            blank: dict[str, Any] = {"title": ERASED_TITLE, "text": "", "url": gone, "content_hash": ERASED_HASH}
            blank |= {"author": None, "section": None, "tags": []}
            connection.execute(update(article_revisions).where(mine).values(blank))
            values = {"canonical_url": gone, "read_url": gone, "content_hash": ERASED_HASH, "assessed_with": TEXTLESS}
            connection.execute(update(articles).where(articles.c.id == article_id).values(values))
            self._index.put(connection, article_id, ERASED_TITLE, "", old=None)
            archived = _forget_pages(connection, article_id, gone)
            _forget_traces(connection, article_id, names)
            incident_ids = _forget_titles(connection, article_id, {one.title for one in revisions})
            forget_words(connection, incident_ids, now)
            rows = [
                {"url_hash": hashed, "article_id": article_id, "at": now, "by": by}
                for hashed in sorted({url_hash(name) for name in names})
            ]
            connection.execute(insert(erasures), rows)
            self._really(connection, on=False)
        return Erased(article_id, len(rows), len(revisions), archived, incident_ids)

    def is_erased(self, url: str) -> bool:
        """Return whether a canonical URL is one of an article that was erased."""
        with self._database.read() as connection:
            mine = select(erasures.c.article_id).where(erasures.c.url_hash == url_hash(url))
            return connection.execute(mine).first() is not None

    def _really(self, connection: Connection, *, on: bool) -> None:
        """Let SQLite overwrite what it deletes, in its pages and in its index of words, and not merely let it go."""
        if not self._database.is_sqlite:
            return  # PostgreSQL's vacuum, which runs by itself, takes dead rows away
        if sqlite3.sqlite_version_info >= SECURE_INDEX:
            overwrite = text("INSERT INTO article_search (article_search, rank) VALUES ('secure-delete', :on)")
            connection.execute(overwrite, {"on": int(on)})
        elif not on:
            # An older index only marks words as deleted; written anew as one piece, it holds them no longer.
            connection.execute(text("INSERT INTO article_search (article_search) VALUES ('optimize')"))
        connection.execute(text(f"PRAGMA secure_delete={'ON' if on else 'OFF'}"))

    def _names(self, connection: Connection, row: Row[Any], revisions: Sequence[Row[Any]]) -> set[str]:
        led = connection.execute(select(frontier.c.canonical_url).where(frontier.c.article_id == row.id)).scalars()
        return {*led, row.canonical_url, row.read_url, *(one.url for one in revisions)}


def _old(before: datetime) -> list[ColumnElement[bool]]:
    with_text = or_(articles.c.assessed_with.is_(None), articles.c.assessed_with != TEXTLESS)
    return [articles.c.first_seen < before, articles.c.revised_at < before, with_text]


def _labelled() -> ColumnElement[bool]:
    corrected = and_(
        reviews.c.article_id == articles.c.id,
        or_(reviews.c.signals.is_not(None), reviews.c.modality.is_not(None), reviews.c.severity.is_not(None)),
    )
    return or_(
        exists().where(labels.c.article_id == articles.c.id),
        exists().where(label_tasks.c.article_id == articles.c.id),
        exists().where(corrected),
    )


def _held(connection: Connection, article_id: int) -> Row[Any] | None:
    return connection.execute(select(articles).where(articles.c.id == article_id).with_for_update()).first()


def _title(connection: Connection, row: Row[Any]) -> str:
    return str(connection.execute(_present(row, article_revisions.c.title)).scalar_one())


def _text(connection: Connection, row: Row[Any]) -> str:
    return str(connection.execute(_present(row, article_revisions.c.text)).scalar_one())


def _present(row: Row[Any], column: Any) -> Any:
    return select(column).where(article_revisions.c.article_id == row.id, article_revisions.c.revision == row.revision)


def _forget_pages(connection: Connection, article_id: int, gone: str) -> tuple[ArchivedPage, ...]:
    """Take addresses and places in the archive off the log of requests; return the places."""
    mine = pages.c.article_id == article_id
    rows = connection.execute(select(pages.c.id, pages.c.warc_file, pages.c.warc_offset).where(mine)).all()
    for row in rows:
        # A key of its own each: one article may have been met under two names in one run.
        nameless = {"url": f"{gone}:{row.id}", "detail": "", "warc_file": None, "warc_offset": None}
        connection.execute(update(pages).where(pages.c.id == row.id).values(nameless))
    return tuple(ArchivedPage(row.warc_file, row.warc_offset) for row in rows if row.warc_file is not None)


def _forget_traces(connection: Connection, article_id: int, names: set[str]) -> None:
    """Take away what was made of an article's text, and its addresses."""
    ours = or_(frontier.c.article_id == article_id, frontier.c.article_id.is_(None))
    connection.execute(delete(frontier).where(frontier.c.article_id == article_id))
    connection.execute(delete(frontier).where(frontier.c.canonical_url.in_(sorted(names)), ours))
    connection.execute(delete(validators).where(validators.c.url.in_(sorted(names))))
    for table in (signature_bands, signatures, join_regions, join_profiles, label_offers):
        connection.execute(delete(table).where(table.c.article_id == article_id))
    drawn = exists().where(
        audit_draws.c.task_article_id == label_tasks.c.article_id,
        audit_draws.c.task_revision == label_tasks.c.revision,
    )
    connection.execute(delete(label_tasks).where(label_tasks.c.article_id == article_id, ~drawn))


def _forget_titles(connection: Connection, article_id: int, titles: set[str]) -> tuple[int, ...]:
    """Take the article's titles out of the incident that it is in, and out of what is kept of its changes."""
    mine = select(incident_articles.c.incident_id).where(incident_articles.c.article_id == article_id)
    about = select(incidents.c.id).where(incidents.c.best_article_id == article_id)
    numbers = sorted({*connection.execute(mine).scalars(), *connection.execute(about).scalars()})
    for number in numbers:
        named = and_(incidents.c.id == number, incidents.c.title.in_(sorted(titles)))
        connection.execute(update(incidents).where(named).values(title=ERASED_TITLE))
        rows = connection.execute(select(incident_changes).where(incident_changes.c.incident_id == number)).all()
        for row in rows:
            without = _without(row.changes, titles)
            if without != row.changes:
                kept = update(incident_changes).where(incident_changes.c.id == row.id)
                connection.execute(kept.values(changes=without))
    return tuple(numbers)


def _without(value: Any, titles: set[str]) -> Any:
    if isinstance(value, str):
        return ERASED_TITLE if value in titles else value
    if isinstance(value, list):
        return [_without(one, titles) for one in value]
    if isinstance(value, dict):
        return {name: _without(one, titles) for name, one in value.items()}
    return value
