"""The articles that were read, with every revision of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from data.records import Article, StoredArticle
from data.store.tables import article_revisions, articles, frontier

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from data.store.article_search import ArticleSearch
    from data.store.database import Database
    from data.store.search import SearchIndex

PRESENT = article_revisions.c.revision == articles.c.revision

TEXTLESS = "tanpa teks"
"""Stands in place of the versions that judged an article whose text was taken out of the store (``data.store.
retention``): what is left of it must not be judged anew."""


class Articles:
    """Articles by id, by any of their names, by words; settling (``Store.settle``) is the only way in."""

    def __init__(self, database: Database, index: SearchIndex, finder: ArticleSearch) -> None:
        self._database = database
        self._index = index
        self._finder = finder

    def get(self, article_id: int, revision: int | None = None) -> StoredArticle | None:
        """Return an article in its present revision or in ``revision``; None where there is none such."""
        which = PRESENT if revision is None else article_revisions.c.revision == revision
        found = self._list(_stored().where(articles.c.id == article_id, which))
        return found[0] if found else None

    def many(self, article_ids: Sequence[int]) -> list[StoredArticle]:
        """Return the present revisions of ``article_ids``, in their order; those that are not there are left out."""
        found: dict[int, StoredArticle] = {}
        for at in range(0, len(article_ids), 500):
            some = _stored().where(PRESENT, articles.c.id.in_(article_ids[at : at + 500]))
            found |= {stored.id: stored for stored in self._list(some)}
        return [found[number] for number in article_ids if number in found]

    def addresses(self, article_ids: Sequence[int]) -> dict[int, str]:
        """Return the address of the present revision of each article that is there."""
        found: dict[int, str] = {}
        columns = (article_revisions.c.article_id, article_revisions.c.url)
        with self._database.read() as connection:
            for at in range(0, len(article_ids), 500):
                some = select(*columns).join_from(article_revisions, articles).where(PRESENT)
                some = some.where(articles.c.id.in_(article_ids[at : at + 500]))
                found |= {row.article_id: row.url for row in connection.execute(some)}
        return found

    def by_url(self, url: str) -> StoredArticle | None:
        """Return the article that a canonical URL leads to, be it the article's own or another name of it."""
        named = select(frontier.c.article_id).where(frontier.c.canonical_url == url).scalar_subquery()
        found = self._list(_stored().where(PRESENT, articles.c.canonical_url == url))
        found = found or self._list(_stored().where(PRESENT, articles.c.id == named))
        return found[0] if found else None

    def revisions(self, article_id: int) -> list[StoredArticle]:
        """Return every revision of an article, the first one first; [] where there is no such article."""
        return self._list(_stored().where(articles.c.id == article_id).order_by(article_revisions.c.revision))

    def recent(
        self, since: datetime | None = None, limit: int = 100, source_id: str | None = None
    ) -> list[StoredArticle]:
        """Return present revisions of articles first seen since ``since``, the newest first."""
        statement = _stored().where(PRESENT).order_by(articles.c.first_seen.desc(), articles.c.id.desc()).limit(limit)
        if since is not None:
            statement = statement.where(articles.c.first_seen >= since)
        if source_id is not None:
            statement = statement.where(articles.c.source_id == source_id)
        return self._list(statement)

    def count(self, *, source_id: str | None = None, since: datetime | None = None) -> int:
        """Return how many articles there are, withdrawn ones included; of one source, first seen since a time."""
        statement = select(func.count()).select_from(articles)
        if source_id is not None:
            statement = statement.where(articles.c.source_id == source_id)
        if since is not None:
            statement = statement.where(articles.c.first_seen >= since)
        with self._database.read() as connection:
            return connection.execute(statement).scalar_one()

    def withdrawn(self, since: datetime, limit: int = 1000) -> list[StoredArticle]:
        """Return the articles found withdrawn since ``since`` that have not come back, the newest first."""
        gone = _stored().where(PRESENT, articles.c.withdrawn_at >= since)
        return self._list(gone.order_by(articles.c.withdrawn_at.desc(), articles.c.id.desc()).limit(limit))

    def to_assess(self, limit: int) -> list[StoredArticle]:
        """Return present revisions that nothing has judged yet, the first seen first."""
        new = _stored().where(PRESENT, articles.c.assessed_with.is_(None))
        return self._list(new.order_by(articles.c.first_seen, articles.c.id).limit(limit))

    def to_rescore(self, model_version: str, rules_version: str, limit: int) -> list[StoredArticle]:
        """Return present revisions that only other versions have judged, the last seen first.

        A few index look-ups, however large the archive is and however much of it waits.
        """
        newest = (articles.c.first_seen.desc(), articles.c.id.desc())
        waiting: list[tuple[datetime, int]] = []
        with self._database.read() as connection:
            for version in _other_versions(connection, assessed_with(model_version, rules_version)):
                theirs = select(articles.c.first_seen, articles.c.id).where(articles.c.assessed_with == version)
                rows = connection.execute(theirs.order_by(*newest).limit(limit))
                waiting += [(row.first_seen, row.id) for row in rows]
        return self.many([number for _, number in sorted(waiting, reverse=True)[:limit]])

    def count_to_rescore(self, model_version: str, rules_version: str) -> int:
        """Return how many articles ``to_rescore`` would give without a limit."""
        with self._database.read() as connection:
            others = _other_versions(connection, assessed_with(model_version, rules_version))
            counted = select(func.count()).select_from(articles).where(articles.c.assessed_with.in_(others))
            return connection.execute(counted).scalar_one()

    def search(self, query: str, limit: int = 50) -> list[StoredArticle]:
        """Return the articles whose present revision has every term of ``query`` as typed, those in the title first.

        Any text is a query (`data.store.matching.read_terms`). None of it is ever syntax that can fail.
        """
        return self.many(self._finder.ids(query, limit))

    def _list(self, statement: Any) -> list[StoredArticle]:
        with self._database.read() as connection:
            return [stored_article(row) for row in connection.execute(statement)]

    # What follows is for data.store.settlement: it works inside its transaction.

    def locked(self, connection: Connection, article_id: int) -> Row[Any]:
        """Return an article's row, held until the transaction ends."""
        return connection.execute(select(articles).where(articles.c.id == article_id).with_for_update()).one()

    def named(self, connection: Connection, canonical_url: str) -> int | None:
        """Return the id of the article whose own name this is; None where there is none."""
        return connection.execute(select(articles.c.id).where(articles.c.canonical_url == canonical_url)).scalar()

    def same_hash(self, connection: Connection, source_id: str, content_hash: str) -> list[Row[Any]]:
        """Return the rows of a source's articles whose present title and text are these, the newest first.

        On PostgreSQL whoever asks for the same pair waits until this transaction ends.
        """
        if not self._database.is_sqlite:
            key = func.hashtextextended(f"{source_id} {content_hash}", 0)
            connection.execute(select(func.pg_advisory_xact_lock(key)))
        mine = (articles.c.source_id == source_id, articles.c.content_hash == content_hash)
        return list(connection.execute(select(articles).where(*mine).order_by(articles.c.id.desc())))

    def text_of(self, connection: Connection, row: Row[Any]) -> tuple[str, str]:
        """Return title and text of an article's present revision."""
        mine = (article_revisions.c.article_id == row.id, article_revisions.c.revision == row.revision)
        found = connection.execute(select(article_revisions.c.title, article_revisions.c.text).where(*mine)).one()
        return found.title, found.text

    def add(self, connection: Connection, article: Article, canonical_url: str, run_id: str, now: datetime) -> int:
        """Write a new article, read and looked at again under ``canonical_url``; return its id."""
        values = {
            "canonical_url": canonical_url,
            "source_id": article.source_id,
            "revision": 1,
            "content_hash": article.content_hash,
            "published": article.published,
            "first_seen": now,
            "revised_at": now,
            "read_url": canonical_url,
        }
        statement = insert(articles).values(values).returning(articles.c.id)
        number = connection.execute(statement).scalar_one()
        self._write_revision(connection, number, 1, article, run_id, now)
        self._index.put(connection, number, article.title, article.text, old=None)
        return int(number)

    def revise(self, connection: Connection, row: Row[Any], article: Article, run_id: str, now: datetime) -> int:
        """Write ``article`` as the next revision of the one in ``row``; return the revision's number."""
        old, revision = self.text_of(connection, row), row.revision + 1
        self._write_revision(connection, row.id, revision, article, run_id, now)
        self.note(
            connection,
            row.id,
            revision=revision,
            content_hash=article.content_hash,
            published=article.published if article.published is not None else row.published,
            revised_at=now,
            assessed_with=None,
        )
        self._index.put(connection, row.id, article.title, article.text, old=old)
        return int(revision)

    def fill_published(self, connection: Connection, row: Row[Any], published: datetime | None) -> None:
        """Keep a time of publication that a page gives only now, where it gave none before."""
        if row.published is not None or published is None:
            return
        self.note(connection, row.id, published=published)
        mine = (article_revisions.c.article_id == row.id, article_revisions.c.revision == row.revision)
        connection.execute(update(article_revisions).where(*mine).values(published=published))

    def note(self, connection: Connection, article_id: int, **values: Any) -> None:
        """Set columns of an article's row."""
        connection.execute(update(articles).where(articles.c.id == article_id).values(**values))

    def _write_revision(
        self, connection: Connection, article_id: int, revision: int, article: Article, run_id: str, now: datetime
    ) -> None:
        values = {
            "article_id": article_id,
            "revision": revision,
            "content_hash": article.content_hash,
            "revised_at": now,
            "run_id": run_id,
            "url": article.url,
            "title": article.title,
            "text": article.text,
            "published": article.published,
            "modified": article.modified,
            "tz_assumed": article.tz_assumed,
            "author": article.author,
            "section": article.section,
            "tags": list(article.tags),
            "language": article.language,
            "method": article.method,
        }
        connection.execute(insert(article_revisions), values)


def _other_versions(connection: Connection, mine: str) -> list[str]:
    """Return the marks of versions that stand on articles, without ``mine``: from one to the next by the index."""
    found: list[str] = []
    column = articles.c.assessed_with
    while True:
        after = select(func.min(column)) if not found else select(func.min(column)).where(column > found[-1])
        version = connection.execute(after).scalar()
        if version is None:
            return [version for version in found if version not in {mine, TEXTLESS}]
        found.append(version)


def assessed_with(model_version: str, rules_version: str) -> str:
    """Return the mark that an article bears once its present revision was judged by these versions."""
    return f"{model_version}/{rules_version}"


def stored_article(row: Row[Any]) -> StoredArticle:
    """Return the record of a row of articles joined with one of its revisions."""
    article = Article(
        source_id=row.source_id,
        url=row.url,
        canonical_url=row.canonical_url,
        title=row.title,
        text=row.text,
        content_hash=row.content_hash,
        published=row.published,
        modified=row.modified,
        tz_assumed=row.tz_assumed,
        author=row.author,
        section=row.section,
        tags=tuple(row.tags),
        language=row.language,
        method=row.method,
    )
    return StoredArticle(
        id=row.id,
        revision=row.revision,
        article=article,
        first_seen=row.first_seen,
        revised_at=row.revised_at,
        withdrawn_at=row.withdrawn_at,
    )


def _stored() -> Select[Any]:
    mine = [articles.c[name] for name in ("id", "canonical_url", "source_id", "first_seen", "withdrawn_at")]
    revision = [column for column in article_revisions.c if column.name not in {"article_id", "run_id"}]
    return select(*mine, *revision).join_from(
        articles, article_revisions, article_revisions.c.article_id == articles.c.id
    )
